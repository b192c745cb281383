import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqliteStore, type SqliteStore } from '../data/sqlite-store.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { createCounts } from './metrics/counts.ts';
import { RoomCensus } from './metrics/room-census.ts';
import { countedStore, type Store } from './metrics/store.ts';
import { StoreHealth } from './store-health.ts';

let dataDir: string;
let opened: SqliteStore;
let store: Store;
let health: StoreHealth;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'health-'));
  opened = await openSqliteStore({ dataDir });
  const counts = createCounts();
  health = new StoreHealth();
  store = countedStore(opened, { counts, census: new RoomCensus(counts, () => true), health });
});

afterEach(async () => {
  await opened.data.close();
  await rm(dataDir, { recursive: true });
});

const noDisk = new SignalingError('store-unavailable');

it('OPS-2 a store that cannot be read is no place to come to, until it can', async () => {
  await opened.data.close();
  await store.data.hasNamespace('a').catch(() => {});
  expect(health.failure).toBe('The store cannot be read.');
  health.heard('hasNamespace', 'read', undefined);
  expect(health.failure).toBeNull();
});

it('OPS-2 a store that cannot be written is tried until it can, and nothing of that stays', async () => {
  health.heard('saveRoom', 'write', noDisk);
  // This one may have had nothing to write.
  await store.data.forgetEndedRooms(0);
  expect(health.failure).toMatch(/cannot be written/);
  await health.probe(store.data);
  expect(health.failure).toBeNull();
  expect(await store.data.takeInvitation('probe', 0)).toBeUndefined();
});

it('OPS-2 an error that is not of the store says nothing about it', () => {
  health.heard('saveRoom', 'write', new SignalingError('room-not-found'));
  expect(health.failure).toBeNull();
});
