import { readFile } from 'node:fs/promises';
import { ERRORS } from '@telemedicine-signaling/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadConfig } from '../../app/config.ts';
import { auditLines } from '../support/audit.ts';
import {
  CLIENT_VERSIONS,
  type ConnectOptions,
  TestClient,
  TRANSPORTS,
} from '../support/clients.ts';
import { Nginx } from '../support/nginx.ts';
import { freshRoom, granted } from '../support/practice.ts';
import { ROOT, ServerProcess } from '../support/process.ts';
import { SOON } from './call-page.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** A heartbeat this often, so that a connection lives through many of them in a test. */
const PING_INTERVAL_MS = 300;
/** For so long the proxy bears a connection on which nothing comes. */
const PATIENCE_MS = 1000;

let server: ServerProcess;
let proxy: Nginx;
const opened: TestClient[] = [];

beforeAll(async () => {
  server = await ServerProcess.start({
    LOG_LEVEL: 'warn',
    TRUSTED_PROXIES: 'loopback',
    DRAIN_SECONDS: '0',
    PING_INTERVAL_MS: String(PING_INTERVAL_MS),
  });
  proxy = await Nginx.start(`127.0.0.1:${server.port}`, `${PATIENCE_MS}ms`);
});
afterEach(() => {
  for (const client of opened.splice(0)) client.close();
});
afterAll(async () => {
  await proxy.stop();
  await server.clear();
});

async function come(namespaceId: string, options: ConnectOptions = {}): Promise<TestClient> {
  const client = new TestClient(proxy.url, namespaceId, { agent: proxy.agent(), ...options });
  opened.push(client);
  return client.ready();
}

async function practice(namespaceId: string): Promise<string> {
  const { status } = await proxy.ask(`/create-namespace?namespaceId=${namespaceId}`);
  expect(status).toBe(200);
  return namespaceId;
}

/** A doctor and a waiting patient, both through the proxy. */
async function pair(namespaceId: string, options: ConnectOptions = {}) {
  const doctor = await come(namespaceId, options);
  await granted(doctor.say('doctor-joined', {}));
  const patient = await come(namespaceId, options);
  await granted(patient.say('create', { 'room-id': freshRoom() }));
  return { doctor, patient };
}

/** Resolves after so many heartbeats; rejects if the connection ends. */
function hear({ socket }: TestClient, heartbeats: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let heard = 0;
    socket.io.on('ping', () => {
      heard += 1;
      if (heard === heartbeats) resolve();
    });
    socket.once('disconnect', (reason) => reject(new Error(`${reason} after ${heard}`)));
  });
}

async function expectRelay(doctor: TestClient, patient: TestClient, mark: string): Promise<void> {
  const offer = { 'peer-id': patient.id, mark };
  expect(await doctor.say('offer', offer)).toMatchObject({ delivered: 'now' });
  await patient.first('offer', (data) => data.mark === mark && data.from === doctor.id);
}

const cases = CLIENT_VERSIONS.flatMap((version) =>
  TRANSPORTS.map((transport) => ({ version, transport })),
);

test.each(cases)('PROXY-1 client $version by $transport, over TLS', async (options) => {
  const namespaceId = await practice(`tls-${options.transport}-${options.version}`);
  const { doctor, patient } = await pair(namespaceId, options);
  await expectRelay(doctor, patient, 'through the proxy');
});

test('PROXY-1 who comes without TLS is sent to where there is', async () => {
  const { status, headers } = await proxy.askPlain('/doctor/clinic-7');
  expect(status).toBe(308);
  expect(headers.location).toBe('https://127.0.0.1/doctor/clinic-7');
});

test('PROXY-1 what the inside asks for is not there for the outside', async () => {
  for (const path of ['/readyz', '/healthz', '/metrics']) {
    expect((await proxy.ask(path)).status).toBe(404);
  }
});

