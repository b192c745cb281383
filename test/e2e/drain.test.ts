import { afterEach, expect, test, vi } from 'vitest';
import { CLIENT_VERSIONS, TestClient, TRANSPORTS } from '../support/clients.ts';
import { ServerProcess } from '../support/process.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const DRAIN_MS = 2000;

let server: ServerProcess;
const pages: TestClient[] = [];

afterEach(async () => {
  for (const page of pages.splice(0)) page.close();
  await server.clear();
});

/** A patient's page that comes back by itself, as itself. */
async function openPage(n: number): Promise<TestClient> {
  const version = CLIENT_VERSIONS[n % 2] ?? '4.8';
  const transport = TRANSPORTS[Math.floor(n / 2) % 2] ?? 'websocket';
  const page = new TestClient(server.url, 'clinic-7', { version, transport, reconnection: true });
  pages.push(page);
  page.socket.io.reconnectionDelay(50);
  page.socket.io.reconnectionDelayMax(250);
  page.socket.on('welcome', (welcome) => {
    page.socket.auth = { resume: welcome['resume-token'] };
  });
  await page.ready();
  await page.say('create', { 'room-id': `room-${n}` });
  return page;
}

test('DRAIN-1 SIGTERM sends everybody away within the time given, and all come back to their places', async () => {
  server = await ServerProcess.start({ DRAIN_SECONDS: String(DRAIN_MS / 1000) });
  await fetch(`${server.url}/create-namespace?namespaceId=clinic-7`);
  for (let n = 0; n < 24; n += 1) await openPage(n);

  const began = performance.now();
  expect(await server.signal('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
  const took = performance.now() - began;
  console.log(`The server drained in ${Math.round(took)} ms of ${DRAIN_MS} ms.`);
  expect(took).toBeGreaterThan(DRAIN_MS * 0.8);
  const told = await Promise.all(pages.map((page) => page.first('server-draining')));
  expect(new Set(told.map((data) => data['come-back']))).toEqual(new Set([true]));

  await server.start();
  const back = await Promise.all(pages.map((page) => page.first('welcome', (w) => w.resumed)));
  expect(back.map((welcome) => welcome['client-id'])).toEqual(pages.map(({ id }) => id));
  const doctor = new TestClient(server.url, 'clinic-7');
  pages.push(doctor);
  await doctor.ready();
  await doctor.say('doctor-joined', {});
  const { waiting } = await doctor.first('queue');
  const places = waiting.map((entry: Record<string, unknown>) => [
    entry['room-id'],
    entry.connected,
  ]);
  expect(places).toEqual(Array.from({ length: 24 }, (_, n) => [`room-${n}`, true]));
});
