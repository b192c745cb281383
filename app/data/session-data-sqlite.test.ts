import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startChild } from './contract/child-process.contract.ts';
import { aClient, aRoom, NOW, type Store } from './contract/fixtures.contract.ts';
import { describeSessionData } from './session-data.contract.ts';
import { openSqliteSessionData } from './session-data-sqlite.ts';
import { openSqliteStore } from './sqlite-store.ts';

// Some tests start a process that has to be compiled first.
vi.setConfig({ testTimeout: 30_000 });

const aFolder = (): string => mkdtempSync(join(tmpdir(), 'signaling-store-'));

const storeIn = (dataDir: string): Store => ({
  open: () => openSqliteSessionData({ dataDir }),
  opener: {
    module: new URL('./session-data-sqlite.ts', import.meta.url).href,
    name: 'openSqliteSessionData',
    options: { dataDir },
  },
  destroy: async () => rmSync(dataDir, { recursive: true }),
});

describeSessionData('SQLite', async () => storeIn(aFolder()));

describe('the SQLite store', () => {
  let dataDir: string;

  beforeEach(() => {
    dataDir = aFolder();
  });

  afterEach(() => rmSync(dataDir, { recursive: true }));

  test('STORE-36 a full disk: store-unavailable, nothing is changed, and it goes on afterwards', async () => {
    const before = await openSqliteSessionData({ dataDir });
    await before.createNamespace('desk', NOW);
    await before.close();

    // The system refuses to let a file of this process grow beyond 1 MiB (2048 blocks of 512 bytes).
    const child = startChild(storeIn(dataDir).opener, 'fill-up', 'ulimit -f 2048');
    const said: string[] = [];
    for await (const line of child.lines) said.push(line);
    const { n, codes, rooms, cause } = JSON.parse(said[0] ?? '{}');
    expect(n).toBeGreaterThan(0);
    expect(codes).toEqual(['store-unavailable', 'store-unavailable']);
    expect(cause).toMatch(/SqliteError/);

    const after = await openSqliteSessionData({ dataDir });
    expect(await after.countWaiting('desk')).toBe(rooms);
    expect([n, n + 1]).toContain(rooms);
    expect(await after.findRoom(`room-${n}`)).toMatchObject({ state: 'waiting', entry: { n } });
    // One more may have been made, and not come as far as to wait.
    const removed = await after.removeNamespace('desk', NOW);
    expect(removed?.filter(({ state }) => state === 'waiting')).toHaveLength(rooms);
    await after.close();
  });

  test('STORE-36 an error in the middle of a change undoes it, and the next is not affected', async () => {
    const data = await openSqliteSessionData({ dataDir });
    await data.createNamespace('desk', NOW);
    await data.saveClient(aClient());
    const bounds = { messages: 9, bytes: 999 };
    const failing = data.hold('client', { event: 'offer', data: 1n }, bounds);
    await expect(failing).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(await data.hold('client', { event: 'offer', data: 1 }, bounds)).toBe(true);
    expect((await data.handOutHeld('client', 0, 0)).messages).toEqual([
      { event: 'offer', data: 1 },
    ]);
    await data.close();
  });

  test('STORE-37 every query finds its rows by an index', async () => {
    const prepare = vi.spyOn(Database.prototype, 'prepare');
    const { data } = await openSqliteStore({ dataDir, webhooks: { turnSoon: 2 } });
    await data.close();
    const statements = prepare.mock.calls
      .map(([sql]) => sql)
      .filter((sql) => !sql.includes('store.'));
    prepare.mockRestore();
    expect(statements.length).toBeGreaterThan(30);

    const db = new Database(join(dataDir, 'signaling.db'));
    const plans = statements.map((sql) => {
      const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all({}) as { detail: string }[];
      return { sql, plan: steps.map((step) => step.detail).join('; ') };
    });
    db.close();
    const isStart = (sql: string) =>
      sql.startsWith('UPDATE clients SET lease_until') || sql.includes('FROM consultations c JOIN');
    const scans = plans.filter(
      ({ sql, plan }) => /\bSCAN (?!CONSTANT)/.test(plan) && !isStart(sql),
    );
    expect(scans).toEqual([]);
    const sorts = plans.filter(({ plan }) => plan.includes('TEMP B-TREE'));
    expect(sorts.map(({ sql }) => sql)).toEqual([expect.stringContaining('ORDER BY NOT')]);
  });

  test('STORE-20 nothing of a room is left over when it is forgotten', async () => {
    const data = await openSqliteSessionData({ dataDir });
    await data.createNamespace('desk', NOW);
    const members = [{ clientId: 'p', role: 'patient' }] as const;
    for (const id of ['ended', 'removed']) {
      await data.createRoom(aRoom({ id, members: [...members], entry: { a: 1 } }));
    }
    await data.saveRoom(aRoom({ id: 'ended', members: [...members], entry: null, state: 'ended' }));
    await data.removeNamespace('desk', NOW);
    await data.forgetEndedRooms(NOW + 1);
    await data.close();
    const db = new Database(join(dataDir, 'signaling.db'));
    for (const table of ['rooms', 'room_members', 'room_entries']) {
      expect(db.prepare(`SELECT * FROM ${table}`).all()).toEqual([]);
    }
    db.close();
  });

  test('STORE-38 a change of state does not write again what the patient sent', async () => {
    const data = await openSqliteSessionData({ dataDir });
    await data.createNamespace('desk', NOW);
    await data.createRoom(aRoom({ state: 'waiting', entry: { text: 'x'.repeat(16_000) } }));
    const logSize = (): number => statSync(join(dataDir, 'signaling.db-wal')).size;
    const before = logSize();
    let room = await data.findRoom('room');
    for (let n = 0; n < 10; n += 1) room = room && (await data.saveRoom(room));
    expect(room).toMatchObject({ version: 10, entry: { text: expect.any(String) } });
    expect((logSize() - before) / 10).toBeLessThan(16_000);
    await data.close();
  });
});
