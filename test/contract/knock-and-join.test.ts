import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fullHouse } from '../support/full-house.ts';
import { freshRoom, granted, Practice, refused } from '../support/practice.ts';
import { Service } from '../support/service.ts';

const KNOCK_MS = 45_000;

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});

afterAll(() => service.stop());

describe('a doctor knocks', () => {
  it('ROOM-4 WHO-1 the room hears doctor-entered, the other doctors answered-elsewhere', async () => {
    const { room, doctor, colleague, companion, heard } = await fullHouse(service);
    const sent = { 'room-id': room, init: true, 'client-id': 'somebody-else', title: 'Dr' };
    expect(await doctor.say('join', sent)).toMatchObject({
      status: 'ok',
      'room-id': room,
      state: 'knocking',
    });
    expect(await heard()).toEqual({
      patient: ['doctor-entered'],
      companion: ['doctor-entered'],
      colleague: ['answered-elsewhere'],
    });
    expect(companion.all('doctor-entered')).toEqual([
      { ...sent, 'client-id': doctor.id, from: doctor.id },
    ]);
    expect(colleague.all('answered-elsewhere')).toEqual([{ 'room-id': room }]);
  });

  it('RELAY-1 ack-doctor-entered reaches the doctor it names, and nobody else', async () => {
    const { room, doctor, patient, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room, init: true }));
    await heard();
    const sent = { 'client-id': doctor.id, mood: 'fine', from: 'somebody-else' };
    expect(await patient.say('ack-doctor-entered', sent)).toMatchObject({ delivered: 'now' });
    expect(await heard()).toEqual({ doctor: ['ack-doctor-entered'] });
    expect(doctor.all('ack-doctor-entered')).toEqual([{ ...sent, from: patient.id }]);
  });

  it('RELAY-3 ack-doctor-entered leads nowhere else', async () => {
    const { patient, neighbour, strangeDoctor, heard } = await fullHouse(service);
    for (const peer of [neighbour.id, strangeDoctor.id, 'nobody']) {
      await refused(patient.say('ack-doctor-entered', { 'client-id': peer }), 'peer-unreachable');
    }
    expect(await heard()).toEqual({});
  });

  it('ROOM-4 the doctor is not in the room yet', async () => {
    const { practice, room, doctor, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room, init: true }));
    await heard();
    await refused(doctor.say('leave', { 'room-id': room }), 'room-not-found');
    const late = await practice.companion(room);
    expect(await heard()).toEqual({ patient: ['room-joined'], companion: ['room-joined'] });
    await granted(late.say('leave', { 'room-id': room }));
    expect(await heard()).toEqual({ patient: ['client-left'], companion: ['client-left'] });
  });

  it('ROOM-5 the room is claimed: nobody else may knock, come in, or send the patient away', async () => {
    const { room, doctor, colleague, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room, init: true }));
    await heard();
    await refused(colleague.say('join', { 'room-id': room, init: true }), 'already-claimed');
    await refused(colleague.say('join', { 'room-id': room }), 'already-claimed');
    await refused(colleague.say('doctor-rejected', { roomID: room }), 'already-claimed');
    await refused(colleague.say('doctor-ended', { 'room-id': room }), 'not-allowed');
    expect(await heard()).toEqual({});
  });

  it('ROOM-5 the same doctor may knock again, and the others are not told twice', async () => {
    const { room, doctor, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room, init: true }));
    await heard();
    await granted(doctor.say('join', { 'room-id': room, init: true }));
    expect(await heard()).toEqual({ patient: ['doctor-entered'], companion: ['doctor-entered'] });
  });

  it('ROOM-5 two doctors knock at the same time: one is in', async () => {
    const { room, doctor, colleague, patient, settled } = await fullHouse(service);
    const knock = { 'room-id': room, init: true };
    const answers = await Promise.all([doctor.say('join', knock), colleague.say('join', knock)]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['error', 'ok']);
    await settled();
    expect(patient.all('doctor-entered')).toHaveLength(1);
  });

  it('ROOM-11 a knock that nobody answers is over, and the patient waits on in the same place', async () => {
    const { practice, room, nextRoom, doctor, colleague } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room, init: true }));
    await service.pass(KNOCK_MS - 1);
    await refused(colleague.say('join', { 'room-id': room, init: true }), 'already-claimed');
    await service.pass(1);
    await granted(colleague.say('doctor-joined', {}));
    await practice.settled();
    const queue = colleague.all('queue').at(-1);
    const places = queue?.waiting.map((one: object) => Object.values(one)[0]);
    expect(places).toEqual([room, nextRoom]);
    expect(queue?.waiting[0]).toMatchObject({ state: 'waiting' });
    await granted(colleague.say('join', { 'room-id': room, init: true }));
  });

  it('ROOM-11 a knock that was answered by coming in does not end', async () => {
    const { room, doctor, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room, init: true }));
    await granted(doctor.say('join', { 'room-id': room }));
    await heard();
    await service.pass(KNOCK_MS);
    expect(await heard()).toEqual({});
    const { state } = await service.call('join-room', { roomId: room });
    expect(state).toBe('in-consultation');
  });

  it('ROOM-4 a knock during the consultation only rings', async () => {
    const { room, doctor, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    await heard();
    const again = await doctor.say('join', { 'room-id': room, init: true });
    expect(again).toMatchObject({ status: 'ok', state: 'in-consultation' });
    expect(await heard()).toEqual({ patient: ['doctor-entered'], companion: ['doctor-entered'] });
    await service.pass(KNOCK_MS);
    expect(await service.call('join-room', { roomId: room })).toMatchObject({
      state: 'in-consultation',
    });
  });
});

