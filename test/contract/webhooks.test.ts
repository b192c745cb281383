import { WEBHOOKS } from '@telemedicine-signaling/protocol';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { freshRoom, granted, Practice } from '../support/practice.ts';
import { Service } from '../support/service.ts';
import { type Received, WebhookReceiver } from '../support/webhook-receiver.ts';

vi.setConfig({ testTimeout: 60_000 });

const secretOf = (text: string): string => `whsec_${Buffer.from(text).toString('base64')}`;
const SECRET = secretOf('the secret of this hospital 2030');
const SECRET_PREVIOUS = secretOf('the secret of the year before it');
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

let receiver: WebhookReceiver;
let service: Service;
let practice: Practice;

beforeEach(async () => {
  receiver = await WebhookReceiver.start();
  service = await Service.start({ WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: SECRET });
  practice = await Practice.open(service);
});
afterEach(async () => {
  await service.stop();
  await receiver.down();
});

/** What is due goes out now. */
const sent = () => service.pass(0);

describe('what the backend hears', () => {
  it('HOOK-1 HOOK-8 a consultation from the waiting room to its end, in order and counted', async () => {
    const room = freshRoom();
    const doctor = await practice.doctor();
    const patient = await practice.patient(room, { patientID: 'p-1', name: 'Ada' });
    await granted(doctor.say('join', { 'room-id': room, init: true }));
    await granted(doctor.say('join', { 'room-id': room }));
    const answer = { 'peer-id': doctor.id, answer: { type: 'answer', sdp: 'v=0\r\n' } };
    await granted(patient.say('answer', answer));
    await granted(patient.say('answer', answer));
    // No message waits until it is noted that they are connected, nor does this one.
    const told = ['waiting', 'turn-soon', 'admitted', 'connected'];
    await receiver.has(room, told);
    await granted(doctor.say('doctor-ended', { 'room-id': room }));
    await sent();
    await receiver.has(room, [...told, 'ended']);

    const data = { 'namespace-id': practice.id, 'room-id': room, 'client-id': patient.id };
    expect(receiver.of(room).map((body) => body.data)).toEqual([
      { ...data, sequence: 1, again: false },
      { ...data, sequence: 2, position: 1 },
      { ...data, sequence: 3, by: doctor.id },
      { ...data, sequence: 4 },
      { ...data, sequence: 5, reason: 'doctor-ended', by: 'doctor' },
    ]);
    for (const { body } of receiver.taken) expect(WEBHOOKS[body.type].parse(body)).toEqual(body);
    expect(new Set(receiver.taken.map(({ id }) => id)).size).toBe(5);
    expect(receiver.taken.map(({ text }) => text).join()).not.toContain('Ada');
  });

  it('HOOK-1 a patient who does not come back, and one who leaves', async () => {
    const [lost, left] = [freshRoom(), freshRoom()];
    const patient = await practice.patient(lost);
    const other = await practice.patient(left);
    patient.drop();
    await granted(other.say('patient-left', {}));
    await patient.ended();
    await practice.settled();
    await expect
      .poll(
        async () => {
          await service.pass(MINUTE_MS);
          return receiver.typesOf(lost);
        },
        { timeout: 20_000 },
      )
      .toEqual(['waiting', 'turn-soon', 'abandoned']);
    await receiver.has(left, ['waiting', 'turn-soon', 'ended']);
    expect(receiver.of(left).at(-1)?.data).toMatchObject({ reason: 'patient-left', by: 'patient' });
  });

  it('HOOK-1 HOOK-8 back in the waiting room, a patient waits again, and is told of anew', async () => {
    const room = freshRoom();
    const doctor = await practice.doctor();
    const patient = await practice.patient(room);
    const answer = { 'peer-id': doctor.id, answer: { type: 'answer', sdp: 'v=0\r\n' } };
    const told = ['waiting', 'turn-soon'];
    for (let time = 0; time < 2; time += 1) {
      await granted(doctor.say('join', { 'room-id': room }));
      await granted(patient.say('answer', answer));
      told.push('admitted', 'connected');
      await receiver.has(room, told);
      await granted(doctor.say('return-to-queue', { 'room-id': room }));
      told.push('waiting', 'turn-soon');
    }
    await sent();
    await receiver.has(room, told);
    const waiting = receiver.of(room).filter(({ type }) => type === 'consultation.waiting');
    expect(waiting.map(({ data }) => data)).toMatchObject([
      { again: false },
      { again: true },
      { again: true },
    ]);
  });

  it('HOOK-8 an answer before a doctor has come in, or to a guest, is no call', async () => {
    const room = freshRoom();
    const doctor = await practice.doctor();
    const patient = await practice.patient(room);
    const guest = await practice.companion(room);
    const answer = { answer: { type: 'answer', sdp: 'v=0\r\n' } };
    await granted(patient.say('answer', { 'peer-id': doctor.id, ...answer }));
    await granted(patient.say('answer', { 'peer-id': guest.id, ...answer }));
    await granted(doctor.say('join', { 'room-id': room }));
    await granted(patient.say('answer', { 'peer-id': guest.id, ...answer }));
    await granted(doctor.say('doctor-ended', { 'room-id': room }));
    await sent();
    await receiver.has(room, ['waiting', 'turn-soon', 'admitted', 'ended']);
  });

  it('HOOK-1 a transfer ends the one and begins the other, and the count goes on', async () => {
    const elsewhere = await Practice.open(service);
    const room = freshRoom();
    const doctor = await practice.doctor();
    await practice.patient(room);
    await granted(doctor.say('transfer', { 'room-id': room, 'to-namespace-id': elsewhere.id }));
    await sent();
    await receiver.has(room, ['waiting', 'turn-soon', 'ended', 'waiting', 'turn-soon']);
    expect(receiver.of(room).map(({ data }) => [data['namespace-id'], data.sequence])).toEqual([
      [practice.id, 1],
      [practice.id, 2],
      [practice.id, 3],
      [elsewhere.id, 4],
      [elsewhere.id, 5],
    ]);
    expect(receiver.of(room)[2]?.data).toMatchObject({ reason: 'transferred', by: 'doctor' });
  });

  it('HOOK-1 a namespace that is removed ends its consultations', async () => {
    const room = freshRoom();
    await practice.patient(room);
    await service.call('remove-namespace', { namespaceId: practice.id });
    await sent();
    await receiver.has(room, ['waiting', 'turn-soon', 'ended']);
    expect(receiver.of(room).at(-1)?.data).toMatchObject({
      reason: 'namespace-removed',
      by: null,
    });
  });

  it('HOOK-7 the first two in line hear once that their turn is near', async () => {
    const rooms = [freshRoom(), freshRoom(), freshRoom(), freshRoom()] as const;
    const doctor = await practice.doctor();
    for (const room of rooms) await practice.patient(room);
    const soon = async () => {
      await sent();
      return receiver.taken.flatMap(({ body }) =>
        body.type === 'consultation.turn-soon' ? [[body.data['room-id'], body.data.position]] : [],
      );
    };
    const first = [
      [rooms[0], 1],
      [rooms[1], 2],
    ];
    expect(await soon()).toEqual(expect.arrayContaining(first));
    // Before the others, and back: who was told is not told again.
    await granted(doctor.say('set-priority', { 'room-id': rooms[3], urgent: true }));
    await granted(doctor.say('set-priority', { 'room-id': rooms[3], urgent: false }));
    expect((await soon()).slice(2)).toEqual([[rooms[3], 1]]);
    await granted(doctor.say('join', { 'room-id': rooms[0] }));
    expect((await soon()).slice(3)).toEqual([[rooms[2], 2]]);
  });
});

