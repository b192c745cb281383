import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fullHouse } from '../support/full-house.ts';
import { granted, refused } from '../support/practice.ts';
import { Service } from '../support/service.ts';

const WINDOW_MS = 60_000;
const KNOCK_MS = 45_000;

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});

afterAll(() => service.stop());

describe('a doctor’s connection is lost', () => {
  it('ROOM-5 and a colleague takes over the knock', async () => {
    const { practice, room, doctor, colleague, heard, patient } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room, init: true }));
    await heard();
    doctor.drop();
    await doctor.ended();
    await expect
      .poll(() => colleague.say('join', { 'room-id': room, init: true }))
      .toMatchObject({ status: 'ok' });
    expect(await heard()).toEqual({ patient: ['doctor-entered'], companion: ['doctor-entered'] });
    expect(patient.all('doctor-entered').at(-1)).toMatchObject({ from: colleague.id });

    const back = await practice.resume(doctor);
    expect(back.all('answered-elsewhere')).toEqual([{ 'room-id': room }]);
    await refused(back.say('join', { 'room-id': room }), 'already-claimed');
  });

  it('ROOM-5 ROOM-11 and a colleague who only knocks does not lose the patient', async () => {
    const { practice, room, doctor, colleague, patient, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    await heard();
    doctor.drop();
    await patient.first('client-disconnected');
    const third = await practice.doctor();
    await heard();
    await granted(colleague.say('join', { 'room-id': room, init: true }));
    expect(await heard()).toEqual({
      patient: ['doctor-online', 'client-left', 'doctor-entered'],
      companion: ['client-left', 'doctor-entered'],
      colleague: ['new-patient'],
    });
    expect(third.names().slice(-2)).toEqual(['new-patient', 'answered-elsewhere']);
    await service.pass(KNOCK_MS);
    await granted(colleague.say('doctor-joined', {}));
    await practice.settled();
    expect(colleague.all('queue').at(-1)?.waiting[0]).toMatchObject({
      'room-id': room,
      state: 'waiting',
    });
    expect(patient.all('queue-position').at(-1)).toMatchObject({ position: 1 });
  });

  it('ROOM-5 and a colleague takes over the consultation by coming in', async () => {
    const { practice, room, doctor, colleague, patient, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    await heard();
    doctor.drop();
    await patient.first('client-disconnected');
    await granted(colleague.say('join', { 'room-id': room }));
    expect(await heard()).toEqual({
      patient: ['client-disconnected', 'client-left', 'room-joined'],
      companion: ['client-disconnected', 'client-left', 'room-joined'],
    });
    const left = { 'client-id': doctor.id, 'room-id': room };
    expect(patient.all('client-left')).toEqual([left]);
    const back = await practice.resume(doctor);
    await refused(back.say('leave', { 'room-id': room }), 'room-not-found');
    expect(await heard()).toEqual({});
    await service.pass(WINDOW_MS);
    expect(await heard()).toEqual({});
  });
});
