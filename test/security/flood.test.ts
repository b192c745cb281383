import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { TestClient } from '../support/clients.ts';
import { freshRoom, granted } from '../support/practice.ts';
import { Process, ROOT, ServerProcess } from '../support/process.ts';
import { NEGOTIATIONS } from '../support/sdp-fixtures.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const HOSTILE = join(ROOT, 'test/support/hostile.child.mjs');
const PRACTICES = ['north', 'south', 'east', 'west', 'centre'];
const CALLS_A_PRACTICE = 10;
const ROUNDS = 5;
/** Between one round and the next the flood goes on. */
const HOSTILE_A_ROUND = 18_000;
const CANDIDATES = 10;
const PATIENCE_MS = 30_000;

const SDP = NEGOTIATIONS.get('chromium-call')?.descriptions[0]?.sdp ?? '';
const CANDIDATE = 'candidate:1 1 udp 2122260223 192.0.2.7 49203 typ host';

interface Call {
  doctor: TestClient;
  patient: TestClient;
}

let server: ServerProcess;
let calls: Call[];

beforeAll(async () => {
  server = await ServerProcess.start({ LOG_LEVEL: 'warn' });
  calls = [];
  for (const practice of PRACTICES) {
    await fetch(`${server.url}/create-namespace?namespaceId=${practice}`);
    for (let n = 0; n < CALLS_A_PRACTICE; n += 1) calls.push(await begin(practice));
  }
});

afterAll(async () => {
  for (const { doctor, patient } of calls) {
    doctor.close();
    patient.close();
  }
  await server.clear();
});

/** A doctor and a patient in one room, before the first offer. */
async function begin(practice: string): Promise<Call> {
  const room = { 'room-id': freshRoom() };
  const doctor = await new TestClient(server.url, practice).ready();
  const patient = await new TestClient(server.url, practice).ready();
  await granted(doctor.say('doctor-joined', {}));
  await granted(patient.say('create', room));
  await granted(doctor.say('join', room));
  return { doctor, patient };
}

/** Sends a description and the candidates after it, all of them numbered. */
function signal(from: TestClient, to: TestClient, type: 'offer' | 'answer', round: number): void {
  const peer = { 'peer-id': to.id };
  from.socket.emit(type, { ...peer, [type]: { type, sdp: SDP }, n: numberOf(round, 0) });
  for (let k = 1; k <= CANDIDATES; k += 1) {
    const n = numberOf(round, k);
    from.socket.emit('ice-candidate', { ...peer, candidate: { candidate: CANDIDATE }, n });
  }
}

const numberOf = (round: number, k: number): number => round * (CANDIDATES + 1) + k;

/** What this client has got from its peer, in the order in which it came. */
const gotten = ({ heard }: TestClient): number[] =>
  heard.flatMap(({ event, data }) =>
    ['offer', 'answer', 'ice-candidate'].includes(event) ? [data.n] : [],
  );

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** What the hostile process has done so far. */
function done({ stdout }: Process): { sent: number; cut: number; refused: number } {
  const lines = stdout.split('\n');
  return JSON.parse(lines.at(-2) ?? '{"sent":0,"cut":0,"refused":0}');
}

it('LIMIT-2 RELAY-5 fifty calls lose nothing while fifty connections flood the server', async () => {
  const hostile = new Process(process.execPath, [HOSTILE, server.url, ...PRACTICES], ROOT, {});
  const all = calls.flatMap(({ doctor, patient }) => [doctor, patient]);
  const began = performance.now();
  const tookMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const due = (round + 1) * HOSTILE_A_ROUND;
    await vi.waitUntil(() => done(hostile).sent >= due, PATIENCE_MS);
    const start = performance.now();
    for (const { doctor, patient } of calls) {
      signal(doctor, patient, 'offer', round);
      signal(patient, doctor, 'answer', round);
    }
    const count = numberOf(round + 1, 0);
    await vi.waitUntil(() => all.every((client) => gotten(client).length >= count), PATIENCE_MS);
    tookMs.push(performance.now() - start);
  }
  const seconds = (performance.now() - began) / 1000;
  const { sent, cut, refused } = done(hostile);
  await hostile.signal('SIGTERM');
  console.log(
    `In ${seconds.toFixed(1)} s: ${sent} hostile messages, ${refused} refusals, ${cut} cut connections; ` +
      `a round of 50 calls took ${tookMs.map((ms) => Math.round(ms)).join(', ')} ms.`,
  );

  for (const client of all) {
    expect(gotten(client)).toEqual(upTo(numberOf(ROUNDS, 0)));
    expect(client.socket.connected).toBe(true);
    expect(client.all('signaling-error')).toEqual([]);
  }
  expect(refused).toBeGreaterThan(0);
  expect(cut).toBeGreaterThan(0);
});
