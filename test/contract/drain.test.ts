import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type TestClient, TRANSPORTS } from '../support/clients.ts';
import { MATRIX } from '../support/matrix.ts';
import { freshRoom, granted, Practice, refused } from '../support/practice.ts';
import { Service } from '../support/service.ts';

const WINDOW_MS = 60_000;

let service: Service;

/** A port that is free now, so that the service comes up again where its clients look for it. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

beforeEach(async () => {
  service = await Service.start({ EXPRESS_PORT: String(await freePort()) });
});

afterEach(() => service.stop());

describe.each(MATRIX)('with socket.io-client $version over $transport', (combination) => {
  it('DRAIN-1 a page is told, sent away, and comes back by itself to its place', async () => {
    const practice = await Practice.open(service);
    const page = service.connect(practice.id, { ...combination, reconnection: true });
    page.socket.io.reconnectionDelay(20);
    page.socket.io.reconnectionDelayMax(100);
    page.socket.on('welcome', (welcome) => {
      page.socket.auth = { resume: welcome['resume-token'] };
    });
    await page.ready();
    const room = freshRoom();
    await granted(page.say('create', { 'room-id': room }));
    await service.goDown();
    expect(await page.first('server-draining')).toEqual({ 'come-back': true });
    expect(await page.ended()).not.toBe('io server disconnect');
    await service.run();
    const again = await page.first('welcome', ({ resumed }) => resumed);
    expect(again['client-id']).toBe(page.id);
    const doctor = await practice.doctor();
    expect(doctor.all('queue')[0]?.waiting).toMatchObject([{ 'room-id': room, connected: true }]);
    page.close();
  });
});

describe('while the server drains', () => {
  /** Notes when each of these connections ended. */
  function endings(clients: readonly TestClient[]): number[] {
    const times: number[] = [];
    for (const { socket } of clients)
      socket.once('disconnect', () => times.push(performance.now()));
    return times;
  }

  it('DRAIN-1 connections end in batches, spread over the time that is given', async () => {
    const practice = await Practice.open(service);
    const clients: TestClient[] = [];
    for (let n = 0; n < 40; n += 1) clients.push(await practice.visitor());
    const times = endings(clients);
    const began = performance.now();
    await service.goDown(1000);
    await expect.poll(() => times.length).toBe(40);
    const spread = times.map((time) => Math.floor((time - began) / 250));
    expect(new Set(spread).size).toBeGreaterThanOrEqual(4);
    expect(Math.max(...times) - began).toBeGreaterThan(900);
  });

  it('DRAIN-1 nobody is let in, over a connection that stands neither', async () => {
    const [practice, elsewhere] = [await Practice.open(service), await Practice.open(service)];
    const clients: TestClient[] = [];
    for (let n = 0; n < 20; n += 1) clients.push(await practice.visitor());
    const { url } = service;
    const last = clients.at(-1) as TestClient;
    const down = service.goDown(3000);
    await last.first('server-draining');
    const refusals = TRANSPORTS.map(
      (transport) =>
        new Promise<Error>((resolve, reject) => {
          const late = service.connectTo(url, practice.id, { transport });
          late.socket.once('connect_error', resolve);
          late.socket.once('connect', () => reject(new Error('was let in')));
        }),
    );
    await Promise.all(refusals);
    const second = last.socket.io.socket(`/${elsewhere.id}`);
    const refusal = await new Promise<unknown>((resolve, reject) => {
      second.once('connect_error', resolve);
      second.once('connect', () => reject(new Error('was let in')));
    });
    expect(refusal).toMatchObject({ message: 'draining', data: { code: 'draining', retry: true } });
    await down;
  });

  it('DRAIN-1 who is still there goes on, and hears nobody called lost', async () => {
    const practice = await Practice.open(service);
    const room = freshRoom();
    const patient = await practice.patient(room);
    for (let n = 0; n < 19; n += 1) await practice.visitor();
    const doctor = await practice.doctor();
    const down = service.goDown(2000);
    await patient.ended();
    await granted(doctor.say('join', { 'room-id': room }));
    const offered = await doctor.say('offer', { 'peer-id': patient.id, n: 1 });
    expect(offered).toMatchObject({ delivered: 'held' });
    await down;
    expect(doctor.names()).toEqual(['new-patient', 'server-draining']);
    expect(patient.names()).toEqual(['server-draining']);

    await service.run();
    await service.pass(WINDOW_MS - 1);
    const back = await practice.resume(patient);
    expect(back.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
    await back.caughtUp();
    expect(back.names()).toEqual(['room-joined', 'offer', 'client-disconnected']);
    const doctorBack = await practice.resume(doctor);
    await granted(doctorBack.say('doctor-ended', { 'room-id': room }));
    expect(await back.first('doctor-ended')).toMatchObject({ from: doctor.id });
  });

  it('DRAIN-1 what is under way is finished: what was acknowledged is there afterwards', async () => {
    const practice = await Practice.open(service);
    const patients: TestClient[] = [];
    for (let n = 0; n < 30; n += 1) patients.push(await practice.visitor());
    const acknowledged: string[] = [];
    for (const patient of patients) {
      const room = freshRoom();
      patient.socket.emit('create', { 'room-id': room }, ({ status }: Answer) => {
        if (status === 'ok') acknowledged.push(room);
      });
    }
    await expect.poll(() => acknowledged.length).toBeGreaterThan(0);
    await service.goDown();
    await Promise.all(patients.map((patient) => patient.ended()));
    await service.run();
    const doctor = await practice.doctor();
    const waiting = doctor.all('queue')[0]?.waiting;
    const rooms = waiting.map((entry: Record<string, unknown>) => entry['room-id']);
    expect(rooms).toEqual(expect.arrayContaining(acknowledged));
    const connected = waiting.map((entry: Record<string, unknown>) => entry.connected);
    expect(connected).not.toContain(true);
  });

  it('DRAIN-1 RESUME-7 whose window ran before has a whole one afterwards, and no longer', async () => {
    const practice = await Practice.open(service);
    const room = freshRoom();
    const patient = await practice.patient(room);
    const doctor = await practice.doctor();
    patient.drop();
    await doctor.first('client-disconnected');
    await service.pass(WINDOW_MS - 1);
    await service.restart();
    await service.pass(WINDOW_MS - 1);
    expect(await service.call('join-room', { roomId: room })).toMatchObject({ state: 'waiting' });
    await service.pass(1);
    expect(await service.call('join-room', { roomId: room })).toMatchObject({ status: 410 });
    const late = await practice.resume(patient);
    expect(late.welcome.resumed).toBe(false);
    await refused(late.say('create', { 'room-id': room }), 'room-ended');
  });
});
