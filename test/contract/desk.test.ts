import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, TestClient } from '../support/clients.ts';
import { fullHouse } from '../support/full-house.ts';
import { freshRoom, granted, Practice, refused } from '../support/practice.ts';
import { Service } from '../support/service.ts';

const WINDOW_MS = 60_000;

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});

afterAll(() => service.stop());

const stateOf = async (roomId: string) => (await service.call('join-room', { roomId })).state;

const calls = (doctor: TestClient): Promise<Answer> => doctor.say('call-next', {});

describe('call-next', () => {
  it('DESK-1 WHO-1 knocks on the first in line, and says who that is', async () => {
    const { room, doctor, patient, companion, heard } = await fullHouse(service, { name: 'Ada' });
    expect(await doctor.say('call-next', { title: 'Dr', 'room-id': 'mine' })).toEqual({
      status: 'ok',
      'room-id': room,
      'client-id': patient.id,
      metadata: { 'room-id': room, 'client-id': patient.id, name: 'Ada' },
      state: 'knocking',
      members: [
        { 'client-id': patient.id, role: 'patient' },
        { 'client-id': companion.id, role: 'guest' },
      ],
    });
    expect(await heard()).toEqual({
      patient: ['doctor-entered'],
      companion: ['doctor-entered'],
      colleague: ['answered-elsewhere'],
    });
    const knock = { title: 'Dr', 'room-id': room, init: true, 'client-id': doctor.id };
    expect(companion.all('doctor-entered')).toEqual([{ ...knock, from: doctor.id }]);
    expect(await stateOf(room)).toBe('knocking');
  });

  it('DESK-1 passes over whom a doctor has, who is away, and who cannot be heard', async () => {
    const practice = await Practice.open(service);
    const [doctor, colleague] = [await practice.doctor(), await practice.doctor()];
    const rooms = Array.from({ length: 6 }, freshRoom);
    const patients: TestClient[] = [];
    for (const room of rooms) patients.push(await practice.patient(room));
    const [, , away, mute, blind] = patients;
    await granted(colleague.say('join', { 'room-id': rooms[0], init: true }));
    await granted(colleague.say('join', { 'room-id': rooms[1] }));
    away?.drop();
    await doctor.first('client-disconnected');
    await granted(mute?.say('ready', { camera: true, microphone: false }) as Promise<Answer>);
    await granted(blind?.say('ready', { camera: false, microphone: true }) as Promise<Answer>);
    expect(await calls(doctor)).toMatchObject({ 'room-id': rooms[4] });
    expect(await calls(doctor)).toMatchObject({ 'room-id': rooms[5] });
    await refused(calls(doctor), 'room-not-found');
    await granted(mute?.say('ready', { camera: false, microphone: true }) as Promise<Answer>);
    expect(await calls(doctor)).toMatchObject({ 'room-id': rooms[3] });
  });

  it('DESK-1 finds nobody where nobody waits, and nobody hears of it', async () => {
    const { room, nextRoom, doctor, strangeDoctor, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    await granted(doctor.say('join', { 'room-id': nextRoom, init: true }));
    expect(await calls(strangeDoctor)).toMatchObject({ status: 'ok' });
    await heard();
    await refused(calls(doctor), 'room-not-found');
    await refused(calls(strangeDoctor), 'room-not-found');
    expect(await heard()).toEqual({});
  });

  it('DESK-1 ROOM-5 two doctors who call at once get two patients', async () => {
    const { room, nextRoom, doctor, colleague, patient, neighbour, settled } =
      await fullHouse(service);
    const answers = await Promise.all([calls(doctor), calls(colleague)]);
    expect(answers.map((answer) => answer['room-id']).sort()).toEqual([room, nextRoom].sort());
    await settled();
    const rings = [patient, neighbour].map((one) => one.all('doctor-entered').length);
    expect(rings).toEqual([1, 1]);
  });

  it('DESK-1 and a doctor who calls twice at once gets two as well', async () => {
    const { room, nextRoom, doctor } = await fullHouse(service);
    const answers = await Promise.all([calls(doctor), calls(doctor), calls(doctor)]);
    expect(answers.map((answer) => answer['room-id'])).toEqual([room, nextRoom, undefined]);
  });
});

describe('hold', () => {
  it('DESK-2 WHO-1 the consultation rests, and the others in the room hear it', async () => {
    const { room, doctor, patient, companion, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    await heard();
    const answer = await doctor.say('hold', { 'room-id': room });
    expect(answer).toEqual({ status: 'ok', 'room-id': room, state: 'on-hold' });
    expect(await heard()).toEqual({ patient: ['put-on-hold'], companion: ['put-on-hold'] });
    const told = { 'room-id': room, from: doctor.id };
    expect([patient, companion].map((one) => one.all('put-on-hold'))).toEqual([[told], [told]]);
    expect(await stateOf(room)).toBe('on-hold');
  });

  it('DESK-2 meanwhile the doctor sees others, and join takes it up again', async () => {
    const { practice, room, nextRoom, doctor, colleague, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    await granted(doctor.say('hold', { 'room-id': room }));
    expect(await calls(doctor)).toMatchObject({ 'room-id': nextRoom });
    await granted(doctor.say('doctor-ended', { 'room-id': nextRoom }));
    await refused(colleague.say('join', { 'room-id': room }), 'already-claimed');
    const late = await practice.doctor();
    expect(late.all('queue')[0]?.waiting).toEqual([]);
    await heard();
    const taken = await doctor.say('join', { 'room-id': room });
    expect(taken).toMatchObject({ status: 'ok', state: 'in-consultation' });
    expect(await heard()).toEqual({ patient: ['room-joined'], companion: ['room-joined'] });
  });

  it('DESK-2 RESUME-7 a patient who is lost on hold is lost, after the window', async () => {
    const { room, doctor, patient, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    await granted(doctor.say('hold', { 'room-id': room }));
    patient.drop();
    await doctor.first('client-disconnected');
    await heard();
    await service.pass(WINDOW_MS);
    expect(await heard()).toEqual({ doctor: ['room-ended'], companion: ['room-ended'] });
    expect(doctor.all('room-ended')).toEqual([{ 'room-id': room, reason: 'lost' }]);
  });

  it('DESK-2 RESUME-7 whom a lost doctor had on hold is first in line again', async () => {
    const { nextRoom, doctor, neighbour, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': nextRoom }));
    await granted(doctor.say('hold', { 'room-id': nextRoom }));
    doctor.drop();
    await neighbour.first('client-disconnected');
    await heard();
    await service.pass(WINDOW_MS);
    expect(await heard()).toEqual({
      neighbour: ['client-left', 'doctor-online'],
      colleague: ['new-patient'],
    });
    expect(neighbour.all('queue-position').at(-1)).toMatchObject({ position: 1 });
  });
});

describe('return-to-queue', () => {
  it.each(['in-consultation', 'on-hold'])(
    'DESK-3 WHO-1 from %s the patient waits on in the same place',
    async (state) => {
      const { practice, room, nextRoom, doctor, colleague, neighbour, heard } =
        await fullHouse(service);
      await practice.companion(nextRoom);
      await granted(doctor.say('join', { 'room-id': nextRoom }));
      if (state === 'on-hold') await granted(doctor.say('hold', { 'room-id': nextRoom }));
      await practice.patient(freshRoom());
      await heard();
      const answer = await doctor.say('return-to-queue', { 'room-id': nextRoom });
      expect(answer).toEqual({ status: 'ok', 'room-id': nextRoom, state: 'waiting' });
      expect(await heard()).toEqual({
        neighbour: ['returned-to-queue', 'doctor-online'],
        doctor: ['new-patient'],
        colleague: ['new-patient'],
      });
      const told = { 'room-id': nextRoom, from: doctor.id };
      expect(neighbour.all('returned-to-queue')).toEqual([told]);
      expect(neighbour.all('queue-position').at(-1)).toMatchObject({ position: 2, ahead: 1 });
      const late = await practice.doctor();
      const order = late.all('queue')[0]?.waiting.map((one: object) => Object.values(one)[0]);
      expect(order.slice(0, 2)).toEqual([room, nextRoom]);
      await granted(colleague.say('join', { 'room-id': nextRoom, init: true }));
    },
  );

  it('DESK-3 a guest in the room hears it too', async () => {
    const { room, doctor, patient, companion, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    await heard();
    await granted(doctor.say('return-to-queue', { 'room-id': room }));
    expect((await heard()).companion).toEqual(['returned-to-queue']);
    await granted(companion.say('offer', { 'peer-id': patient.id }));
  });

  it('DESK-3 the doctor is not in the room any more, and holds nothing', async () => {
    const { room, doctor, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    await granted(doctor.say('return-to-queue', { 'room-id': room }));
    await refused(doctor.say('leave', { 'room-id': room }), 'room-not-found');
    await refused(doctor.say('return-to-queue', { 'room-id': room }), 'not-allowed');
    await heard();
    doctor.drop();
    await doctor.ended();
    await service.pass(WINDOW_MS);
    expect(await heard()).toEqual({});
    expect(await stateOf(room)).toBe('waiting');
  });

  it('DESK-3 a knock is taken back in the same way', async () => {
    const { room, doctor, colleague, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room, init: true }));
    await heard();
    await granted(doctor.say('return-to-queue', { 'room-id': room }));
    expect(await heard()).toEqual({
      patient: ['returned-to-queue', 'doctor-online'],
      companion: ['returned-to-queue'],
      doctor: ['new-patient'],
      colleague: ['new-patient'],
    });
    expect(await calls(colleague)).toMatchObject({ 'room-id': room });
  });
});

describe('whose consultation it is', () => {
  it.each(['hold', 'return-to-queue'])(
    'DESK-2 DESK-3 %s is for the doctor who holds it, and nobody hears of a refusal',
    async (event) => {
      const { room, nextRoom, doctor, colleague, strangeDoctor, heard } = await fullHouse(service);
      const practiceOfAnother = await Practice.open(service);
      const outsider = await practiceOfAnother.doctor();
      await granted(doctor.say('join', { 'room-id': room }));
      await heard();
      await refused(colleague.say(event, { 'room-id': room }), 'not-allowed');
      await refused(colleague.say(event, { 'room-id': nextRoom }), 'not-allowed');
      await refused(outsider.say(event, { 'room-id': room }), 'room-not-found');
      await refused(strangeDoctor.say(event, { 'room-id': room }), 'room-not-found');
      await refused(doctor.say(event, { 'room-id': freshRoom() }), 'room-not-found');
      await refused(doctor.say(event, {}), 'invalid-room-id');
      expect(await heard()).toEqual({});
      await granted(doctor.say('doctor-ended', { 'room-id': room }));
      await refused(doctor.say(event, { 'room-id': room }), 'room-ended');
    },
  );

  it('DESK-2 a doctor who only knocks has nothing to hold', async () => {
    const { room, doctor, heard } = await fullHouse(service);
    await granted(calls(doctor));
    await heard();
    await refused(doctor.say('hold', { 'room-id': room }), 'not-allowed');
    expect(await heard()).toEqual({});
  });

  it.each([
    ['call-next', {}],
    ['hold', {}],
    ['return-to-queue', {}],
    ['transfer', { 'to-namespace-id': 'elsewhere' }],
    ['set-priority', { urgent: true }],
    ['message-to-waiting', { text: 'hello' }],
  ])('AUTH-1 %s is for doctors', async (event, sent) => {
    const { room, patient, companion, visitor, heard } = await fullHouse(service);
    for (const one of [patient, companion, visitor]) {
      await refused(one.say(event, { 'room-id': room, ...sent }), 'not-allowed');
    }
    expect(await heard()).toEqual({});
  });
});
