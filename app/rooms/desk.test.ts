import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aClient, aRoom } from '../data/contract/fixtures.contract.ts';
import { openSqliteStore, type SqliteStore } from '../data/sqlite-store.ts';
import { callNext, reportReady, setPriority } from './desk.ts';
import { RecentLengths } from './recent-lengths.ts';
import type { RoomParts } from './room.ts';

const NOW = 1_760_000_000_000;

let dataDir: string;
let store: SqliteStore;
let parts: RoomParts;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'desk-'));
  store = await openSqliteStore({ dataDir });
  await store.data.createNamespace('desk', NOW);
  const clock = { now: () => NOW };
  parts = {
    data: store.data,
    records: store.records,
    lengths: new RecentLengths({ records: store.records, clock }),
    clock,
    limits: { metadataBytes: 1000, roomsPerClient: 9, membersPerRoom: 9, waitingRoomSize: 9 },
    windows: { knockMs: 1000 },
  };
});
afterEach(async () => {
  await store.data.close();
  await rm(dataDir, { recursive: true });
});

async function waitingPatients(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const patient = { clientId: `p-${n}`, role: 'patient' } as const;
    const room = aRoom({ id: `room-${n}`, members: [patient], waitingSince: NOW, place: NOW + n });
    await store.data.createRoom({ ...room, state: 'waiting' });
  }
}

/** Doctors who call on nodes of their own: no lane keeps them apart, only the store. */
async function callAtOnce(count: number) {
  const doctors = Array.from({ length: count }, (_, n) =>
    aClient({ id: `d-${n}`, namespaceId: 'desk', role: 'doctor' }),
  );
  for (const doctor of doctors) await store.data.saveClient(doctor);
  return Promise.allSettled(doctors.map((doctor) => callNext(parts, doctor, {}, () => true)));
}

const roomOf = (called: PromiseSettledResult<{ reply: object }>): unknown =>
  called.status === 'fulfilled' ? Reflect.get(called.value.reply, 'room-id') : called.reason.code;

describe('call-next on several nodes', () => {
  it('DESK-1 ROOM-5 of several at once everybody gets somebody else', async () => {
    await waitingPatients(3);
    const rooms = (await callAtOnce(3)).map(roomOf);
    expect(rooms.sort()).toEqual(['room-0', 'room-1', 'room-2']);
    const claims = (await store.data.waitingRooms('desk')).map(({ claimedBy }) => claimedBy);
    expect(claims.sort()).toEqual(['d-0', 'd-1', 'd-2']);
  });

  it('DESK-1 who is too slow for the last one finds nobody', async () => {
    await waitingPatients(1);
    const rooms = (await callAtOnce(3)).map(roomOf);
    expect(rooms.sort()).toEqual(['room-0', 'room-not-found', 'room-not-found']);
  });
});

describe('what the doctors see in the queue', () => {
  const doctor = { id: 'd', namespaceId: 'desk', role: 'doctor' } as const;
  const patient = { id: 'p-0', namespaceId: 'desk', role: 'patient' } as const;

  it.each([
    [
      'DESK-4 how urgent a patient is',
      () => setPriority(parts, doctor, { 'room-id': 'room-0', urgent: true }),
    ],
    [
      'DESK-5 what works on the patient’s side',
      () => reportReady(parts, patient, { camera: true, microphone: true }),
    ],
  ])('%s is told them when it changes', async (_, change) => {
    await waitingPatients(1);
    expect((await change()).steps).toEqual([{ queueChanged: 'desk' }]);
  });
});
