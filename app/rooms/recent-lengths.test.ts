import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TestClock } from '../../test/support/service.ts';
import { openSqliteStore, type SqliteStore } from '../data/sqlite-store.ts';
import { RecentLengths } from './recent-lengths.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let dataDir: string;
let store: SqliteStore;
let clock: TestClock;
let lengths: RecentLengths;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lengths-'));
  store = await openSqliteStore({ dataDir });
  clock = new TestClock();
  lengths = new RecentLengths({ records: store.records, clock });
});
afterEach(async () => {
  await store.data.close();
  await rm(dataDir, { recursive: true });
});

/** A consultation that ends now, after so many minutes. */
async function consultation(minutes: number, namespaceId = 'desk'): Promise<void> {
  const now = clock.now();
  const began = now - minutes * MINUTE_MS;
  const room = `room-${namespaceId}-${minutes}`;
  const waits = { fact: 'waits', namespaceId, clientId: 'p', since: began } as const;
  await store.records.note(room, began, [waits, { fact: 'admitted', by: 'd' }]);
  await store.records.note(room, now, [{ fact: 'ended', reason: 'doctor-ended', by: 'doctor' }]);
}

async function consultations(...minutes: number[]): Promise<void> {
  for (const one of minutes) await consultation(one);
}

const median = async (): Promise<number | undefined> => {
  const typical = await lengths.typical('desk');
  return typical && typical.median / MINUTE_MS;
};

describe('recent consultations', () => {
  it('QUEUE-8 are those of the namespace alone', async () => {
    await consultations(1, 2, 3, 4);
    await consultation(5, 'other-desk');
    expect(await median()).toBeUndefined();
  });

  it('QUEUE-8 are the last twenty', async () => {
    for (let n = 0; n < 5; n += 1) await consultation(500 + n);
    clock.advance(1);
    for (let n = 1; n <= 20; n += 1) await consultation(n);
    expect(await median()).toBe(10.5);
  });

  it('QUEUE-8 are those of the last thirty days, also while none ends', async () => {
    await consultations(1, 2, 3, 4, 5);
    clock.advance(30 * DAY_MS);
    expect(await median()).toBe(3);
    clock.advance(1);
    expect(await median()).toBeUndefined();
  });

  it('QUEUE-8 are read once, and again when one has ended', async () => {
    const read = vi.spyOn(store.records, 'lengths');
    await consultations(1, 2, 3, 4);
    await Promise.all([median(), median(), median()]);
    expect(await median()).toBeUndefined();
    await consultation(5);
    lengths.forget('desk');
    expect(await median()).toBe(3);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('QUEUE-8 are read again after a fault of the store', async () => {
    await consultations(1, 2, 3, 4, 5);
    const { records } = store;
    const read = vi.spyOn(records, 'lengths').mockRejectedValueOnce(new Error('out of order'));
    await expect(median()).rejects.toThrow('out of order');
    expect(await median()).toBe(3);
    expect(read).toHaveBeenCalledTimes(2);
  });
});
