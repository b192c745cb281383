import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../support/clients.ts';
import { type FullHouse, fullHouse } from '../support/full-house.ts';
import { freshRoom, granted, Practice, refused } from '../support/practice.ts';
import { Service } from '../support/service.ts';

const WINDOW_MS = 60_000;
const MINUTE_MS = 60_000;

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});

afterAll(() => service.stop());

/** The practice of `strangeDoctor`, to which patients are sent. */
const thereOf = ({ strangeDoctor }: FullHouse): string => strangeDoctor.welcome['namespace-id'];

const transfer = (doctor: TestClient, roomId: string, to: string) =>
  doctor.say('transfer', { 'room-id': roomId, 'to-namespace-id': to });

/** The patient comes over, as its page does that has heard `transferred`. */
async function comeOver(client: TestClient): Promise<TestClient> {
  const told = await client.first('transferred');
  return service.join(told['to-namespace-id'], { auth: { resume: told['resume-token'] } });
}

type Queue = { waiting?: Record<string, unknown>[] };

const roomsIn = (queue: Queue | undefined) => queue?.waiting?.map((entry) => entry['room-id']);

const isQueueOf = (rooms: string[]) => (queue: Queue) =>
  JSON.stringify(roomsIn(queue)) === JSON.stringify(rooms);

