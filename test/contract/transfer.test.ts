import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FullHouse, fullHouse } from '../support/full-house.ts';
import { freshRoom, granted, Practice, refused } from '../support/practice.ts';
import { Service } from '../support/service.ts';
import { comeOver, queueIn, roomsIn, sendAway, transfer } from '../support/transfers.ts';

const WINDOW_MS = 60_000;
const MINUTE_MS = 60_000;

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});

afterAll(() => service.stop());

/** The practice of `strangeDoctor`, to which patients are sent. */
const thereOf = ({ strangeDoctor }: FullHouse): string => strangeDoctor.welcome['namespace-id'];

const isQueueOf = (rooms: string[]) => (queue: object) =>
  JSON.stringify(roomsIn(queue)) === JSON.stringify(rooms);

describe('transfer', () => {
  it('DESK-7 WHO-1 the patient hears where to; the doctors here and there see it go and come', async () => {
    const house = await fullHouse(service, { patientID: 'p-1' });
    const { room, nextRoom, doctor, colleague, companion, patient, neighbour } = house;
    const { strangeDoctor, strangePatient, heard } = house;
    const there = thereOf(house);
    const answer = await transfer(doctor, room, there);
    expect(answer).toEqual({ status: 'ok', 'room-id': room });
    expect(await patient.ended()).toBe('io server disconnect');
    expect(await heard()).toEqual({
      patient: ['transferred'],
      companion: ['client-left'],
      doctor: ['patient-remove'],
      colleague: ['patient-remove'],
      strangeDoctor: ['new-patient'],
    });
    expect(patient.all('transferred')).toEqual([
      {
        'room-id': room,
        'client-id': patient.id,
        'to-namespace-id': there,
        'resume-token': expect.stringMatching(/^[\w-]{43}$/),
      },
    ]);
    expect(companion.all('client-left')).toEqual([{ 'client-id': patient.id, 'room-id': room }]);
    expect(colleague.all('patient-remove')).toEqual([{ patientID: 'p-1', 'room-id': room }]);
    const sent = { 'room-id': room, patientID: 'p-1', 'client-id': patient.id };
    expect(strangeDoctor.all('new-patient').at(-1)).toEqual({ ...sent, from: patient.id });
    await colleague.first('queue', isQueueOf([nextRoom]));
    await neighbour.first('queue-position', ({ position }) => position === 1);
    const queue = await strangeDoctor.first('queue', ({ waiting }) => waiting.length === 2);
    expect(queue.waiting).toMatchObject([
      { 'client-id': strangePatient.id },
      { 'room-id': room, connected: false, state: 'waiting' },
    ]);
  });

  it('DESK-7 RESUME-3 with the token it is the same client there, and waits', async () => {
    const house = await fullHouse(service);
    const { room, doctor, patient, strangeDoctor, heard } = house;
    await sendAway(doctor, patient, room, thereOf(house));
    await heard();
    const over = await comeOver(service, patient);
    expect(await heard()).toEqual({ strangeDoctor: ['client-reconnected'] });
    expect(over.welcome).toMatchObject({
      'client-id': patient.id,
      'namespace-id': thereOf(house),
      role: 'patient',
      resumed: true,
    });
    await over.caughtUp();
    const place = { 'room-id': room, position: 2, ahead: 1 };
    expect(over.all('queue-position').at(-1)).toEqual(place);
    expect(over.all('doctor-online').at(-1)).toMatchObject({ online: true });
    await strangeDoctor.first('queue', ({ waiting }) => waiting[1]?.connected);
    await granted(strangeDoctor.say('join', { 'room-id': room, init: true }));
    expect(await over.first('doctor-entered')).toMatchObject({ from: strangeDoctor.id });
    await granted(over.say('ack-doctor-entered', { 'client-id': strangeDoctor.id }));
    await granted(strangeDoctor.say('join', { 'room-id': room }));
    await granted(strangeDoctor.say('offer', { 'peer-id': over.id }));
    await granted(over.say('answer', { 'peer-id': strangeDoctor.id }));
    expect(await strangeDoctor.first('answer')).toMatchObject({ from: patient.id });
    await granted(over.say('patient-ended', {}));
    expect(await strangeDoctor.first('patient-ended')).toMatchObject({ from: patient.id });
  });

  it('DESK-7 the place there is the one of the time waited', async () => {
    const [here, there] = [await Practice.open(service), await Practice.open(service)];
    const doctor = await here.doctor();
    const rooms = [freshRoom(), freshRoom(), freshRoom()] as const;
    const earlier = await there.patient(rooms[0]);
    await service.pass(MINUTE_MS);
    const since = new Date(service.clock.now()).toISOString();
    const patient = await here.patient(rooms[1], { name: 'Ada' });
    await granted(patient.say('ready', { camera: true, microphone: true }));
    await service.pass(MINUTE_MS);
    const later = await there.patient(rooms[2]);
    await granted(transfer(doctor, rooms[1], there.id));
    await later.first('queue-position', ({ position }) => position === 3);
    const over = await comeOver(service, patient);
    await over.first('queue-position', ({ position }) => position === 2);
    const waiting = await queueIn(service, there.id);
    expect(roomsIn({ waiting })).toEqual(rooms);
    expect(waiting[1]).toMatchObject({
      'waiting-since': since,
      'client-id': patient.id,
      metadata: { name: 'Ada' },
      ready: { camera: true, microphone: true },
      connected: true,
    });
    expect(earlier.all('queue-position')).toHaveLength(1);
  });

  it('DESK-7 out of a consultation: who was in it is not any more', async () => {
    const house = await fullHouse(service);
    const { room, doctor, companion, colleague, patient, heard } = house;
    await granted(doctor.say('join', { 'room-id': room }));
    await heard();
    await sendAway(doctor, patient, room, thereOf(house));
    expect(await heard()).toEqual({
      patient: ['transferred'],
      companion: ['client-left'],
      doctor: ['client-left'],
      strangeDoctor: ['new-patient'],
    });
    for (const one of [doctor, companion]) {
      await refused(one.say('leave', { 'room-id': room }), 'room-not-found');
      await refused(one.say('offer', { 'peer-id': patient.id }), 'peer-unreachable');
    }
    await refused(colleague.say('join', { 'room-id': room }), 'room-not-found');
    const over = await comeOver(service, patient);
    doctor.drop();
    await doctor.ended();
    await service.pass(WINDOW_MS);
    expect(await heard()).toEqual({ strangeDoctor: ['client-reconnected'] });
    expect(over.names()).toEqual([]);
  });

  it('DESK-7 RESUME-5 what is said to the patient on the way arrives there', async () => {
    const house = await fullHouse(service);
    const { room, doctor, patient, strangeDoctor } = house;
    await granted(transfer(doctor, room, thereOf(house)));
    await granted(strangeDoctor.say('join', { 'room-id': room, init: true }));
    const sent = { 'peer-id': patient.id, n: 1 };
    expect(await strangeDoctor.say('offer', sent)).toMatchObject({ delivered: 'held' });
    const over = await comeOver(service, patient);
    await over.caughtUp();
    expect(over.names()).toEqual(['doctor-entered', 'offer']);
  });

  it('DESK-7 the connection that was left is no loss: nobody hears of it, no window runs', async () => {
    const house = await fullHouse(service);
    const { room, doctor, patient, heard } = house;
    await granted(transfer(doctor, room, thereOf(house)));
    const over = await comeOver(service, patient);
    await patient.ended();
    const told = await heard();
    expect(Object.values(told).flat()).not.toContain('client-disconnected');
    await service.pass(10 * WINDOW_MS);
    expect(await heard()).toEqual({});
    await over.caughtUp();
    expect(over.all('room-ended')).toEqual([]);
  });

  it('DESK-7 RESUME-1 RESUME-3 there it is lost and comes back like any other', async () => {
    const house = await fullHouse(service);
    const { room, doctor, patient, strangeDoctor, heard } = house;
    await granted(transfer(doctor, room, thereOf(house)));
    const over = await comeOver(service, patient);
    await patient.ended();
    await heard();
    over.drop();
    const lost = await strangeDoctor.first('client-disconnected');
    expect(lost).toEqual({ 'client-id': patient.id, 'room-id': room });
    expect(await heard()).toEqual({ strangeDoctor: ['client-disconnected'] });
    const resume = over.welcome['resume-token'];
    const back = await service.join(thereOf(house), { auth: { resume } });
    expect(back.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
    expect(await heard()).toEqual({ strangeDoctor: ['client-reconnected'] });
  });

  it('DESK-7 RESUME-7 a patient who never comes over is gone after the window', async () => {
    const house = await fullHouse(service, { patientID: 'p-1' });
    const { room, doctor, patient, strangeDoctor, heard } = house;
    await sendAway(doctor, patient, room, thereOf(house));
    await heard();
    await service.pass(WINDOW_MS - 1);
    expect(await heard()).toEqual({});
    await service.pass(1);
    expect(await heard()).toEqual({ strangeDoctor: ['patient-remove', 'room-ended'] });
    expect(strangeDoctor.all('room-ended')).toEqual([{ 'room-id': room, reason: 'abandoned' }]);
    expect(strangeDoctor.all('patient-remove')).toEqual([{ patientID: 'p-1', 'room-id': room }]);
    const late = await comeOver(service, patient);
    expect(late.welcome).toMatchObject({ resumed: false, role: 'guest' });
  });

  it('DESK-7 there and back again', async () => {
    const [here, there] = [await Practice.open(service), await Practice.open(service)];
    const [doctor, strangeDoctor] = [await here.doctor(), await there.doctor()];
    const [room, nextRoom] = [freshRoom(), freshRoom()];
    const patient = await here.patient(room);
    await service.pass(MINUTE_MS);
    await here.patient(nextRoom);
    await granted(transfer(doctor, room, there.id));
    const over = await comeOver(service, patient);
    await granted(transfer(strangeDoctor, room, here.id));
    const again = await comeOver(service, over);
    expect(again.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
    expect(roomsIn({ waiting: await queueIn(service, here.id) })).toEqual([room, nextRoom]);
    await granted(doctor.say('join', { 'room-id': room }));
    expect(await again.first('room-joined')).toMatchObject({ from: doctor.id });
  });

  it('DESK-7 RESUME-8 outlives a restart on the way', async () => {
    const own = await Service.start();
    try {
      const [here, there] = [await Practice.open(own), await Practice.open(own)];
      const room = freshRoom();
      const patient = await here.patient(room);
      await granted(transfer(await here.doctor(), room, there.id));
      const { 'resume-token': resume } = await patient.first('transferred');
      await own.restart();
      await own.pass(WINDOW_MS - 1);
      const over = await there.visitor({ auth: { resume } });
      expect(over.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
      const doctor = await there.doctor();
      expect(doctor.all('queue')[0]?.waiting).toMatchObject([{ 'room-id': room, connected: true }]);
    } finally {
      await own.stop();
    }
  });
});