describe('PROXY-2 the address that counts', () => {
  const SPOOFED = { 'X-Forwarded-For': '203.0.113.9' };

  test('PROXY-2 is the client’s, whatever it writes about itself', async () => {
    const agent = proxy.agent('127.0.0.77');
    await proxy.ask('/create-namespace?namespaceId=far', { agent, headers: SPOOFED });
    await come('far', { agent, headers: SPOOFED });
    await come('far', { agent, headers: SPOOFED, transport: 'polling' });
    const seen = async () =>
      (await auditLines(server.dataDir))
        .filter((one) => one['namespace-id'] === 'far')
        .map(({ action, from }) => [action, from]);
    // A welcome may be heard before its line is written.
    await expect.poll(seen, SOON).toEqual([
      ['namespace-created', '127.0.0.77'],
      ['joined', '127.0.0.77'],
      ['joined', '127.0.0.77'],
    ]);
  });

  test('PROXY-2 is in no log of the proxy, nor is an id', async () => {
    await practice('not-to-be-logged');
    await proxy.ask('/patient/not-to-be-logged');
    await come('not-to-be-logged');
    await vi.waitUntil(async () => (await proxy.accessLog()).includes(' GET /patient 200 '));
    const log = await proxy.accessLog();
    expect(log).toMatch(/ GET \/create-namespace 200 /);
    expect(log).not.toMatch(/not-to-be-logged|namespaceId|127\.0\.0/);
  });
});

describe('PROXY-3 a connection', () => {
  test.each(TRANSPORTS)('PROXY-3 by %s lives on heartbeats alone', async (transport) => {
    const { doctor, patient } = await pair(await practice(`long-${transport}`), { transport });
    // Several times the proxy's patience, and nothing but heartbeats all the while.
    const heartbeats = 12;
    expect(heartbeats * PING_INTERVAL_MS).toBeGreaterThan(3 * PATIENCE_MS);
    await hear(doctor, heartbeats);
    expect(doctor.all('welcome')).toHaveLength(1);
    await expectRelay(doctor, patient, 'after a long silence');
  });

  test('PROXY-3 without heartbeats would be cut: the patience is the proxy’s', async () => {
    const quiet = await ServerProcess.start({ LOG_LEVEL: 'warn', PING_INTERVAL_MS: '300000' });
    const impatient = await Nginx.start(`127.0.0.1:${quiet.port}`, `${PATIENCE_MS}ms`);
    try {
      await impatient.ask('/create-namespace?namespaceId=quiet');
      const client = new TestClient(impatient.url, 'quiet', { agent: impatient.agent() });
      await client.ready();
      expect(await client.ended()).toBe('transport close');
    } finally {
      await impatient.stop();
      await quiet.clear();
    }
  });

  test('PROXY-3 the patience of deploy/nginx.conf is longer than two heartbeats', async () => {
    const { intervalMs, timeoutMs } = loadConfig({}).heartbeat;
    const text = await readFile(`${ROOT}deploy/nginx.conf`, 'utf8');
    const [, seconds] = /^ *proxy_read_timeout (\d+)s;$/m.exec(text) ?? [];
    expect(Number(seconds) * 1000).toBeGreaterThan(2 * (intervalMs + timeoutMs));
  });

  test('PROXY-3 outlives a reload of the proxy', async () => {
    const { doctor, patient } = await pair(await practice('reload'));
    await proxy.reload();
    await expectRelay(doctor, patient, 'at the old worker');
    const late = await come('reload');
    await granted(late.say('doctor-joined', {}));
    await expectRelay(late, patient, 'from the new worker');
    expect(doctor.all('welcome')).toHaveLength(1);
  });
});

test('PROXY-4 while the server starts again there is an error of its table, and everybody comes back', async () => {
  const namespaceId = await practice('again');
  const { doctor, patient } = await pair(namespaceId, { reconnection: true });
  for (const client of [doctor, patient]) {
    client.socket.io.reconnectionDelay(50);
    client.socket.auth = { resume: client.welcome['resume-token'] };
  }
  await server.signal('SIGTERM');

  const { status, headers, body } = await proxy.ask('/check-availability?namespaceId=again');
  const { http, retry, msg } = ERRORS.draining;
  expect(JSON.parse(body)).toEqual({ status: http, code: 'draining', msg, retry });
  expect([status, headers['content-type']]).toEqual([http, 'application/json']);

  await server.start();
  for (const client of [doctor, patient]) {
    const { 'client-id': id } = await client.first('welcome', ({ resumed }) => resumed);
    expect(id).toBe(client.id);
  }
  await expectRelay(doctor, patient, 'after the restart');
});
