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

describe('ready', () => {
  it('DESK-5 WHO-1 the doctors see in the queue what works, and nobody else hears of it', async () => {
    const { practice, room, nextRoom, patient, colleague, heard } = await fullHouse(service);
    const before = await practice.doctor();
    expect(before.all('queue')[0]?.waiting[0]).not.toHaveProperty('ready');
    await heard();
    const works = { camera: true, microphone: false, relay: true };
    const answer = await patient.say('ready', { ...works, browser: 'of no interest' });
    expect(answer).toEqual({ status: 'ok', 'room-id': room });
    const queue = await colleague.first('queue', ({ waiting }) => waiting[0]?.ready !== undefined);
    expect(queue.waiting).toMatchObject([{ ready: works }, { 'room-id': nextRoom }]);
    expect(queue.waiting[0].ready).toEqual(works);
    expect(queue.waiting[1]).not.toHaveProperty('ready');
    expect(await heard()).toEqual({});
  });

  it('DESK-5 the last report counts, and none says anything about a relay it did not try', async () => {
    const { practice, patient } = await fullHouse(service);
    await granted(patient.say('ready', { camera: false, microphone: false, relay: false }));
    await granted(patient.say('ready', { camera: true, microphone: true }));
    const late = await practice.doctor();
    expect(late.all('queue')[0]?.waiting[0].ready).toEqual({ camera: true, microphone: true });
  });

  it('DESK-5 is about the room that the patient is in', async () => {
    const { room, patient, doctor, visitor, heard } = await fullHouse(service);
    const works = { camera: true, microphone: true };
    await refused(doctor.say('ready', works), 'not-allowed');
    await refused(visitor.say('ready', works), 'not-allowed');
    await refused(patient.say('ready', { camera: 'yes', microphone: true }), 'invalid-payload');
    await refused(patient.say('ready', { camera: true }), 'invalid-payload');
    await granted(doctor.say('join', { 'room-id': room }));
    await granted(patient.say('ready', works));
    await granted(doctor.say('doctor-ended', { 'room-id': room }));
    await heard();
    await refused(patient.say('ready', works), 'room-not-found');
    expect(await heard()).toEqual({});
  });
});

describe('message-to-waiting', () => {
  it('DESK-6 WHO-1 reaches one who waits', async () => {
    const { room, doctor, patient, heard } = await fullHouse(service);
    const sent = { 'room-id': room, text: 'Five more minutes.' };
    expect(await doctor.say('message-to-waiting', sent)).toEqual({ status: 'ok', told: 1 });
    expect(await heard()).toEqual({ patient: ['message-to-waiting'] });
    expect(patient.all('message-to-waiting')).toEqual([{ ...sent, from: doctor.id }]);
  });

  it('DESK-6 WHO-1 or all, and nobody learns of another', async () => {
    const { practice, room, nextRoom, doctor, colleague, patient, neighbour, heard } =
      await fullHouse(service);
    const busy = freshRoom();
    await practice.patient(busy);
    await granted(doctor.say('join', { 'room-id': busy }));
    await granted(colleague.say('join', { 'room-id': nextRoom, init: true }));
    await heard();
    const text = 'We are late. Sorry!';
    expect(await doctor.say('message-to-waiting', { text })).toMatchObject({ told: 2 });
    expect(await heard()).toEqual({
      patient: ['message-to-waiting'],
      neighbour: ['message-to-waiting'],
    });
    const told = [patient, neighbour].map((one) => one.all('message-to-waiting'));
    const line = (roomId: string) => [{ 'room-id': roomId, text, from: doctor.id }];
    expect(told).toEqual([line(room), line(nextRoom)]);
  });

  it('DESK-6 RESUME-5 who has lost the connection hears it when back', async () => {
    const { practice, doctor, patient } = await fullHouse(service);
    patient.drop();
    await doctor.first('client-disconnected');
    await granted(doctor.say('message-to-waiting', { text: 'Are you there?' }));
    const back = await practice.resume(patient);
    expect(await back.first('message-to-waiting')).toMatchObject({ text: 'Are you there?' });
  });

  it('DESK-6 has 1 to 500 characters, and is for those who wait', async () => {
    const { room, nextRoom, doctor, strangeDoctor, neighbour, heard } = await fullHouse(service);
    const say = (text: unknown, roomId = nextRoom) =>
      doctor.say('message-to-waiting', { text, 'room-id': roomId });
    await granted(say('ä'.repeat(500)));
    expect(neighbour.all('message-to-waiting')[0]?.text).toHaveLength(500);
    await granted(doctor.say('join', { 'room-id': room }));
    await heard();
    for (const text of ['ä'.repeat(501), '', undefined, 7, { html: '<b>' }]) {
      await refused(say(text), 'invalid-payload');
    }
    await refused(say('hello', room), 'not-allowed');
    await refused(say('hello', freshRoom()), 'room-not-found');
    const elsewhere = { 'room-id': nextRoom, text: 'hello' };
    await refused(strangeDoctor.say('message-to-waiting', elsewhere), 'room-not-found');
    await granted(doctor.say('doctor-ended', { 'room-id': room }));
    await heard();
    await refused(say('hello', room), 'room-ended');
    expect(await heard()).toEqual({});
  });

  it('DESK-6 to an empty waiting room reaches nobody', async () => {
    const practice = await Practice.open(service);
    const doctor = await practice.doctor();
    const answer = await doctor.say('message-to-waiting', { text: 'Anybody?' });
    expect(answer).toEqual({ status: 'ok', told: 0 });
  });
});

