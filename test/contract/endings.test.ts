import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fullHouse } from '../support/full-house.ts';
import { freshRoom, granted, Practice, refused } from '../support/practice.ts';
import { Service } from '../support/service.ts';

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});

afterAll(() => service.stop());

describe('doctor-rejected', () => {
  it.each(['roomID', 'room-id'])(
    'ROOM-13 ROOM-8 named by %s: the room gets rejected, it and the doctors room-ended',
    async (key) => {
      const { room, doctor, patient, colleague, heard } = await fullHouse(service);
      const sent = { [key]: room, why: 'closed', from: 'somebody-else' };
      await granted(doctor.say('doctor-rejected', sent));
      expect(await heard()).toEqual({
        patient: ['rejected', 'room-ended'],
        companion: ['rejected', 'room-ended'],
        doctor: ['room-ended'],
        colleague: ['room-ended'],
      });
      expect(patient.all('rejected')).toEqual([{ ...sent, from: doctor.id }]);
      const over = { 'room-id': room, reason: 'rejected', by: 'doctor' };
      expect(patient.all('room-ended')).toEqual([over]);
      expect(colleague.all('room-ended')).toEqual([over]);
    },
  );

  it('ROOM-13 in the consultation the others in the room hear it, other doctors do not', async () => {
    const { room, doctor, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    await heard();
    await granted(doctor.say('doctor-rejected', { roomID: room }));
    expect(await heard()).toEqual({
      patient: ['rejected', 'room-ended'],
      companion: ['rejected', 'room-ended'],
      doctor: ['room-ended'],
    });
  });

  it('IN-2 needs a room', async () => {
    const practice = await Practice.open(service);
    const doctor = await practice.doctor();
    await refused(doctor.say('doctor-rejected', {}), 'invalid-room-id');
    await refused(doctor.say('doctor-rejected', { roomID: 'a b' }), 'invalid-room-id');
    await refused(doctor.say('doctor-rejected', { roomID: freshRoom() }), 'room-not-found');
  });
});

describe('patient-left', () => {
  it('ROOM-10 WHO-1 the doctors hear patient-remove, the room and they room-ended', async () => {
    const { room, doctor, patient, companion, heard } = await fullHouse(service, {
      patientID: 'p-1',
    });
    const sent = { patientID: 'p-1', mood: 'bored', from: 'somebody-else' };
    await granted(patient.say('patient-left', sent));
    expect(await heard()).toEqual({
      doctor: ['patient-remove', 'room-ended'],
      colleague: ['patient-remove', 'room-ended'],
      patient: ['room-ended'],
      companion: ['room-ended'],
    });
    expect(doctor.all('patient-remove')).toEqual([{ ...sent, 'room-id': room, from: patient.id }]);
    const over = { 'room-id': room, reason: 'patient-left', by: 'patient' };
    expect(companion.all('room-ended')).toEqual([over]);
  });

  it.each([
    ['a number', { patientID: 4711 }, 4711],
    ['the other spelling', { 'patient-id': 'p-2' }, 'p-2'],
    ['both', { patientID: 'p-1', 'patient-id': 'p-2' }, 'p-1'],
  ])('ID-3 ROOM-10 patientID is what the page gave: %s', async (_, metadata, expected) => {
    const { doctor, patient, room } = await fullHouse(service, metadata);
    await granted(patient.say('patient-left', { patientID: expected }));
    expect(await doctor.first('patient-remove')).toMatchObject({
      patientID: expected,
      'room-id': room,
    });
  });

  it('ROOM-10 a patient who gave none goes by the client-id', async () => {
    const { doctor, patient, heard } = await fullHouse(service);
    await granted(patient.say('patient-left', {}));
    await heard();
    expect(doctor.all('patient-remove')).toMatchObject([{ patientID: patient.id }]);
  });

  it('ROOM-9 a patient cannot take another one out of the line', async () => {
    const { room, nextRoom, patient, neighbour, doctor, heard } = await fullHouse(service, {
      patientID: 'p-1',
    });
    await refused(neighbour.say('patient-left', { 'room-id': room }), 'room-not-found');
    await refused(neighbour.say('patient-ended', { 'room-id': room }), 'room-not-found');
    await refused(neighbour.say('leave', { 'room-id': room }), 'room-not-found');
    expect(await heard()).toEqual({});

    await granted(neighbour.say('patient-left', { patientID: 'p-1' }));
    await heard();
    const removed = doctor.all('patient-remove');
    expect(removed).toMatchObject([{ 'room-id': nextRoom, patientID: neighbour.id }]);
    expect(patient.names()).toEqual(['room-joined']);
  });
});

describe('the end of a consultation', () => {
  it('ROOM-14 doctor-ended reaches the others in the room, and nobody else', async () => {
    const { room, doctor, patient, heard } = await fullHouse(service, { patientID: 17 });
    await granted(doctor.say('join', { 'room-id': room }));
    await heard();
    await granted(doctor.say('doctor-ended', { patientID: 17, note: 'bye', from: 'x' }));
    expect(await heard()).toEqual({
      patient: ['doctor-ended', 'room-ended'],
      companion: ['doctor-ended', 'room-ended'],
      doctor: ['room-ended'],
    });
    const heardByPatient = patient.all('doctor-ended');
    expect(heardByPatient).toEqual([{ patientID: 17, note: 'bye', from: doctor.id }]);
  });

  it('ROOM-14 patient-ended reaches the others in the room, and nobody else', async () => {
    const { room, doctor, patient, heard } = await fullHouse(service, { patientID: 'p-1' });
    await granted(doctor.say('join', { 'room-id': room }));
    await heard();
    await granted(patient.say('patient-ended', { patientID: 'p-1', note: 'bye' }));
    expect(await heard()).toEqual({
      doctor: ['patient-ended', 'room-ended'],
      companion: ['patient-ended', 'room-ended'],
      patient: ['room-ended'],
    });
    const heardByDoctor = doctor.all('patient-ended');
    expect(heardByDoctor).toEqual([{ patientID: 'p-1', note: 'bye', from: patient.id }]);
    const over = { 'room-id': room, reason: 'patient-ended', by: 'patient' };
    expect(doctor.all('room-ended')).toEqual([over]);
  });

  it('ROOM-14 patientID is in it, also when the sender named the room', async () => {
    const { room, doctor, patient, companion, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    await granted(doctor.say('doctor-ended', { 'room-id': room }));
    await heard();
    const expected = { 'room-id': room, patientID: patient.id, from: doctor.id };
    expect(companion.all('doctor-ended')).toEqual([expected]);
  });

  it('ROOM-8 ROOM-14 a doctor may end what is only claimed: its doctors hear room-ended', async () => {
    const { room, doctor, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room, init: true }));
    await heard();
    await granted(doctor.say('doctor-ended', { 'room-id': room }));
    expect(await heard()).toEqual({
      patient: ['doctor-ended', 'room-ended'],
      companion: ['doctor-ended', 'room-ended'],
      doctor: ['room-ended'],
      colleague: ['room-ended'],
    });
  });

  it('ROOM-8 a room ends once; what is sent to it afterwards is room-ended', async () => {
    const { practice, room, doctor, patient, companion, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    const both = await Promise.all([
      doctor.say('doctor-ended', { 'room-id': room }),
      patient.say('patient-ended', { 'room-id': room }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['error', 'ok']);
    expect(both.find(({ status }) => status === 'error')?.code).toBe('room-ended');
    await practice.settled();
    expect(companion.all('room-ended')).toHaveLength(1);
    await heard();

    const here = { 'room-id': room };
    await refused(doctor.say('doctor-ended', here), 'room-ended');
    await refused(doctor.say('doctor-rejected', here), 'room-ended');
    await refused(doctor.say('join', here), 'room-ended');
    await refused(doctor.say('leave', here), 'room-ended');
    await refused(patient.say('patient-ended', here), 'room-ended');
    await refused(patient.say('patient-left', here), 'room-ended');
    await refused(patient.say('create', here), 'room-ended');
    await refused(companion.say('leave', here), 'room-ended');
    await refused(companion.say('join', here), 'room-ended');
    expect(await heard()).toEqual({});
  });
});

describe('leave', () => {
  it('ROOM-7 a guest leaves: the others hear client-left, and nothing else changes', async () => {
    const { room, companion, patient, heard } = await fullHouse(service);
    await granted(companion.say('leave', { 'room-id': room }));
    expect(await heard()).toEqual({ patient: ['client-left'] });
    expect(patient.all('client-left')).toEqual([{ 'client-id': companion.id, 'room-id': room }]);
    expect(await service.call('join-room', { roomId: room })).toMatchObject({ state: 'waiting' });
    await refused(companion.say('leave', { 'room-id': room }), 'room-not-found');
  });

  it('ROOM-7 the doctor leaves: the patient is first in the waiting room again', async () => {
    const { practice, room, nextRoom, doctor, colleague, neighbour, patient, heard } =
      await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': nextRoom }));
    await heard();
    await granted(doctor.say('leave', { 'room-id': nextRoom }));
    expect(await heard()).toEqual({
      neighbour: ['client-left', 'doctor-online'],
      doctor: ['new-patient'],
      colleague: ['new-patient'],
    });
    expect(colleague.all('new-patient').at(-1)).toEqual({
      'room-id': nextRoom,
      'client-id': neighbour.id,
      from: neighbour.id,
    });
    const place = { 'room-id': nextRoom, position: 1, ahead: 0 };
    expect(neighbour.all('queue-position').at(-1)).toEqual(place);
    await granted(colleague.say('doctor-joined', {}));
    await practice.settled();
    const queue = colleague.all('queue').at(-1)?.waiting;
    expect(queue).toMatchObject([
      { 'room-id': nextRoom, state: 'waiting' },
      { 'room-id': room, state: 'waiting' },
    ]);
    const moved = await patient.first('queue-position', ({ position }) => position === 2);
    expect(moved).toEqual({ 'room-id': room, position: 2, ahead: 1 });
    await granted(colleague.say('join', { 'room-id': nextRoom, init: true }));
  });

  it('ROOM-7 the patient leaves the waiting room: the room ends', async () => {
    const { room, patient, doctor, heard } = await fullHouse(service, { patientID: 'p-1' });
    await granted(patient.say('leave', { 'room-id': room }));
    expect(await heard()).toEqual({
      companion: ['client-left', 'room-ended'],
      patient: ['room-ended'],
      doctor: ['patient-remove', 'room-ended'],
      colleague: ['patient-remove', 'room-ended'],
    });
    expect(doctor.all('patient-remove')).toMatchObject([{ patientID: 'p-1', 'room-id': room }]);
    const over = { 'room-id': room, reason: 'patient-left', by: 'patient' };
    expect(doctor.all('room-ended')).toEqual([over]);
  });

  it('ROOM-7 an unknown room, or one the sender is not in, is room-not-found', async () => {
    const { room, visitor, colleague, heard } = await fullHouse(service);
    await refused(visitor.say('leave', { 'room-id': freshRoom() }), 'room-not-found');
    await refused(visitor.say('leave', { 'room-id': room }), 'room-not-found');
    await refused(colleague.say('leave', { 'room-id': room }), 'room-not-found');
    expect(await heard()).toEqual({});
  });
});