describe('somebody comes in', () => {
  it('ROOM-6 WHO-1 the others in the room hear room-joined', async () => {
    const { room, doctor, companion, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room, init: true }));
    await heard();
    const sent = { 'room-id': room, init: false, 'client-id': companion.id, note: ['hi'] };
    expect(await doctor.say('join', sent)).toMatchObject({
      status: 'ok',
      'room-id': room,
      state: 'in-consultation',
    });
    expect(await heard()).toEqual({ patient: ['room-joined'], companion: ['room-joined'] });
    expect(companion.all('room-joined').at(-1)).toEqual({
      ...sent,
      'client-id': doctor.id,
      from: doctor.id,
    });
  });

  it('ROOM-6 a doctor may come in without a knock, and the other doctors learn of it', async () => {
    const { room, doctor, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    expect(await heard()).toEqual({
      patient: ['room-joined'],
      companion: ['room-joined'],
      colleague: ['answered-elsewhere'],
    });
  });

  it('ROOM-6 a guest comes in before and after the doctor, and changes nothing else', async () => {
    const { practice, room, doctor, heard } = await fullHouse(service);
    const { state } = await service.call('join-room', { roomId: room });
    expect(state).toBe('waiting');
    await granted(doctor.say('join', { 'room-id': room }));
    await heard();
    const late = await practice.companion(room);
    expect(await heard()).toEqual({
      doctor: ['room-joined'],
      patient: ['room-joined'],
      companion: ['room-joined'],
    });
    expect(doctor.all('room-joined').at(-1)).toEqual({
      'room-id': room,
      'client-id': late.id,
      from: late.id,
    });
    expect(late.names()).toEqual([]);
  });

  it('ROOM-6 a patient who comes later meets the guest who is there', async () => {
    const practice = await Practice.open(service);
    const made = await service.call('create-room', { namespaceId: practice.id });
    const room = String(made['room-id']);
    const guest = await practice.companion(room);
    const patient = await practice.patient(room, { secret: 'for doctors' });
    const joined = { 'room-id': room, 'client-id': patient.id, from: patient.id };
    expect(await guest.first('room-joined')).toEqual(joined);
    await granted(guest.say('offer', { 'peer-id': patient.id }));
  });

  it('ROOM-4 ROOM-6 an unknown room is an error', async () => {
    const { doctor, visitor, heard } = await fullHouse(service);
    const nowhere = { 'room-id': freshRoom() };
    await refused(doctor.say('join', nowhere), 'room-not-found');
    await refused(doctor.say('join', { ...nowhere, init: true }), 'room-not-found');
    await refused(visitor.say('join', nowhere), 'room-not-found');
    expect(await heard()).toEqual({});
  });

  it('ROOM-1 a doctor does not come into a room without a patient', async () => {
    const practice = await Practice.open(service);
    const doctor = await practice.doctor();
    const made = await service.call('create-room', { namespaceId: practice.id });
    const sent = { 'room-id': made['room-id'] };
    await refused(doctor.say('join', sent), 'not-allowed');
    await refused(doctor.say('join', { ...sent, init: true }), 'not-allowed');
  });

  it('ROOM-8 nobody comes into a room that has ended', async () => {
    const { room, doctor, colleague, visitor, heard } = await fullHouse(service);
    await granted(doctor.say('doctor-rejected', { roomID: room }));
    await heard();
    await refused(colleague.say('join', { 'room-id': room, init: true }), 'room-ended');
    await refused(doctor.say('join', { 'room-id': room }), 'room-ended');
    await refused(visitor.say('join', { 'room-id': room }), 'room-ended');
    expect(await heard()).toEqual({});
  });

  it('ROOM-8 with the room its claim is over, for the other doctors too', async () => {
    const { room, doctor, colleague } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room, init: true }));
    await granted(doctor.say('doctor-ended', { 'room-id': room }));
    await refused(colleague.say('join', { 'room-id': room, init: true }), 'room-ended');
    await refused(colleague.say('join', { 'room-id': room }), 'room-ended');
    await refused(colleague.say('doctor-rejected', { roomID: room }), 'room-ended');
    await refused(colleague.say('doctor-ended', { 'room-id': room }), 'room-ended');
  });
});

