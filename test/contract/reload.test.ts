import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fullHouse } from '../support/full-house.ts';
import { Hospital } from '../support/hospital.ts';
import { freshRoom, granted, refused } from '../support/practice.ts';
import { Service } from '../support/service.ts';

const WINDOW_MS = 60_000;

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});

afterAll(() => service.stop());

describe('a page that cannot resume', () => {
  it('RESUME-9 takes its place again with the same room and patientID', async () => {
    const { practice, room, patient, doctor, companion, heard } = await fullHouse(service, {
      patientID: 'p-1',
    });
    patient.drop();
    await doctor.first('client-disconnected');
    await heard();
    const reloaded = await practice.patient(room, { patientID: 'p-1', again: true });
    expect(await heard()).toEqual({
      doctor: ['new-patient'],
      colleague: ['new-patient'],
      companion: ['client-left', 'room-joined'],
    });
    expect(doctor.all('new-patient').at(-1)).toMatchObject({ from: reloaded.id, again: true });
    expect(companion.all('client-left')).toEqual([{ 'client-id': patient.id, 'room-id': room }]);
    const place = { 'room-id': room, position: 1, ahead: 0 };
    expect(reloaded.all('queue-position')).toEqual([place]);

    const former = await practice.resume(patient);
    expect(former.welcome.resumed).toBe(false);
    await service.pass(WINDOW_MS);
    expect(await heard()).toEqual({});
  });

  it('RESUME-9 also in the consultation, where the doctor hears it', async () => {
    const { practice, room, patient, doctor, heard } = await fullHouse(service, { patientID: 7 });
    await granted(doctor.say('join', { 'room-id': room }));
    patient.drop();
    await doctor.first('client-disconnected');
    await heard();
    const reloaded = await practice.patient(room, { patientID: '7' });
    expect(await heard()).toEqual({
      doctor: ['client-left', 'room-joined'],
      companion: ['client-left', 'room-joined'],
    });
    expect(reloaded.heard.map(({ event }) => event)).toEqual(['welcome']);
    await granted(doctor.say('offer', { 'peer-id': reloaded.id }));
    expect(await reloaded.first('offer')).toMatchObject({ from: doctor.id });
  });

  it('RESUME-9 RESUME-4 need not wait until the old connection is known to be lost', async () => {
    const { practice, room, patient, heard } = await fullHouse(service, { patientID: 'p-1' });
    const reloaded = await practice.patient(room, { patientID: 'p-1' });
    expect(await patient.ended()).toBe('io server disconnect');
    expect(patient.heard.at(-1)).toEqual({ event: 'superseded', data: { 'come-back': false } });
    expect(await heard()).toMatchObject({
      doctor: ['new-patient'],
      colleague: ['new-patient'],
      companion: ['client-left', 'room-joined'],
    });
    const place = { 'room-id': room, position: 1, ahead: 0 };
    expect(reloaded.all('queue-position')).toEqual([place]);
    await service.pass(WINDOW_MS);
    expect(await heard()).toEqual({});
  });

  it('RESUME-9 ROOM-3 only with the same patientID', async () => {
    const { practice, room, patient, doctor, heard } = await fullHouse(service, {
      patientID: 'p-1',
    });
    patient.drop();
    await doctor.first('client-disconnected');
    await heard();
    const other = await practice.visitor();
    await refused(other.say('create', { 'room-id': room, patientID: 'p-2' }), 'room-taken');
    await refused(other.say('create', { 'room-id': room }), 'room-taken');
    expect(await heard()).toEqual({});
  });

  it('RESUME-9 a page that never gave a patientID goes by the room alone', async () => {
    const { practice, room, patient, doctor } = await fullHouse(service);
    const other = await practice.visitor();
    await refused(other.say('create', { 'room-id': room }), 'room-taken');
    patient.drop();
    await doctor.first('client-disconnected');
    await refused(other.say('create', { 'room-id': room, patientID: 'p-1' }), 'room-taken');
    const reloaded = await practice.patient(room);
    const place = { 'room-id': room, position: 1, ahead: 0 };
    expect(reloaded.all('queue-position')).toEqual([place]);
  });
});

describe('where there are access tokens', () => {
  let hospital: Hospital;

  beforeAll(async () => {
    hospital = await Hospital.open();
  });

  afterAll(() => hospital.close());

  it('RESUME-9 it is the same person that counts, and the patientID does not', async () => {
    const namespaceId = await hospital.practice();
    const room = freshRoom();
    const as = async (subject: string) => {
      const wanted = { role: 'patient', namespaces: [namespaceId], subject } as const;
      const token = await hospital.token(wanted);
      return hospital.service.join(namespaceId, { auth: { token } });
    };
    const create = { 'room-id': room, patientID: 'p-1' };
    const patient = await as('ada');
    await granted(patient.say('create', create));
    const stranger = await as('eve');
    await refused(stranger.say('create', create), 'room-taken');
    patient.drop();
    await patient.ended();
    await refused(stranger.say('create', create), 'room-taken');
    const reloaded = await as('ada');
    await granted(reloaded.say('create', { 'room-id': room, patientID: 'p-2' }));
    const again = await as('ada');
    await granted(again.say('create', { 'room-id': room }));
    expect(await reloaded.ended()).toBe('io server disconnect');
    expect(reloaded.heard.at(-1)?.event).toBe('superseded');
  });
});
