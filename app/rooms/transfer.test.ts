import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aClient, aRoom } from '../data/contract/fixtures.contract.ts';
import type { SessionData } from '../data/session-data.ts';
import { openSqliteStore, type SqliteStore } from '../data/sqlite-store.ts';
import { knock } from './admit.ts';
import { knockEnds } from './attendance.ts';
import { reject } from './end.ts';
import { RecentLengths } from './recent-lengths.ts';
import type { Actor } from './room.ts';
import { type TransferParts, transferAway, transferHere } from './transfer.ts';

const NOW = 1_760_000_000_000;
const WINDOW_MS = 60_000;

let dataDir: string;
let store: SqliteStore;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'transfer-'));
  store = await openSqliteStore({ dataDir });
  await store.data.createNamespace('here', NOW);
  await store.data.createNamespace('there', NOW);
  await store.data.saveClient(aClient({ id: 'p', namespaceId: 'here', resumeHash: 'first' }));
  const patient = { clientId: 'p', role: 'patient' } as const;
  const room = aRoom({ namespaceId: 'here', members: [patient], waitingSince: NOW - 5000 });
  await store.data.createRoom({ ...room, state: 'waiting' });
});
afterEach(async () => {
  await store.data.close();
  await rm(dataDir, { recursive: true });
});

const doctorIn = (namespaceId: string): Actor => ({
  id: `doctor ${namespaceId}`,
  namespaceId,
  role: 'doctor',
});

function partsWith(data: SessionData = store.data): TransferParts {
  const clock = { now: () => NOW };
  return {
    data,
    records: store.records,
    lengths: new RecentLengths({ records: store.records, clock }),
    clock,
    limits: { metadataBytes: 1000, roomsPerClient: 9, membersPerRoom: 9, waitingRoomSize: 9 },
    windows: { knockMs: 1000 },
    newResumeToken: () => ({ token: 'secret', hash: 'second' }),
    patientWindowMs: WINDOW_MS,
  };
}

const away = (parts = partsWith()) =>
  transferAway(parts, doctorIn('here'), 'room', 'there', () => true);

const eventsOf = (steps: readonly object[]): unknown[] =>
  steps.flatMap((step) => ('event' in step ? [step.event] : []));

describe('the first half of a transfer', () => {
  it('DESK-7 moves room and client together, and keeps what opened the first namespace', async () => {
    const { reply } = await away();
    expect(reply).toMatchObject({ namespaceId: 'there', state: 'waiting', place: NOW - 5000 });
    expect(await store.data.findRoom('room')).toEqual(reply);
    expect(await store.data.findClient('p')).toMatchObject({
      namespaceId: 'there',
      resumeHash: 'second',
      formerResumeHash: 'first',
      leaseUntil: NOW + WINDOW_MS,
    });
  });

  it('DESK-7 changes nothing where the other namespace goes at that moment', async () => {
    const removing = new Proxy(store.data, {
      get(target, name) {
        if (name !== 'saveRoom') return Reflect.get(target, name).bind(target);
        return async (...args: Parameters<SessionData['saveRoom']>) => {
          await target.removeNamespace('there', NOW);
          return target.saveRoom(...args);
        };
      },
    });
    await expect(away(partsWith(removing))).rejects.toThrow(
      expect.objectContaining({ code: 'namespace-not-found' }),
    );
    expect(await store.data.findRoom('room')).toMatchObject({ namespaceId: 'here', version: 0 });
    expect(await store.data.findClient('p')).toMatchObject({
      namespaceId: 'here',
      resumeHash: 'first',
    });
  });
});

describe('a knock that runs out', () => {
  it('DESK-7 ROOM-11 after the patient has gone is nobody’s', async () => {
    await knock(partsWith(), doctorIn('here'), { 'room-id': 'room', init: true });
    const knocking = await store.data.findRoom('room');
    await away();
    const later = { ...partsWith(), clock: { now: () => NOW + 1000 } };
    expect((await knockEnds(later, knocking ?? aRoom())).steps).toEqual([]);
    expect(await store.data.findRoom('room')).toMatchObject({ state: 'waiting', missedKnocks: 0 });
  });
});

describe('between the halves', () => {
  it('DESK-7 nothing happens: the patient is in line', async () => {
    const { reply } = await away();
    const { steps } = await transferHere(partsWith(), reply);
    expect(steps[0]).toEqual({ enter: 'room', client: 'p' });
    expect(eventsOf(steps)).toEqual(['queue-position', 'doctor-online', 'new-patient']);
  });

  it('DESK-7 a doctor there is faster: the patient is in line, and called', async () => {
    const { reply } = await away();
    await knock(partsWith(), doctorIn('there'), { 'room-id': 'room', init: true });
    const { steps } = await transferHere(partsWith(), reply);
    expect(eventsOf(steps)).toContain('new-patient');
    expect(await store.data.findRoom('room')).toMatchObject({ state: 'knocking' });
  });

  it('DESK-7 a doctor there sends the patient away: nobody hears of one who waits', async () => {
    const { reply } = await away();
    await reject(partsWith(), doctorIn('there'), { roomID: 'room' });
    expect((await transferHere(partsWith(), reply)).steps).toEqual([]);
  });

  it('DESK-7 HTTP-4 the other namespace is removed: nobody hears of one who waits', async () => {
    const { reply } = await away();
    await store.data.removeNamespace('there', NOW);
    expect((await transferHere(partsWith(), reply)).steps).toEqual([]);
    expect(await store.data.findClient('p')).toBeUndefined();
  });
});
