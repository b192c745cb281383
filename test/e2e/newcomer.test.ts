import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Summary } from '../../app/cli/simulate/summary.ts';
import { Figures } from '../support/figures.ts';
import { freePort } from '../support/free-port.ts';
import { Process, ROOT } from '../support/process.ts';

/** To install and build on a machine that does something else, too. Nothing waits for it to pass. */
const PATIENCE_MS = 240_000;
vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });

const run = promisify(execFile);

let folder: string;
let clone: string;
let server: Process;
let metricsPort: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'newcomer-'));
  clone = join(folder, 'telemedicine-signaling');
  await run('git', ['clone', '--quiet', ROOT, clone]);
  await bringAlongWhatIsNotCommitted();
  metricsPort = await freePort();
  const settings = {
    EXPRESS_PORT: await freePort(),
    METRICS_PORT: metricsPort,
    JWT_SECRET: 'what-the-hospital-signs-its-tokens-with',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(clone, '.env'), lines.join(''));
});
afterAll(async () => {
  await server?.signal('SIGTERM');
  await rm(folder, { recursive: true, force: true });
});

/** So that it is the code at hand that is tested. */
async function bringAlongWhatIsNotCommitted(): Promise<void> {
  const git = async (...args: string[]) =>
    (await run('git', args, { cwd: ROOT })).stdout.split('\0').filter((file) => file !== '');
  const deleted = await git('ls-files', '-z', '--deleted');
  const others = await git('ls-files', '-z', '--modified', '--others', '--exclude-standard');
  for (const file of others) {
    if (!deleted.includes(file)) await cp(join(ROOT, file), join(clone, file));
  }
  for (const file of deleted) await rm(join(clone, file), { force: true });
}

const command = (...words: string[]) =>
  new Process('npx', ['telemedicine-signaling', ...words], clone, {}).end();

async function simulate(...options: string[]): Promise<Summary> {
  const { code, stdout, stderr } = await command('simulate', '--json', ...options);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Summary;
}

const figures = () => Figures.of(metricsPort);

/** How much each has grown since. */
const growth =
  (before: Figures, after: Figures) =>
  (name: string, labels = {}) =>
    (after.value(name, labels) ?? 0) - (before.value(name, labels) ?? 0);

test('START-4 a fresh clone: npm start installs, builds and listens', async () => {
  const began = performance.now();
  // What is in npm's cache need not come over the network again.
  const env = { npm_config_prefer_offline: 'true' };
  server = new Process('npm', ['start'], clone, env);
  await server.listening(PATIENCE_MS);
  console.log(`A fresh clone listened after ${Math.round((performance.now() - began) / 1000)} s.`);
  // What commands print is for programs, too: how it comes about stands beside it.
  expect(server.stderr).toMatch(/Installing packages.*Built in/s);
  expect(server.stdout).toMatch(/Access +jwt/);
});

test('START-4 check finds nothing that failed, and the server at its port', async () => {
  const { code, stdout } = await command('check');
  expect(stdout).toMatch(/^ok +port +.* is served by this server$/m);
  expect(stdout).toMatch(/^ok +store +SQLite, open in the running server$/m);
  expect([code, stdout]).toEqual([0, expect.not.stringContaining('failed')]);
});

test('START-4 token makes one that is let in', async () => {
  const { stdout } = await command('token', '--role', 'doctor', '--namespace', 'demo');
  const url = await server.listening();
  const ask = (Authorization: string) =>
    fetch(`${url}/api/v1/ice-servers`, { headers: { Authorization } });
  expect((await ask(`Bearer ${stdout.trim()}`)).status).toBe(200);
  expect((await ask('Bearer somebody-else')).status).toBe(401);
});

test('START-4 the figures are what simulate did', async () => {
  const before = await figures();
  const did = await simulate('--calls', '8', '--at-once', '4', '--seconds', '0');
  const grown = growth(before, await figures());

  expect(did).toMatchObject({ calls: { asked: 8, setUp: 8, ended: 8, stuck: 0 }, slowed: {} });
  expect(did.messages).toMatchObject({ sent: 320, received: 320, unanswered: 0 });
  const ends = { 'doctor-ended': 4, 'patient-ended': 4 };
  for (const [reason, count] of Object.entries(ends)) {
    expect(grown('signaling_consultations_ended_total', { reason })).toBe(count);
  }
  expect(grown('signaling_consultations_ended_total')).toBe(did.calls.ended);
  expect(grown('signaling_waiting_seconds_count', { outcome: 'admitted' })).toBe(did.calls.ended);
  expect(grown('signaling_consultation_seconds_count')).toBe(did.calls.ended);
  expect(grown('signaling_relay_seconds_count')).toBe(did.messages.sent + relayedAnswers(did));
  for (const [event, { ok, held }] of Object.entries(did.events)) {
    const of = (result: string) => grown('signaling_events_total', { event, result });
    expect([event, of('ok'), of('held')]).toEqual([event, ok, held]);
  }
  const all = Object.values(did.events).reduce((sum, { ok, held }) => sum + ok + held, 0);
  expect(grown('signaling_events_total')).toBe(all);
  const went = { reason: 'client namespace disconnect' };
  await expect
    .poll(async () => growth(before, await figures())('signaling_disconnects_total', went))
    .toBe(did.connections.made);
});

test('START-4 and so they are when connections are cut', async () => {
  const before = await figures();
  const did = await simulate('--calls', '8', '--at-once', '8', '--seconds', '1', '--drops');
  const grown = growth(before, await figures());

  expect(did.connections.dropped).toBeGreaterThan(0);
  expect(grown('signaling_resumes_total', { result: 'resumed' })).toBe(did.connections.resumed);
  expect(grown('signaling_resumes_total')).toBe(did.connections.dropped);
  const lost = ['transport close', 'transport error', 'ping timeout'].map((reason) =>
    grown('signaling_disconnects_total', { reason }),
  );
  expect(lost.reduce((sum, count) => sum + count)).toBe(did.connections.dropped);
  expect(grown('signaling_consultations_ended_total')).toBe(8);
  for (const [event, { ok, held, unanswered }] of Object.entries(did.events)) {
    const counted = ['ok', 'held'].map((result) =>
      grown('signaling_events_total', { event, result }),
    );
    // What was cut off before its answer the server may have taken.
    const beyond = counted.reduce((sum, count) => sum + count) - ok - held;
    expect([event, beyond >= 0, beyond <= unanswered]).toEqual([event, true, true]);
  }
});

/** `ack-doctor-entered` goes to one peer, too. */
const relayedAnswers = ({ events }: Summary): number =>
  (events['ack-doctor-entered']?.ok ?? 0) + (events['ack-doctor-entered']?.held ?? 0);
