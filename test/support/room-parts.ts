import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { openSqliteStore, type SqliteStore } from '../../app/data/sqlite-store.ts';
import { RecentLengths } from '../../app/rooms/recent-lengths.ts';
import type { RoomParts } from '../../app/rooms/room.ts';

export const NOW = 1_760_000_000_000;

/** What the use cases of rooms stand on, over a real store for each test, with a namespace `desk` in it. */
export function roomParts(): { readonly parts: RoomParts } {
  let dataDir: string;
  let store: SqliteStore;
  let parts: RoomParts;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'rooms-'));
    store = await openSqliteStore({ dataDir });
    await store.data.createNamespace('desk', NOW);
    const clock = { now: () => NOW };
    parts = {
      ...store,
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

  return {
    get parts() {
      return parts;
    },
  };
}