/** The waiting room as a doctor finds it who comes now. */
async function queueIn(namespaceId: string): Promise<Record<string, unknown>[]> {
  const doctor = await service.doctor(namespaceId);
  return doctor.all('queue')[0]?.waiting;
}

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
    await granted(transfer(doctor, room, thereOf(house)));
    await patient.ended();
    await heard();
    const over = await comeOver(patient);
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
    const over = await comeOver(patient);
    await over.first('queue-position', ({ position }) => position === 2);
    const waiting = await queueIn(there.id);
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
    await granted(transfer(doctor, room, thereOf(house)));
    await patient.ended();
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
    const over = await comeOver(patient);
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
    const over = await comeOver(patient);
    await over.caughtUp();
    expect(over.names()).toEqual(['doctor-entered', 'offer']);
  });

  it('DESK-7 the connection that was left is no loss: nobody hears of it, no window runs', async () => {
    const house = await fullHouse(service);
    const { room, doctor, patient, heard } = house;
    await granted(transfer(doctor, room, thereOf(house)));
    const over = await comeOver(patient);
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
    const over = await comeOver(patient);
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
    await granted(transfer(doctor, room, thereOf(house)));
    await patient.ended();
    await heard();
    await service.pass(WINDOW_MS - 1);
    expect(await heard()).toEqual({});
    await service.pass(1);
    expect(await heard()).toEqual({ strangeDoctor: ['patient-remove', 'room-ended'] });
    expect(strangeDoctor.all('room-ended')).toEqual([{ 'room-id': room, reason: 'abandoned' }]);
    expect(strangeDoctor.all('patient-remove')).toEqual([{ patientID: 'p-1', 'room-id': room }]);
    const late = await comeOver(patient);
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
    const over = await comeOver(patient);
    await granted(transfer(strangeDoctor, room, here.id));
    const again = await comeOver(over);
    expect(again.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
    expect(roomsIn({ waiting: await queueIn(here.id) })).toEqual([room, nextRoom]);
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

describe('what cannot be transferred', () => {
  it('DESK-7 WHO-1 stays as it is, and nobody hears of it', async () => {
    const house = await fullHouse(service);
    const { practice, room, nextRoom, doctor, colleague, strangeDoctor, neighbour, heard } = house;
    const there = thereOf(house);
    await granted(colleague.say('join', { 'room-id': room, init: true }));
    const gone = freshRoom();
    await practice.patient(gone);
    await granted(doctor.say('doctor-rejected', { roomID: gone }));
    const made = await service.call('create-room', { namespaceId: practice.id });
    await heard();
    await refused(transfer(doctor, room, there), 'already-claimed');
    await refused(transfer(doctor, nextRoom, practice.id), 'namespace-not-found');
    await refused(transfer(doctor, nextRoom, 'not-there'), 'namespace-not-found');
    await refused(transfer(doctor, nextRoom, 'not/well-formed'), 'invalid-namespace-id');
    await refused(transfer(doctor, freshRoom(), there), 'room-not-found');
    await refused(transfer(doctor, gone, there), 'room-ended');
    await refused(transfer(doctor, String(made['room-id']), there), 'not-allowed');
    await refused(transfer(strangeDoctor, nextRoom, practice.id), 'room-not-found');
    neighbour.drop();
    await doctor.first('client-disconnected');
    await heard();
    await refused(transfer(doctor, nextRoom, there), 'peer-unreachable');
    expect(await heard()).toEqual({});
    const back = await practice.resume(neighbour);
    expect(back.welcome).toMatchObject({ resumed: true, 'client-id': neighbour.id });
    expect(roomsIn({ waiting: await queueIn(practice.id) })).toEqual([room, nextRoom]);
    expect(await queueIn(there)).toHaveLength(1);
  });

  it('DESK-7 QUEUE-7 nobody is sent where the waiting room is full', async () => {
    const small = await Service.start({ MAX_WAITING_ROOM_SIZE: '1' });
    try {
      const [here, there] = [await Practice.open(small), await Practice.open(small)];
      const room = freshRoom();
      const patient = await here.patient(room);
      await there.patient(freshRoom());
      const doctor = await here.doctor();
      await refused(transfer(doctor, room, there.id), 'queue-full');
      await here.settled();
      expect(patient.names()).toEqual([]);
      expect(patient.socket.connected).toBe(true);
    } finally {
      await small.stop();
    }
  });
});

describe('at the same moment', () => {
  it('DESK-7 two doctors send the same patient away: one does', async () => {
    const house = await fullHouse(service);
    const { room, doctor, colleague, patient, settled } = house;
    const other = await Practice.open(service);
    const answers = await Promise.all([
      transfer(doctor, room, thereOf(house)),
      transfer(colleague, room, other.id),
    ]);
    expect(answers.map(({ code }) => code)).toEqual([undefined, 'room-not-found']);
    await patient.ended();
    await settled();
    expect(patient.all('transferred')).toHaveLength(1);
    expect(await queueIn(other.id)).toEqual([]);
    expect((await comeOver(patient)).welcome.resumed).toBe(true);
  });

  it('DESK-7 two patients change places', async () => {
    const house = await fullHouse(service);
    const { practice, room, nextRoom, doctor, patient, strangeDoctor, strangePatient } = house;
    const strangeRoom = strangePatient.all('queue-position')[0]?.['room-id'];
    await Promise.all([
      granted(transfer(doctor, room, thereOf(house))),
      granted(transfer(strangeDoctor, strangeRoom, practice.id)),
    ]);
    const over = await Promise.all([patient, strangePatient].map(comeOver));
    expect(over.map(({ id }) => id)).toEqual([patient.id, strangePatient.id]);
    expect(roomsIn({ waiting: await queueIn(thereOf(house)) })).toEqual([room]);
    const here = roomsIn({ waiting: await queueIn(practice.id) });
    expect(here?.sort()).toEqual([nextRoom, strangeRoom].sort());
  });

  it('DESK-7 ROOM-8 a doctor ends the consultation and sends the patient away: the first counts', async () => {
    const house = await fullHouse(service);
    const { room, nextRoom, doctor, patient, neighbour, strangeDoctor, heard } = house;
    const end = (roomId: string) => doctor.say('doctor-ended', { 'room-id': roomId });
    const send = (roomId: string) => transfer(doctor, roomId, thereOf(house));
    for (const id of [room, nextRoom]) await granted(doctor.say('join', { 'room-id': id }));
    await heard();
    const endFirst = [end(room), send(room)] as const;
    const sendFirst = [send(nextRoom), end(nextRoom)] as const;
    await granted(endFirst[0]);
    await refused(endFirst[1], 'room-ended');
    await granted(sendFirst[0]);
    await refused(sendFirst[1], 'room-not-found');
    await neighbour.ended();
    expect(await heard()).toEqual({
      patient: ['doctor-ended', 'room-ended'],
      companion: ['doctor-ended', 'room-ended'],
      doctor: ['room-ended', 'client-left'],
      neighbour: ['transferred'],
      strangeDoctor: ['new-patient'],
    });
    expect(strangeDoctor.all('new-patient').at(-1)).toMatchObject({ from: neighbour.id });
    expect(patient.all('transferred')).toEqual([]);
  });

  it('DESK-7 ROOM-8 the patient ends it while a doctor sends it away: one of both', async () => {
    const house = await fullHouse(service);
    const { room, doctor, patient, strangeDoctor, heard } = house;
    await granted(doctor.say('join', { 'room-id': room }));
    await heard();
    patient.socket.emit('patient-ended', { 'room-id': room });
    const { status, code } = await transfer(doctor, room, thereOf(house));
    const isSent = status === 'ok';
    if (isSent) await patient.ended();
    else expect(code).toBe('room-ended');
    await heard();
    expect(patient.names().at(-1)).toBe(isSent ? 'transferred' : 'room-ended');
    expect(strangeDoctor.all('new-patient')).toHaveLength(isSent ? 2 : 1);
    const found = await service.call('join-room', { roomId: room });
    expect(found).toMatchObject(isSent ? { state: 'waiting' } : { status: 410 });
  });

  it('DESK-7 HTTP-4 the other namespace is removed: nobody is left behind there', async () => {
    const house = await fullHouse(service);
    const { room, doctor, patient, heard } = house;
    const there = await Practice.open(service);
    const [sent] = await Promise.all([
      transfer(doctor, room, there.id),
      service.call('remove-namespace', { namespaceId: there.id }),
    ]);
    const wasSent = sent.status === 'ok';
    if (wasSent) await patient.ended();
    expect((await heard()).patient).toEqual(wasSent ? ['transferred'] : undefined);
    await service.call('create-namespace', { namespaceId: there.id });
    expect(await queueIn(there.id)).toEqual([]);
    const doctorThere = await service.doctor(there.id);
    await refused(doctorThere.say('offer', { 'peer-id': patient.id }), 'peer-unreachable');
  });
});
