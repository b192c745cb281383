import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fullHouse } from '../support/full-house.ts';
import { freshRoom, granted, Practice, refused } from '../support/practice.ts';
import { Service } from '../support/service.ts';

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});

afterAll(() => service.stop());

/** A room id that the server made, bound to a namespace or not. */
async function madeRoom(namespaceId?: string): Promise<string> {
  const made = await service.call('create-room', namespaceId === undefined ? {} : { namespaceId });
  return String(made['room-id']);
}

describe('create', () => {
  it('WHO-1 QUEUE-3 the doctors of this namespace hear new-patient, and nobody else', async () => {
    const { practice, heard, doctor, colleague } = await fullHouse(service);
    const newcomer = await practice.patient(freshRoom());
    expect(await heard()).toEqual({ doctor: ['new-patient'], colleague: ['new-patient'] });
    const last = (one: typeof doctor) => one.all('new-patient').at(-1);
    expect(last(doctor)).toMatchObject({ from: newcomer.id });
    expect(last(colleague)).toEqual(last(doctor));
    expect(newcomer.heard.map(({ event }) => event)).toEqual([
      'welcome',
      'queue-position',
      'doctor-online',
    ]);
  });

  it('IN-3 WHO-2 new-patient carries what was sent, under the true client-id', async () => {
    const practice = await Practice.open(service);
    const doctor = await practice.doctor();
    const patient = await practice.visitor();
    const room = freshRoom();
    const metadata = {
      patientID: 17,
      name: 'Zoë ☤',
      history: [{ year: 1999, notes: null }],
      'patient-age': 41.5,
    };
    const lies = { 'client-id': doctor.id, from: doctor.id };
    await granted(patient.say('create', { 'room-id': room, ...metadata, ...lies }));
    expect(await doctor.first('new-patient')).toEqual({
      'room-id': room,
      ...metadata,
      'client-id': patient.id,
      from: patient.id,
    });
  });

  it('QUEUE-3 QUEUE-4 the patient learns its place and whether a doctor is there', async () => {
    const practice = await Practice.open(service);
    const room = freshRoom();
    const patient = await practice.patient(room);
    expect(patient.all('queue-position')).toEqual([{ 'room-id': room, position: 1, ahead: 0 }]);
    const state = { 'namespace-id': practice.id };
    expect(patient.all('doctor-online')).toEqual([{ ...state, online: false }]);

    await practice.doctor();
    expect(await patient.first('doctor-online', ({ online }) => online)).toEqual({
      ...state,
      online: true,
    });
    const nextRoom = freshRoom();
    const next = await practice.patient(nextRoom);
    expect(next.all('queue-position')).toEqual([{ 'room-id': nextRoom, position: 2, ahead: 1 }]);
    expect(next.all('doctor-online')).toEqual([{ ...state, online: true }]);
  });

  it('ROOM-1 the acknowledgement says in which room, and that the patient waits', async () => {
    const practice = await Practice.open(service);
    const patient = await practice.visitor();
    const room = freshRoom();
    expect(await patient.say('create', { 'room-id': room })).toEqual({
      status: 'ok',
      'room-id': room,
      state: 'waiting',
      members: [{ 'client-id': patient.id, role: 'patient' }],
    });
    expect(await service.call('join-room', { roomId: room })).toMatchObject({ state: 'waiting' });
  });

  it('QUEUE-3 again, for the same room, renews what it carries and keeps the place', async () => {
    const { practice, room, patient, doctor, heard } = await fullHouse(service, { name: 'Ada' });
    await granted(patient.say('create', { 'room-id': room, name: 'Ada L.' }));
    expect(await heard()).toEqual({ patient: ['doctor-online'] });
    expect(patient.all('queue-position').at(-1)).toMatchObject({ position: 1 });
    await granted(doctor.say('doctor-joined', {}));
    const { waiting } = doctor.all('queue').at(-1) ?? {};
    expect(waiting[0]).toMatchObject({ 'room-id': room, metadata: { name: 'Ada L.' } });
    expect(waiting).toHaveLength(2);
    await practice.settled();
    const replayed = doctor.all('new-patient').filter((data) => data['room-id'] === room);
    expect(replayed.map(({ name }) => name)).toEqual(['Ada', 'Ada L.']);
  });

  it('QUEUE-3 for another room leaves the first', async () => {
    const { room, patient, heard, doctor } = await fullHouse(service, { patientID: 'p-1' });
    const nextRoom = freshRoom();
    await granted(patient.say('create', { 'room-id': nextRoom, patientID: 'p-1' }));
    expect(await heard()).toEqual({
      doctor: ['patient-remove', 'room-ended', 'new-patient'],
      colleague: ['patient-remove', 'room-ended', 'new-patient'],
      patient: ['room-ended', 'doctor-online'],
      companion: ['room-ended'],
    });
    const removed = doctor.all('patient-remove');
    expect(removed).toEqual([{ patientID: 'p-1', 'room-id': room, from: patient.id }]);
    const over = { 'room-id': room, reason: 'patient-left', by: 'patient' };
    expect(patient.all('room-ended')).toEqual([over]);
    const state = patient.all('queue-position').at(-1);
    expect(state).toEqual({ 'room-id': nextRoom, position: 2, ahead: 1 });
    expect(await service.call('join-room', { roomId: room })).toMatchObject({ status: 410 });
  });

  it('ROOM-3 a room takes one patient', async () => {
    const { practice, room, heard, patient } = await fullHouse(service, { patientID: 'p-1' });
    const intruder = await practice.visitor();
    await refused(intruder.say('create', { 'room-id': room, patientID: 'p-2' }), 'room-taken');
    await refused(intruder.say('create', { 'room-id': room }), 'room-taken');
    expect(await heard()).toEqual({});
    expect(intruder.names()).toEqual([]);
    await refused(intruder.say('offer', { 'peer-id': patient.id }), 'peer-unreachable');
  });

  it('ROOM-8 what is sent to an ended room is room-ended', async () => {
    const practice = await Practice.open(service);
    const room = freshRoom();
    const patient = await practice.patient(room);
    await granted(patient.say('patient-left', {}));
    await refused(patient.say('create', { 'room-id': room }), 'room-ended');
    const other = await practice.visitor();
    await refused(other.say('create', { 'room-id': room }), 'room-ended');
  });

  it('IN-2 what it carries is bounded, since it is stored', async () => {
    const { practice, heard } = await fullHouse(service);
    const patient = await practice.visitor();
    const room = freshRoom();
    const create = (bytes: number) =>
      patient.say('create', { 'room-id': room, notes: 'n'.repeat(bytes) });
    await refused(create(16_384), 'payload-too-large');
    expect(await heard()).toEqual({});
    expect(await service.call('join-room', { roomId: room })).toMatchObject({ status: 404 });
    await granted(create(16_000));
  });

  it('QUEUE-7 a full waiting room takes nobody, until somebody has gone', async () => {
    const small = await Service.start({ MAX_WAITING_ROOM_SIZE: '2' });
    try {
      const practice = await Practice.open(small);
      const first = await practice.patient(freshRoom());
      await practice.patient(freshRoom());
      const third = await practice.visitor();
      const room = freshRoom();
      await refused(third.say('create', { 'room-id': room }), 'queue-full');
      const elsewhere = await Practice.open(small);
      await elsewhere.patient(freshRoom());

      await granted(first.say('patient-left', {}));
      await granted(third.say('create', { 'room-id': room }));
      expect(third.all('queue-position').at(-1)).toMatchObject({ position: 2 });
    } finally {
      await small.stop();
    }
  });
});

