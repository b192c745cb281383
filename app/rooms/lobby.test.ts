import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionData } from '../data/session-data.ts';
import { openSqliteSessionData } from '../data/session-data-sqlite.ts';
import { type LobbyParts, lookUpRoom, makeRoom } from './lobby.ts';
import { newRoom } from './room.ts';

let dataDir: string;
let data: SessionData;
let parts: LobbyParts;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lobby-'));
  data = await openSqliteSessionData({ dataDir });
  parts = { data, clock: { now: () => 1_000 }, ids: { uuid: randomUUID } };
});
afterEach(async () => {
  await data.close();
  await rm(dataDir, { recursive: true });
});

describe('HTTP-6 making a room', () => {
  it('HTTP-6 binds it to the namespace that is given, or to none', async () => {
    await data.createNamespace('ward', 1_000);
    const bound = await makeRoom(parts, 'ward');
    const unbound = await makeRoom(parts, undefined);
    expect(bound.steps).toEqual([]);
    expect(await data.findRoom(bound.reply.roomId)).toMatchObject({
      namespaceId: 'ward',
      state: 'open',
      members: [],
    });
    expect(await data.findRoom(unbound.reply.roomId)).toMatchObject({ namespaceId: null });
  });

  it('HTTP-6 refuses a namespace that is not there', async () => {
    await expect(makeRoom(parts, 'ward')).rejects.toMatchObject({ code: 'namespace-not-found' });
  });

  it('HTTP-6 never hands out a room that somebody has', async () => {
    const ids = { uuid: () => 'always-the-same' };
    await makeRoom({ ...parts, ids }, undefined);
    await expect(makeRoom({ ...parts, ids }, undefined)).rejects.toMatchObject({
      code: 'internal',
    });
  });
});

describe('HTTP-7 looking up a room', () => {
  it.each(['open', 'waiting', 'knocking', 'in-consultation', 'on-hold'] as const)(
    'HTTP-7 tells that it is %s',
    async (state) => {
      await data.createRoom({ ...newRoom('a', null, 1_000), state });
      expect(await lookUpRoom(parts, 'a')).toEqual({ roomId: 'a', state });
    },
  );

  it('HTTP-7 tells an ended room from one that never was', async () => {
    await data.createRoom({ ...newRoom('a', null, 1_000), state: 'ended', endReason: 'expired' });
    await expect(lookUpRoom(parts, 'a')).rejects.toMatchObject({ code: 'room-ended' });
    await expect(lookUpRoom(parts, 'b')).rejects.toMatchObject({ code: 'room-not-found' });
  });
});