describe('a knock that nobody answers', () => {
  it('ROOM-11 QUEUE-1 WHO-1 leaves a mark in the queue, and those in the room hear that it is over, nobody else', async () => {
    const { room, doctor, colleague, heard } = await fullHouse(service);
    const isMarked = (n: number) => (queue: { waiting?: Record<string, unknown>[] }) =>
      queue.waiting?.[0]?.['unanswered-knocks'] === n && queue.waiting[0].state === 'waiting';
    await granted(doctor.say('join', { 'room-id': room, init: true }));
    await heard();
    const over = { patient: ['returned-to-queue'], companion: ['returned-to-queue'] };
    await service.pass(KNOCK_MS);
    expect((await colleague.first('queue', isMarked(1))).waiting[0]['room-id']).toBe(room);
    expect(await heard()).toEqual(over);
    await granted(colleague.say('call-next', {}));
    await heard();
    await service.pass(KNOCK_MS);
    await doctor.first('queue', isMarked(2));
    expect(await heard()).toEqual(over);
  });

  it('ROOM-11 DESK-3 one that the doctor takes back leaves none', async () => {
    const { practice, room, doctor } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room, init: true }));
    await granted(doctor.say('return-to-queue', { 'room-id': room }));
    await service.pass(KNOCK_MS);
    const late = await practice.doctor();
    expect(late.all('queue')[0]?.waiting[0]).toMatchObject({ 'unanswered-knocks': 0 });
  });

  it('ROOM-11 each knock has its whole time', async () => {
    const { room, doctor, colleague } = await fullHouse(service);
    const knock = { 'room-id': room, init: true };
    await granted(doctor.say('join', knock));
    await service.pass(KNOCK_MS - 1);
    await granted(doctor.say('join', knock));
    await service.pass(KNOCK_MS - 1);
    await refused(colleague.say('join', knock), 'already-claimed');
    await service.pass(1);
    await granted(colleague.say('join', knock));
  });

  it('ROOM-11 DESK-5 DESK-4 the marks and reports outlive a restart', async () => {
    const own = await Service.start();
    try {
      const practice = await Practice.open(own);
      const [room, nextRoom] = [freshRoom(), freshRoom()];
      await practice.patient(room);
      const patient = await practice.patient(nextRoom);
      const doctor = await practice.doctor();
      const works = { camera: true, microphone: true, relay: false };
      await granted(patient.say('ready', works));
      await granted(doctor.say('join', { 'room-id': nextRoom, init: true }));
      await own.pass(KNOCK_MS);
      await granted(doctor.say('set-priority', { 'room-id': nextRoom, urgent: true }));
      await own.restart();
      const back = await practice.doctor();
      expect(back.all('queue')[0]?.waiting).toMatchObject([
        { 'room-id': nextRoom, urgent: true, ready: works, 'unanswered-knocks': 1 },
        { 'room-id': room, urgent: false, 'unanswered-knocks': 0 },
      ]);
    } finally {
      await own.stop();
    }
  });
});