describe('where a room belongs', () => {
  it('ROOM-2 a room of no namespace belongs to the one in which a patient enters it', async () => {
    const [here, there] = [await Practice.open(service), await Practice.open(service)];
    const room = await madeRoom();
    const doctor = await here.doctor();
    await refused(doctor.say('join', { 'room-id': room, init: true }), 'room-not-found');
    const patient = await here.patient(room);
    expect(await doctor.first('new-patient')).toMatchObject({ from: patient.id });

    const otherPatient = await there.visitor();
    await refused(otherPatient.say('create', { 'room-id': room }), 'room-not-found');
    const otherDoctor = await there.doctor();
    await refused(otherDoctor.say('join', { 'room-id': room, init: true }), 'room-not-found');
    await refused(otherDoctor.say('join', { 'room-id': room }), 'room-not-found');
    await refused(otherDoctor.say('doctor-rejected', { roomID: room }), 'room-not-found');
    await refused(otherDoctor.say('doctor-ended', { 'room-id': room }), 'room-not-found');
    const otherGuest = await there.visitor();
    await refused(otherGuest.say('join', { 'room-id': room }), 'room-not-found');
    await refused(otherGuest.say('leave', { 'room-id': room }), 'room-not-found');
    await here.settled();
    expect(patient.names()).toEqual([]);
    expect(doctor.names()).toEqual(['new-patient']);
  });

  it('ROOM-2 a room that was made for a namespace is unknown in others', async () => {
    const [here, there] = [await Practice.open(service), await Practice.open(service)];
    const room = await madeRoom(here.id);
    const stranger = await there.visitor();
    await refused(stranger.say('create', { 'room-id': room }), 'room-not-found');
    await here.patient(room);
    expect(await service.call('join-room', { roomId: room })).toMatchObject({ state: 'waiting' });
  });

  it('ID-1 a page may bring a well-formed room id of its own', async () => {
    const practice = await Practice.open(service);
    const rooms = [`A-z.0_9~@:${freshRoom()}`, 'r'.repeat(128), '__proto__', 'constructor'];
    for (const room of rooms) {
      const patient = await practice.patient(room);
      expect(patient.all('queue-position')[0]).toMatchObject({ 'room-id': room });
    }
  });

  it.each(['', 'a b', 'a/b', 'é', 'r'.repeat(129), 'r'.repeat(10_000), 7, null, ['r'], undefined])(
    'ID-1 room id %j is refused',
    async (room) => {
      const practice = await Practice.open(service);
      const patient = await practice.visitor();
      await refused(patient.say('create', { 'room-id': room }), 'invalid-room-id');
    },
  );

  it('ROOM-12 a room into which nobody came expires', async () => {
    const practice = await Practice.open(service);
    const [unused, bound, used] = [await madeRoom(), await madeRoom(practice.id), await madeRoom()];
    const early = await practice.companion(bound);
    await practice.patient(used);
    const hour = 60 * 60 * 1000;
    await service.pass(23 * hour);
    expect(await service.call('join-room', { roomId: unused })).toMatchObject({ state: 'open' });
    await service.pass(2 * hour);
    expect(await service.call('join-room', { roomId: unused })).toMatchObject({ status: 410 });
    expect(await service.call('join-room', { roomId: used })).toMatchObject({ state: 'waiting' });
    const patient = await practice.visitor();
    await refused(patient.say('create', { 'room-id': unused }), 'room-ended');

    expect(await early.first('room-ended')).toEqual({ 'room-id': bound, reason: 'expired' });
    await refused(early.say('leave', { 'room-id': bound }), 'room-ended');
    await service.pass(25 * hour);
    expect(await service.call('join-room', { roomId: unused })).toMatchObject({ status: 404 });
  });
});
