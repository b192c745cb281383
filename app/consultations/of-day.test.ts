import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqliteStore, type SqliteStore } from '../data/sqlite-store.ts';
import { consultationsOfDay } from './of-day.ts';

const DAY = '2030-01-01';
const MIDNIGHT = Date.UTC(2030, 0, 1);

let dataDir: string;
let store: SqliteStore;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'of-day-'));
  store = await openSqliteStore({ dataDir });
});
afterEach(async () => {
  await store.data.close();
  await rm(dataDir, { recursive: true });
});

async function waitIn(rooms: readonly string[]): Promise<void> {
  for (const room of rooms) {
    const waits = { fact: 'waits', namespaceId: 'desk', clientId: 'p', since: MIDNIGHT } as const;
    await store.records.note(room, MIDNIGHT, [waits]);
  }
}

async function piece(skip: number): Promise<{ rooms: string[]; next: number | null }> {
  const asked = { namespaceId: 'desk', day: DAY, roomId: null, skip };
  const { consultations, next } = await consultationsOfDay(store.records, asked);
  return { rooms: consultations.map((record) => record['room-id']), next };
}

it('RECORD-3 they come in pieces of 500: `next` is what to skip', async () => {
  const rooms = Array.from({ length: 1001 }, (_, n) => `room-${n}`);
  await waitIn(rooms);
  expect(await piece(0)).toEqual({ rooms: rooms.slice(0, 500), next: 500 });
  expect(await piece(500)).toEqual({ rooms: rooms.slice(500, 1000), next: 1000 });
  expect(await piece(1000)).toEqual({ rooms: rooms.slice(1000), next: null });
  expect(await piece(501)).toEqual({ rooms: rooms.slice(501), next: null });
  expect(await piece(2000)).toEqual({ rooms: [], next: null });
});
