import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeConsultationRecords } from './consultation-records.contract.ts';
import { NOW } from './contract/fixtures.contract.ts';
import { openSqliteStore } from './sqlite-store.ts';

const aFolder = (): string => mkdtempSync(join(tmpdir(), 'signaling-records-'));

describeConsultationRecords('SQLite', async () => {
  const dataDir = aFolder();
  return {
    open: () => openSqliteStore({ dataDir }),
    destroy: async () => rmSync(dataDir, { recursive: true }),
  };
});

describe('RECORD-5 a store that keeps no records', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = aFolder();
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  test('RECORD-5 begins none, and completes those that had begun before', async () => {
    const query = { namespaceId: 'desk', from: 0, until: 2 * NOW, roomId: null };
    const waits = { fact: 'waits', namespaceId: 'desk', clientId: 'p', since: NOW } as const;
    const before = await openSqliteStore({ dataDir });
    await before.records.note('begun', NOW, [waits]);
    await before.data.close();

    const { data, records } = await openSqliteStore({ dataDir, keepsConsultations: false });
    await records.note('new', NOW, [waits]);
    await records.note('begun', NOW, [{ fact: 'ended', reason: 'lost', by: null }]);
    const found = await records.find({ ...query, skip: 0, limit: 9 });
    expect(found).toMatchObject([{ roomId: 'begun', endedAt: NOW, endReason: 'lost' }]);
    await data.close();
  });
});
