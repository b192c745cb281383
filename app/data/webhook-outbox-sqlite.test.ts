import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aRoom, NOW } from './contract/fixtures.contract.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { describeWebhookOutbox } from './webhook-outbox.contract.ts';

const aFolder = (): string => mkdtempSync(join(tmpdir(), 'signaling-outbox-'));
const webhooks = { turnSoon: 2 };
const waits = { fact: 'waits', namespaceId: 'desk', clientId: 'p', since: NOW } as const;

describeWebhookOutbox('SQLite', async () => {
  const dataDir = aFolder();
  return {
    open: (asked = webhooks) => openSqliteStore({ dataDir, webhooks: asked ?? undefined }),
    destroy: async () => rmSync(dataDir, { recursive: true }),
  };
});

let dataDir: string;
beforeEach(() => {
  dataDir = aFolder();
});
afterEach(() => rmSync(dataDir, { recursive: true }));

test('HOOK-11 a store that nobody asked to do so keeps no webhooks', async () => {
  const store = await openSqliteStore({ dataDir });
  expect(store.webhooks).toBe(undefined);
  await store.data.createNamespace('desk', NOW);
  await store.data.createRoom(aRoom());
  expect(await store.data.saveRoom(aRoom({ state: 'waiting' }), [waits])).toBeDefined();
  await store.data.close();
  const db = new Database(join(dataDir, 'signaling.db'));
  for (const table of ['webhooks', 'webhook_rooms']) {
    expect(db.prepare(`SELECT * FROM ${table}`).all()).toEqual([]);
  }
  db.close();
});

test('STORE-52 a server that was killed has nothing on its way: all is due at the next start', async () => {
  const before = await openSqliteStore({ dataDir, webhooks });
  await before.data.createNamespace('desk', NOW);
  await before.data.createRoom(aRoom());
  await before.data.saveRoom(aRoom({ state: 'waiting', changedAt: NOW }), [waits]);
  const onItsWay = await before.webhooks?.take(NOW, NOW + 60_000);
  await before.data.close();
  const after = await openSqliteStore({ dataDir, webhooks });
  expect(await after.webhooks?.take(NOW, NOW + 60_000)).toEqual({ ...onItsWay, attempts: 2 });
  await after.data.close();
});
