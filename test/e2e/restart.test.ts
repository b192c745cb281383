import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TestClient } from '../support/clients.ts';
import { HttpCaller } from '../support/http.ts';
import { ServerProcess } from '../support/process.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let server: ServerProcess;
let http: HttpCaller;
let clients: TestClient[];

beforeEach(async () => {
  server = await ServerProcess.start({ LOG_LEVEL: 'warn' });
  http = new HttpCaller(() => server.url);
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.close();
  await server.clear();
});

function connect(namespaceId: string): Promise<TestClient> {
  const client = new TestClient(server.url, namespaceId);
  clients.push(client);
  return client.ready();
}

async function wait(namespaceId: string, roomId: string): Promise<TestClient> {
  const patient = await connect(namespaceId);
  const answer = await patient.say('create', {
    'room-id': roomId,
    patientID: `patient of ${roomId}`,
  });
  expect(answer).toMatchObject({ status: 'ok', state: 'waiting' });
  return patient;
}

async function killAndStart(): Promise<void> {
  expect((await server.signal('SIGKILL')).signal).toBe('SIGKILL');
  await server.start();
}

test('RESUME-8 namespaces, rooms and waiting order are there after SIGKILL', async () => {
  await http.GET('/create-namespace', { namespaceId: 'clinic-7' });
  await http.GET('/create-namespace', { namespaceId: 'left-empty' });
  const made = await http.GET('/create-room', { namespaceId: 'clinic-7' });
  const roomId = String(made.body['room-id']);
  await wait('clinic-7', 'second-in-the-alphabet');
  await wait('clinic-7', 'first-in-the-alphabet');
  const third = await wait('clinic-7', 'over-before');
  expect(await third.say('patient-left', {})).toMatchObject({ status: 'ok' });

  await killAndStart();

  const availability = await http.GET('/check-availability', { namespaceId: 'clinic-7' });
  expect(availability.body).toMatchObject({ availability: true, 'queue-length': 2 });
  const empty = await http.GET('/check-availability', { namespaceId: 'left-empty' });
  expect(empty.body).toMatchObject({ availability: true, 'queue-length': 0 });
  const open = await http.GET('/join-room', { roomId });
  expect(open.body).toMatchObject({ status: 200, state: 'open' });
  const over = await http.GET('/join-room', { roomId: 'over-before' });
  expect(over.body).toMatchObject({ status: 410, code: 'room-ended' });

  const doctor = await connect('clinic-7');
  await doctor.say('doctor-joined', { 'namespace-id': 'clinic-7' });
  await doctor.caughtUp();
  expect(doctor.all('new-patient').map((patient) => patient['room-id'])).toEqual([
    'second-in-the-alphabet',
    'first-in-the-alphabet',
  ]);
});

test('RESUME-8 a patient who comes back after SIGKILL stands where they stood', async () => {
  await http.GET('/create-namespace', { namespaceId: 'clinic-7' });
  await wait('clinic-7', 'room-1');
  await wait('clinic-7', 'room-2');

  await killAndStart();
  const patient = await wait('clinic-7', 'room-1');

  expect(await patient.first('queue-position')).toMatchObject({ position: 1, ahead: 0 });
});

test('RESUME-3 RESUME-8 a client that can resume is the same client after SIGKILL', async () => {
  await http.GET('/create-namespace', { namespaceId: 'clinic-7' });
  const { id, welcome } = await wait('clinic-7', 'room-1');

  await killAndStart();
  const back = new TestClient(server.url, 'clinic-7', {
    auth: { resume: welcome['resume-token'] },
  });
  clients.push(back);
  await back.ready();

  expect(back.welcome).toMatchObject({ 'client-id': id, role: 'patient', resumed: true });
  expect(await back.first('queue-position')).toMatchObject({ 'room-id': 'room-1', position: 1 });
});

test('RESUME-8 killed in the midst of a rush, it keeps what it has acknowledged', async () => {
  const acknowledged: string[] = [];
  const rush = Array.from({ length: 300 }, async (_, index) => {
    const namespaceId = `rush-${index}`;
    const answer = await http.GET('/create-namespace', { namespaceId });
    if (answer.status === 200) acknowledged.push(namespaceId);
    if (acknowledged.length === 100) void server.signal('SIGKILL');
  });
  await Promise.allSettled(rush);
  expect(acknowledged.length).toBeGreaterThanOrEqual(100);

  await server.start();

  for (const namespaceId of acknowledged) {
    const { body } = await http.GET('/check-availability', { namespaceId });
    expect(body).toMatchObject({ availability: true });
  }
});
