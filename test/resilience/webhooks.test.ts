import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { WebhookView } from '../../app/webhooks/view.ts';
import { makeCertificate } from '../support/certificate.ts';
import { TestClient } from '../support/clients.ts';
import { HttpCaller } from '../support/http.ts';
import { granted } from '../support/practice.ts';
import { Process, ROOT, ServerProcess } from '../support/process.ts';
import { ServerCluster } from '../support/server-cluster.ts';
import { WebhookReceiver } from '../support/webhook-receiver.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const WEBHOOK_SECRET = Buffer.from('the secret of this hospital 2030').toString('base64');
const OPERATOR_TOKEN = 'the-token-of-whoever-is-on-call-tonight';
const ROOMS = 6;
const SOON = { timeout: 20_000 };

let receiver: WebhookReceiver;
let server: ServerProcess;
let clients: TestClient[];

beforeEach(async () => {
  receiver = await WebhookReceiver.start();
  const env = {
    WEBHOOK_URL: receiver.url,
    WEBHOOK_SECRET,
    OPERATOR_TOKEN,
    LOG_LEVEL: 'error',
  };
  server = await ServerProcess.start(env);
  clients = [];
  await new HttpCaller(() => server.url).GET('/create-namespace', { namespaceId: 'clinic-7' });
});
afterEach(async () => {
  for (const client of clients) client.close();
  await server.clear();
  await receiver.down();
});

async function connect(former?: TestClient): Promise<TestClient> {
  const auth = former === undefined ? {} : { resume: former.welcome['resume-token'] };
  const client = await new TestClient(server.url, 'clinic-7', { auth }).ready();
  clients.push(client);
  return client;
}

async function killAndStart(): Promise<void> {
  expect((await server.signal('SIGKILL')).signal).toBe('SIGKILL');
  await server.start();
}

/** What the backend knows once it has left out what it has taken already, by the id. */
function known(roomId: string): [sequence: number, type: string][] {
  const ids = new Set<string>();
  return receiver.taken.flatMap(({ id, body: { type, data } }) => {
    if (data['room-id'] !== roomId || ids.has(id)) return [];
    ids.add(id);
    return [[data.sequence, type.replace('consultation.', '')]];
  });
}

it('HOOK-2 HOOK-4 HOOK-6 the backend is down, and the server is killed meanwhile: when both are back everything arrives, in order, and what comes twice has the same id', async () => {
  const rooms = Array.from({ length: ROOMS }, (_, n) => `room-${n}`);
  // The first one gets stuck on its way: the backend has it, and the server will not know.
  let isStuck = false;
  receiver.answer = () => {
    isStuck = true;
    return new Promise(() => {});
  };
  let doctor = await connect();
  await granted(doctor.say('doctor-joined', {}));
  let patients: TestClient[] = [];
  for (const room of rooms) {
    const patient = await connect();
    patients.push(patient);
    await granted(patient.say('create', { 'room-id': room, patientID: room }));
  }
  await expect.poll(() => isStuck, SOON).toBe(true);
  const [stuck] = receiver.tries;
  await killAndStart();

  await receiver.down();
  doctor = await connect(doctor);
  patients = await Promise.all(patients.map(connect));
  for (const room of rooms) await granted(doctor.say('join', { 'room-id': room }));
  await killAndStart();

  doctor = await connect(doctor);
  patients = await Promise.all(patients.map(connect));
  for (const room of rooms) await granted(doctor.say('doctor-ended', { 'room-id': room }));
  await killAndStart();

  receiver.answer = () => 200;
  await receiver.up();
  for (const room of rooms) {
    // Whose turn was near when they came, or when those before them were called in.
    const told = ['waiting', 'turn-soon', 'admitted', 'ended'].map((type, n) => [n + 1, type]);
    await expect.poll(() => known(room), { timeout: 60_000 }).toEqual(told);
  }
  expect(receiver.taken.map(({ id }) => id)).toContain(stuck?.id);
});

it('HOOK-6 a backend that takes a webhook and is not heard to gets it again', async () => {
  let release = () => {};
  const heard = new Promise<void>((resolve) => {
    release = resolve;
  });
  const patient = await connect();
  receiver.answer = async () => {
    release();
    await server.signal('SIGKILL');
    return 200;
  };
  await granted(patient.say('create', { 'room-id': 'room', patientID: 'p' }));
  await heard;
  await expect.poll(() => receiver.taken.length, SOON).toBeGreaterThan(0);
  receiver.answer = () => 200;
  await server.start();
  await expect
    .poll(() => known('room'), { timeout: 60_000 })
    .toEqual([
      [1, 'waiting'],
      [2, 'turn-soon'],
    ]);
  const ids = receiver.taken.map(({ id }) => id);
  expect(ids.filter((id) => id === ids[0]).length).toBeGreaterThan(1);
});

