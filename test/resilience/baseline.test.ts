import { EventEmitter } from 'node:events';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { queryObjects } from 'node:v8';
import Database from 'libsql';
import { Socket } from 'socket.io';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TestClient } from '../support/clients.ts';
import { Service } from '../support/service.ts';
import { IS_NIGHTLY } from './form.ts';

vi.setConfig({ testTimeout: 60 * 60_000, hookTimeout: 60_000 });

const CONSULTATIONS = IS_NIGHTLY ? 100_000 : 1_000;
/** Practices that work side by side, and how many patients each doctor sees before going home. */
const PRACTICES = 10;
const SHIFT = 20;
/** Longer than any window. */
const WINDOW_MS = 2 * 60_000;
const HOUR_MS = 3_600_000;
const MONTH_MS = 40 * 24 * HOUR_MS;
/** What may be more afterwards: machine code and tables that grow once, not with the consultations. */
const HEAP_ALLOWANCE_BYTES = 8 * 1024 * 1024;

let service: Service;

beforeEach(async () => {
  service = await Service.start({
    CONSULTATION_DAYS: '1',
    AUDIT_DAYS: '1',
    EVENTS_PER_SECOND: '1000000',
    EVENT_BURST: '1000000',
  });
});
afterEach(() => service.stop());

/** A doctor sees a number of patients, one after the other, and everybody goes home. */
async function shift(practice: number, patients: number, label: string): Promise<void> {
  const namespaceId = `practice-${practice}`;
  const doctor = await new TestClient(service.url, namespaceId).ready();
  await doctor.say('doctor-joined', { 'namespace-id': namespaceId });
  const patient = await new TestClient(service.url, namespaceId).ready();
  for (let n = 0; n < patients; n += 1) {
    const room = { 'room-id': `${label}-${n}` };
    // No two of them in the same millisecond, as in life: their records are found by it.
    service.clock.advance(1);
    await patient.say('create', { ...room, patientID: `p-${label}-${n}`, name: 'Ada' });
    await doctor.say('join', { ...room, init: true });
    await patient.say('ack-doctor-entered', { 'client-id': doctor.id });
    await doctor.say('join', room);
    await doctor.say('send-metadata', { 'peer-id': patient.id, offer: n });
    await patient.say('send-metadata', { 'peer-id': doctor.id, answer: n });
    expect(await doctor.say('doctor-ended', room)).toMatchObject({ status: 'ok' });
  }
  for (const client of [doctor, patient]) {
    const gone = client.ended();
    client.socket.disconnect();
    await gone;
  }
}

/** In rounds: the practices work side by side, everybody goes home, and the windows of all of them end. */
async function work(consultations: number, label: string): Promise<void> {
  const began = Date.now();
  const rounds = consultations / (PRACTICES * SHIFT);
  for (let round = 1; round <= rounds; round += 1) {
    await Promise.all(
      Array.from({ length: PRACTICES }, (_, practice) =>
        shift(practice, SHIFT, `${label}-${practice}-${round}`),
      ),
    );
    await service.pass(WINDOW_MS);
    const held = round * PRACTICES * SHIFT;
    if (held % 5_000 === 0) console.log(`${held} after ${(Date.now() - began) / 1000} s`);
  }
}

/** The pace of the queue board, in milliseconds: the one thing here that goes by the real clock. */
const BOARD_MS = 1_000;

/** All windows end, and all that is kept for a time is past it. */
async function letTimePass(): Promise<void> {
  for (const ms of [WINDOW_MS, HOUR_MS, MONTH_MS, MONTH_MS, HOUR_MS]) {
    for (let times = 0; times < 20; times += 1) await service.pass(ms / 20);
  }
  // Old records go 500 at a time, once a second: so many of them take a while.
  for (let gone = 0; gone < CONSULTATIONS; gone += 500) await service.pass(1_000);
  await pause(2 * BOARD_MS);
}

function remains() {
  const kinds: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) kinds[kind] = (kinds[kind] ?? 0) + 1;
  // Counting collects the garbage first.
  return {
    sockets: queryObjects(Socket, { format: 'count' }),
    emitters: queryObjects(EventEmitter, { format: 'count' }),
    timers: kinds.Timeout ?? 0,
    open: (kinds.TCPSocketWrap ?? 0) + (kinds.TCPServerWrap ?? 0),
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    heap: process.memoryUsage().heapUsed,
  };
}

let copies = 0;

/** Rows of every table, read while the server is down. */
async function rows(): Promise<Record<string, number>> {
  await service.goDown();
  const counts: Record<string, number> = {};
  // A copy: libsql lets go of a file only when the garbage collector comes.
  const copy = join(service.dataDir, `copy-${copies++}.db`);
  await copyFile(join(service.dataDir, 'signaling.db'), copy);
  const db = new Database(copy);
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").raw().all();
  for (const [name] of tables as [string][]) {
    const [[count]] = db.prepare(`SELECT count(*) FROM "${name}"`).raw().all() as [[number]];
    counts[name] = count;
  }
  db.close();
  await service.run();
  return counts;
}

it(`ROOM-12 RECORD-5 ${CONSULTATIONS} consultations leave nothing behind: no socket, timer, listener, row or memory`, async () => {
  for (let n = 0; n < PRACTICES; n += 1) {
    await service.call('create-namespace', { namespaceId: `practice-${n}` });
  }
  const rowsBefore = await rows();
  // What is made once is made before the counting begins.
  await work(PRACTICES * SHIFT, 'warm');
  await letTimePass();
  const before = remains();

  await work(CONSULTATIONS, 'day');
  const busy = remains();
  await letTimePass();
  const after = remains();

  const { heap, ...counts } = after;
  const { heap: heapBefore, ...countsBefore } = before;
  console.log(
    [before, busy, after].map((one) => JSON.stringify(one)).join('\n'),
    `\n${CONSULTATIONS} consultations: heap ${((heap - heapBefore) / 1024).toFixed(0)} KiB more.`,
  );
  expect(counts).toEqual(countsBefore);
  expect(heap - heapBefore).toBeLessThan(HEAP_ALLOWANCE_BYTES);
  expect(await rows()).toEqual(rowsBefore);
});
