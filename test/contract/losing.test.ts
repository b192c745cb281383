import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRANSPORTS } from '../support/clients.ts';
import { fullHouse } from '../support/full-house.ts';
import { freshRoom, granted, Practice, refused } from '../support/practice.ts';
import { Service } from '../support/service.ts';

const WINDOW_MS = 60_000;

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});

afterAll(() => service.stop());

describe('a connection is lost', () => {
  it('RESUME-1 WHO-1 of a waiting patient: the room and the doctors hear it', async () => {
    const { room, patient, companion, doctor, heard } = await fullHouse(service);
    patient.drop();
    await doctor.first('client-disconnected');
    expect(await heard()).toEqual({
      companion: ['client-disconnected'],
      doctor: ['client-disconnected'],
      colleague: ['client-disconnected'],
    });
    const lost = { 'client-id': patient.id, 'room-id': room };
    expect(companion.all('client-disconnected')).toEqual([lost]);
    expect(doctor.all('client-disconnected')).toEqual([lost]);
    expect(await service.call('join-room', { roomId: room })).toMatchObject({ state: 'waiting' });
  });

  it('RESUME-1 WHO-1 of a patient in consultation: the room hears it, other doctors do not', async () => {
    const { room, patient, doctor, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    await heard();
    patient.drop();
    await doctor.first('client-disconnected');
    expect(await heard()).toEqual({
      doctor: ['client-disconnected'],
      companion: ['client-disconnected'],
    });
  });

  it('RESUME-1 WHO-1 of a doctor in consultation: the room hears it', async () => {
    const { room, patient, doctor, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    await heard();
    doctor.drop();
    const lost = await patient.first('client-disconnected');
    expect(lost).toEqual({ 'client-id': doctor.id, 'room-id': room });
    expect(await heard()).toEqual({
      patient: ['client-disconnected'],
      companion: ['client-disconnected'],
    });
  });

  it('RESUME-1 WHO-1 of a guest: the room hears it, the doctors do not', async () => {
    const { companion, patient, heard } = await fullHouse(service);
    companion.drop();
    await patient.first('client-disconnected');
    expect(await heard()).toEqual({ patient: ['client-disconnected'] });
  });

  it('RESUME-1 of several rooms, each learns of itself only', async () => {
    const { room, nextRoom, doctor, patient, neighbour, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    await granted(doctor.say('join', { 'room-id': nextRoom }));
    await heard();
    doctor.drop();
    await neighbour.first('client-disconnected');
    await heard();
    const rooms = [patient, neighbour].map((one) => one.all('client-disconnected'));
    expect(rooms).toEqual([
      [{ 'client-id': doctor.id, 'room-id': room }],
      [{ 'client-id': doctor.id, 'room-id': nextRoom }],
    ]);
  });

  it.each(TRANSPORTS)(
    'RESUME-1 a page that closes its socket over %s counts as lost',
    async (transport) => {
      const practice = await Practice.open(service);
      const doctor = await practice.doctor();
      const patient = await practice.patient(freshRoom(), {}, { transport });
      patient.close();
      const lost = await doctor.first('client-disconnected');
      expect(lost['client-id']).toBe(patient.id);
    },
  );

  it('QUEUE-1 the queue shows that the patient is not connected', async () => {
    const practice = await Practice.open(service);
    const room = freshRoom();
    const doctor = await practice.doctor();
    const patient = await practice.patient(room);
    patient.drop();
    const isLost = (queue: { waiting?: { connected: boolean }[] }) =>
      queue.waiting?.[0]?.connected === false;
    expect(await doctor.first('queue', isLost)).toMatchObject({
      waiting: [{ 'room-id': room, 'client-id': patient.id }],
    });
    await practice.resume(patient);
    const isBack = (queue: { waiting?: { connected: boolean }[] }) => !isLost(queue);
    await doctor.next('queue', isLost);
    expect(await doctor.next('queue', isBack)).toMatchObject({
      waiting: [{ 'room-id': room, connected: true }],
    });
  });
});

describe('the window ends', () => {
  it('RESUME-7 ROOM-10 of a waiting patient: the room ends, abandoned', async () => {
    const { room, patient, companion, doctor, colleague, heard } = await fullHouse(service, {
      patientID: 9,
    });
    patient.drop();
    await doctor.first('client-disconnected');
    await heard();
    await service.pass(WINDOW_MS - 1);
    expect(await heard()).toEqual({});
    await service.pass(1);
    expect(await heard()).toEqual({
      doctor: ['patient-remove', 'room-ended'],
      colleague: ['patient-remove', 'room-ended'],
      companion: ['room-ended'],
    });
    const over = { 'room-id': room, reason: 'abandoned' };
    expect(companion.all('room-ended')).toEqual([over]);
    expect(colleague.all('room-ended')).toEqual([over]);
    expect(doctor.all('patient-remove')).toEqual([{ patientID: 9, 'room-id': room }]);
    expect(await service.call('join-room', { roomId: room })).toMatchObject({ status: 410 });
  });

  it('RESUME-7 ROOM-10 of a patient who gave no patientID: it goes by the client-id', async () => {
    const { patient, doctor, room, heard } = await fullHouse(service);
    patient.drop();
    await doctor.first('client-disconnected');
    await service.pass(WINDOW_MS);
    await heard();
    expect(doctor.all('patient-remove')).toEqual([{ patientID: patient.id, 'room-id': room }]);
  });

  it('RESUME-7 of a patient in consultation: the room ends, lost', async () => {
    const { room, patient, doctor, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    patient.drop();
    await doctor.first('client-disconnected');
    await heard();
    await service.pass(WINDOW_MS);
    expect(await heard()).toEqual({ doctor: ['room-ended'], companion: ['room-ended'] });
    expect(doctor.all('room-ended')).toEqual([{ 'room-id': room, reason: 'lost' }]);
  });

  it('RESUME-7 QUEUE-6 of a doctor in consultation: the patient is first in line again', async () => {
    const { practice, room, nextRoom, doctor, colleague, neighbour, patient, heard } =
      await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': nextRoom }));
    await heard();
    doctor.drop();
    await neighbour.first('client-disconnected');
    await heard();
    await service.pass(WINDOW_MS);
    expect(await heard()).toEqual({
      neighbour: ['client-left', 'doctor-online'],
      colleague: ['new-patient'],
    });
    const left = { 'client-id': doctor.id, 'room-id': nextRoom };
    expect(neighbour.all('client-left')).toEqual([left]);
    const place = { 'room-id': nextRoom, position: 1, ahead: 0 };
    expect(neighbour.all('queue-position').at(-1)).toEqual(place);
    const queue = await colleague.first('queue', ({ waiting }) => {
      return waiting.length === 2 && waiting[0]['room-id'] === nextRoom;
    });
    expect(queue.waiting).toMatchObject([
      { 'room-id': nextRoom, state: 'waiting' },
      { 'room-id': room, state: 'waiting' },
    ]);
    await patient.first('queue-position', ({ position }) => position === 2);
    await granted(colleague.say('join', { 'room-id': nextRoom }));
    await practice.settled();
    expect(neighbour.names().at(-1)).toBe('room-joined');
  });

  it('QUEUE-4 of the last doctor: who waits hears that none is there', async () => {
    const { practice, doctor, colleague, patient, visitor, heard } = await fullHouse(service);
    const available = () => service.call('check-availability', { namespaceId: practice.id });
    doctor.drop();
    await expect
      .poll(() => patient.say('offer', { 'peer-id': doctor.id }))
      .toMatchObject({
        delivered: 'held',
      });
    await service.pass(WINDOW_MS);
    expect(await heard()).toEqual({});
    colleague.drop();
    await expect
      .poll(() => patient.say('offer', { 'peer-id': colleague.id }))
      .toMatchObject({
        delivered: 'held',
      });
    expect(await available()).toMatchObject({ 'doctor-online': true });
    await service.pass(WINDOW_MS);
    const state = { 'namespace-id': practice.id, online: false };
    expect(await heard()).toEqual({ patient: ['doctor-online'], neighbour: ['doctor-online'] });
    expect(visitor.all('doctor-online')).toEqual([]);
    expect(patient.all('doctor-online').at(-1)).toEqual(state);
    expect(await available()).toMatchObject({ 'doctor-online': false });
  });

  it('RESUME-7 ROOM-11 of a doctor who knocked: the knock is over', async () => {
    const hasty = await Service.start({ KNOCK_SECONDS: '3600' });
    try {
      const practice = await Practice.open(hasty);
      const room = freshRoom();
      const doctor = await practice.doctor();
      const patient = await practice.patient(room);
      await granted(doctor.say('join', { 'room-id': room, init: true }));
      doctor.drop();
      await expect
        .poll(() => patient.say('offer', { 'peer-id': doctor.id }))
        .toMatchObject({
          delivered: 'held',
        });
      await hasty.pass(WINDOW_MS);
      expect(await hasty.call('join-room', { roomId: room })).toMatchObject({ state: 'waiting' });
      await practice.settled();
      expect(patient.names()).toEqual(['doctor-entered', 'returned-to-queue']);
    } finally {
      await hasty.stop();
    }
  });

  it('RESUME-7 ROOM-7 of a guest: the room hears client-left', async () => {
    const { room, companion, patient, heard } = await fullHouse(service);
    companion.drop();
    await patient.first('client-disconnected');
    await heard();
    await service.pass(WINDOW_MS);
    expect(await heard()).toEqual({ patient: ['client-left'] });
    expect(patient.all('client-left')).toEqual([{ 'client-id': companion.id, 'room-id': room }]);
    await refused(patient.say('offer', { 'peer-id': companion.id }), 'peer-unreachable');
  });

  it('RESUME-3 each role has a window of its own, and welcome names it', async () => {
    const uneven = await Service.start({
      WINDOW_DOCTOR_SECONDS: '300',
      WINDOW_PATIENT_SECONDS: '20',
      WINDOW_GUEST_SECONDS: '5.5',
    });
    try {
      const practice = await Practice.open(uneven);
      const room = freshRoom();
      const doctor = await practice.doctor();
      const patient = await practice.patient(room);
      const companion = await practice.companion(room);
      expect(companion.welcome['window-seconds']).toBe(5.5);
      companion.drop();
      await patient.first('client-disconnected');
      await uneven.pass(5500);
      await patient.first('client-left');
      patient.drop();
      await doctor.first('client-disconnected');
      const back = await practice.resume(patient);
      expect(back.welcome).toMatchObject({ role: 'patient', 'window-seconds': 20 });
      back.drop();
      await doctor.next('client-reconnected');
      await doctor.next('client-disconnected');
      await uneven.pass(19_999);
      await practice.settled();
      expect(doctor.all('patient-remove')).toEqual([]);
      await uneven.pass(1);
      await practice.settled();
      expect(doctor.all('patient-remove')).toHaveLength(1);
    } finally {
      await uneven.stop();
    }
  });

  it('RESUME-7 of a patient who came back in time: nothing ends', async () => {
    const { practice, patient, doctor, heard } = await fullHouse(service);
    patient.drop();
    await doctor.first('client-disconnected');
    await service.pass(WINDOW_MS - 1);
    const back = await practice.resume(patient);
    await heard();
    await service.pass(10 * WINDOW_MS);
    expect(await heard()).toEqual({});
    expect(back.all('room-ended')).toEqual([]);
  });
});