it('HOOK-9 `telemedicine-signaling webhooks` asks the server that runs, and has it send again', async () => {
  const command = async (...args: string[]) => {
    const cli = ['bin/telemedicine-signaling.mjs', 'webhooks', ...args];
    const env = { EXPRESS_PORT: server.port, OPERATOR_TOKEN };
    return new Process(process.execPath, cli, ROOT, env).end();
  };
  const patient = await connect();
  await granted(patient.say('create', { 'room-id': 'room', patientID: 'p' }));
  await receiver.has('room', ['waiting', 'turn-soon']);
  const listed = await command('list', '--state', 'delivered');
  expect(listed).toMatchObject({ code: 0, stderr: '' });
  const [soon, waiting] = listed.stdout.trimEnd().split('\n');
  expect(soon).toContain('consultation.turn-soon  room room  delivered after 1 try');
  const id = /evt_\S+/.exec(waiting ?? '')?.[0] ?? '';
  expect((await command('replay', id)).stdout).toBe('1 webhook is sent again.\n');
  await receiver.has('room', ['waiting', 'turn-soon', 'waiting']);
  expect(receiver.taken.at(-1)?.id).toBe(id);
});

it('HOOK-12 by https, where the certificate is one that this server trusts', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'signaling-webhook-tls-'));
  const certificate = await makeCertificate(folder);
  const safe = await WebhookReceiver.start(certificate);
  const env = { WEBHOOK_URL: safe.url, WEBHOOK_SECRET, OPERATOR_TOKEN, EXPRESS_PORT: '0' };
  const patientOf = async (url: string) => {
    await new HttpCaller(() => url).GET('/create-namespace', { namespaceId: 'clinic-7' });
    const patient = await new TestClient(url, 'clinic-7').ready();
    clients.push(patient);
    await granted(patient.say('create', { 'room-id': 'room' }));
  };
  const wary = await ServerProcess.start(env);
  await patientOf(wary.url);
  const failed = async () => {
    const headers = { authorization: `Bearer ${OPERATOR_TOKEN}` };
    const answer = await fetch(`${wary.url}/ops/webhooks?state=waiting`, { headers });
    const { webhooks } = (await answer.json()) as { webhooks: WebhookView[] };
    return webhooks.map((one) => one['last-error']);
  };
  await expect.poll(failed, { timeout: 20_000 }).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
  await wary.clear();
  expect(safe.tries).toEqual([]);

  const trusting = await ServerProcess.start({ ...env, NODE_EXTRA_CA_CERTS: certificate.certFile });
  await patientOf(trusting.url);
  await safe.has('room', ['waiting', 'turn-soon']);
  await trusting.clear();
  await safe.down();
  await rm(folder, { recursive: true });
});

it('HOOK-2 HOOK-4 of two nodes one is killed while the backend is down: the other sends what both put in, in order', async () => {
  await receiver.down();
  const cluster = await ServerCluster.start(2, { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET });
  const [victim, other] = cluster.nodes as [ServerProcess, ServerProcess];
  await new HttpCaller(() => other.url).GET('/create-namespace', { namespaceId: 'clinic-7' });
  const join = async ({ url }: ServerProcess) => {
    const client = await new TestClient(url, 'clinic-7').ready();
    clients.push(client);
    return client;
  };
  const doctor = await join(victim);
  await granted(doctor.say('doctor-joined', {}));
  const rooms = ['of-victim', 'of-other', 'later'];
  for (const [n, room] of rooms.entries()) {
    const patient = await join(n === 0 ? victim : other);
    await granted(patient.say('create', { 'room-id': room }));
  }
  for (const room of rooms.slice(0, 2)) await granted(doctor.say('join', { 'room-id': room }));
  await cluster.end(victim, 'SIGKILL');
  await receiver.up();
  const told = ['waiting', 'turn-soon', 'admitted'].map((type, n) => [n + 1, type]);
  const expected = [told, told, told.slice(0, 2)];
  await expect.poll(() => rooms.map(known), { timeout: 60_000 }).toEqual(expected);
  await cluster.clear();
});