describe('how it is sent', () => {
  const verified = ({ text, headers }: Received, secret: string): unknown =>
    new Webhook(secret).verify(text, headers as Record<string, string>);

  it('HOOK-3 the library of Standard Webhooks finds it signed, by the new secret and the one before', async () => {
    await service.goDown();
    service.set({ WEBHOOK_SECRET_PREVIOUS: SECRET_PREVIOUS });
    // The library holds the time against its own clock.
    service.clock.advance(Date.now() - service.clock.now());
    await service.run();
    await practice.patient(freshRoom());
    await sent();
    const [received] = receiver.taken;
    if (received === undefined) throw new Error('nothing was sent');
    expect(verified(received, SECRET)).toEqual(received.body);
    expect(verified(received, SECRET_PREVIOUS)).toEqual(received.body);
    expect(() => verified(received, secretOf('some other secret 0123456789 012'))).toThrow();
    const forged = { ...received, text: received.text.replace('1', '2') };
    expect(() => verified(forged, SECRET)).toThrow();
    expect(received.headers['content-type']).toBe('application/json');
  });

  it.each([404, 503, 301])(
    'HOOK-5 HOOK-6 one that is answered %i is tried again with the same id and body, ever more rarely',
    async (status) => {
      receiver.answer = () => status;
      const room = freshRoom();
      await practice.patient(room);
      await sent();
      const tries = () => receiver.tries.length;
      expect(tries()).toBe(1);
      for (const [n, seconds] of [1, 2, 4, 8, 16].entries()) {
        await service.pass(0.75 * seconds * SECOND_MS);
        expect(tries()).toBe(n + 1);
        await service.pass(0.5 * seconds * SECOND_MS);
        expect(tries()).toBe(n + 2);
      }
      const [first, ...others] = receiver.tries;
      for (const { id, text } of others)
        expect({ id, text }).toEqual({ id: first?.id, text: first?.text });
      const times = receiver.tries.map(({ headers }) => Number(headers['webhook-timestamp']));
      expect(times.at(-1)).toBe(Math.floor(service.clock.now() / SECOND_MS));
      receiver.answer = () => 200;
      await service.pass(MINUTE_MS);
      await receiver.has(room, ['waiting', 'turn-soon']);
    },
  );

  it('HOOK-4 what is not taken holds up its own consultation alone', async () => {
    const [stuck, fine] = [freshRoom(), freshRoom()];
    receiver.answer = ({ body }) => (body.data['room-id'] === stuck ? 500 : 200);
    const patient = await practice.patient(stuck);
    await practice.patient(fine);
    await granted(patient.say('patient-left', {}));
    await sent();
    await receiver.has(fine, ['waiting', 'turn-soon']);
    const tried = receiver.tries.filter(({ body }) => body.data['room-id'] === stuck);
    expect(new Set(tried.map(({ body }) => body.type))).toEqual(new Set(['consultation.waiting']));
    receiver.answer = () => 200;
    await service.pass(HOUR_MS);
    await receiver.has(stuck, ['waiting', 'turn-soon', 'ended']);
  });

  it('HOOK-4 a backend that takes its time is sent several at once, and of one consultation one', async () => {
    const rooms = Array.from({ length: 5 }, freshRoom);
    let now = 0;
    let most = 0;
    const busy = new Set<string>();
    let release = () => {};
    const all = new Promise<void>((resolve) => {
      release = resolve;
    });
    receiver.answer = async ({ body }) => {
      const room = body.data['room-id'];
      expect(busy.has(room)).toBe(false);
      busy.add(room);
      now += 1;
      most = Math.max(most, now);
      if (now === rooms.length) release();
      await all;
      now -= 1;
      busy.delete(room);
      return 200;
    };
    for (const room of rooms) await practice.patient(room);
    await sent();
    expect(most).toBe(rooms.length);
    for (const [n, room] of rooms.entries()) {
      await receiver.has(room, n < 2 ? ['waiting', 'turn-soon'] : ['waiting']);
    }
  });

  it('HOOK-5 after a day it is given up, and what comes after it goes out', async () => {
    const room = freshRoom();
    receiver.answer = ({ body }) => (body.type === 'consultation.waiting' ? 500 : 200);
    await practice.patient(room);
    await sent();
    await service.pass(HOUR_MS);
    await service.pass(23 * HOUR_MS - SECOND_MS);
    expect(receiver.typesOf(room)).toEqual([]);
    const before = receiver.tries.length;
    await service.pass(SECOND_MS);
    await receiver.has(room, ['turn-soon']);
    const last = receiver.tries.slice(before).map(({ body }) => body.type);
    expect(last).toEqual(['consultation.waiting', 'consultation.turn-soon']);
    await service.pass(24 * HOUR_MS);
    expect(receiver.tries).toHaveLength(before + 2);
  });

  it('HOOK-2 what was put in while nobody listened goes out after a restart, in order', async () => {
    const room = freshRoom();
    await receiver.down();
    const patient = await practice.patient(room);
    await granted(patient.say('patient-left', {}));
    await sent();
    await service.restart();
    await receiver.up();
    await service.pass(HOUR_MS);
    await receiver.has(room, ['waiting', 'turn-soon', 'ended']);
  });

  it('HOOK-6 a server that stops waits for the answer to what is on its way', async () => {
    const room = freshRoom();
    let began = () => {};
    const isOnItsWay = new Promise<void>((resolve) => {
      began = resolve;
    });
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    receiver.answer = async () => {
      began();
      await answered;
      return 200;
    };
    await practice.patient(room);
    await isOnItsWay;
    const down = service.goDown();
    answer();
    await down;
    await service.run();
    await sent();
    await receiver.has(room, ['waiting', 'turn-soon']);
    expect(receiver.tries).toHaveLength(2);
  });
});
