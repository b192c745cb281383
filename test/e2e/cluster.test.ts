import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { TestClient, type Transport } from '../support/clients.ts';
import { freshRoom, granted } from '../support/practice.ts';
import { Process, ROOT } from '../support/process.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let folder: string;
let port: number;
let cluster: Process;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const printed = (text: RegExp) =>
  vi.waitUntil(() => text.test(cluster.stdout), { timeout: 60_000, interval: 50 });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signaling-cluster-test-'));
  port = await freePort();
  const args = [join(ROOT, 'scripts/cluster.mjs'), '--nodes', '3', '--port', String(port)];
  cluster = new Process(process.execPath, args, folder, { DRAIN_SECONDS: '1' });
  await printed(/3 nodes are one server/);
});

afterAll(async () => {
  await cluster.signal('SIGTERM');
  await rm(folder, { recursive: true, force: true });
});

/** A page that comes back by itself, and resumes; with `ns` it says to the load balancer where it goes. */
async function page(namespaceId: string, transport: Transport, saysWhere: boolean) {
  const where = saysWhere ? `${namespaceId}?ns=${namespaceId}` : namespaceId;
  const options = { transport, reconnection: true } as const;
  const client = new TestClient(`http://127.0.0.1:${port}`, where, options);
  client.socket.io.reconnectionDelay(50);
  client.socket.io.reconnectionDelayMax(300);
  client.socket.on('welcome', (welcome) => {
    client.socket.auth = { resume: welcome['resume-token'] };
  });
  return client.ready();
}

it('CLUSTER-7 npm run cluster: behind the load balancer, pages old and new, over both transports, find each other and keep their places while the nodes are replaced', async () => {
  const namespaceId = 'clinic-7';
  await fetch(`http://127.0.0.1:${port}/create-namespace?namespaceId=${namespaceId}`);
  const doctor = await page(namespaceId, 'websocket', true);
  await granted(doctor.say('doctor-joined', {}));
  const patients = [
    await page(namespaceId, 'websocket', false),
    await page(namespaceId, 'websocket', true),
    await page(namespaceId, 'polling', true),
  ];
  const rooms = patients.map(() => freshRoom());
  for (const [n, patient] of patients.entries()) {
    await granted(patient.say('create', { 'room-id': rooms[n] }));
  }
  const everybody = [doctor, ...patients];

  cluster.tell('SIGUSR2');
  await printed(/All nodes were replaced/);

  for (const client of everybody) await client.first('welcome', ({ resumed }) => resumed);
  await expect.poll(() => everybody.every(({ socket }) => socket.connected)).toBe(true);
  for (const client of everybody) {
    const welcomes = client.all('welcome');
    expect(new Set(welcomes.map((welcome) => welcome['client-id'])).size).toBe(1);
    expect(welcomes.slice(1).every(({ resumed }) => resumed)).toBe(true);
  }
  await granted(doctor.say('doctor-joined', {}));
  const waiting = doctor.all('queue').at(-1)?.waiting;
  expect(waiting.map((entry: { 'room-id': string }) => entry['room-id'])).toEqual(rooms);
  for (const patient of patients) {
    const offer = { 'peer-id': patient.id, after: 'all' };
    expect(await doctor.say('offer', offer)).toMatchObject({ delivered: 'now' });
    expect(await patient.first('offer')).toMatchObject({ from: doctor.id, after: 'all' });
  }
  for (const client of everybody) client.close();
});