describe('bounds', () => {
  it('ROOM-3 a room has room for so many, and always for its patient and its doctor', async () => {
    const small = await Service.start({ MAX_MEMBERS_PER_ROOM: '3', MAX_ROOMS_PER_CLIENT: '2' });
    try {
      const practice = await Practice.open(small);
      const made = await small.call('create-room', { namespaceId: practice.id });
      const room = String(made['room-id']);
      const guest = await practice.companion(room);
      const oneTooMany = await practice.visitor();
      await refused(oneTooMany.say('join', { 'room-id': room }), 'limit-reached');
      const patient = await practice.patient(room);
      const doctor = await practice.doctor();
      await granted(doctor.say('join', { 'room-id': room }));
      await refused(oneTooMany.say('join', { 'room-id': room }), 'limit-reached');
      await practice.settled();
      expect(patient.names()).toEqual(['room-joined']);
      await granted(guest.say('leave', { 'room-id': room }));
      await granted(oneTooMany.say('join', { 'room-id': room }));
    } finally {
      await small.stop();
    }
  });

  it('ROOM-6 a client is in so many rooms at once', async () => {
    const small = await Service.start({ MAX_ROOMS_PER_CLIENT: '2' });
    try {
      const practice = await Practice.open(small);
      const doctor = await practice.doctor();
      const rooms = [freshRoom(), freshRoom(), freshRoom()];
      for (const room of rooms) await practice.patient(room);
      const join = (index: number) => doctor.say('join', { 'room-id': rooms[index] });
      await granted(join(0));
      await granted(join(1));
      await refused(join(2), 'limit-reached');
      await granted(join(1));
      await granted(doctor.say('doctor-ended', { 'room-id': rooms[0] }));
      await granted(join(2));
    } finally {
      await small.stop();
    }
  });
});
