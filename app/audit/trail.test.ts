import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditLines, runAudit, said, tamper } from '../../test/support/audit.ts';
import type { AuditHead, AuditLog } from '../data/audit-log.ts';
import { openSqliteAuditLog } from '../data/audit-log-sqlite.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { AuditTrail } from './trail.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

let dataDir: string;
let now: number;
let appends: number;
let isDiskFull: boolean;
let faults: unknown[];
let heads: AuditHead[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'audit-'));
  now = Date.UTC(2030, 0, 1);
  appends = 0;
  isDiskFull = false;
  faults = [];
  heads = [];
});
afterEach(() => rm(dataDir, { recursive: true }));

/** The real log, which counts, and which can be out of order. */
async function openLog(): Promise<AuditLog> {
  const log = await openSqliteAuditLog({ dataDir });
  return {
    ...log,
    async append(...given) {
      if (isDiskFull) throw new SignalingError('store-unavailable');
      appends += 1;
      await log.append(...given);
    },
  };
}

const openTrail = async (keptMs: number | null = null): Promise<AuditTrail> =>
  new AuditTrail({
    log: await openLog(),
    clock: { now: () => now },
    keptMs,
    onFault: (error) => faults.push(error),
    onHead: (head) => heads.push(head),
  });

const joined = (client: string) => ({ action: 'joined', 'client-id': client }) as const;
const refused = { action: 'refused', result: 'not-allowed', 'client-id': 'x' } as const;
const wholeness = async () => (await runAudit(dataDir, 'verify')).code;

describe('writing', () => {
  it('AUDIT-7 is done when the promise has resolved', async () => {
    const trail = await openTrail();
    await trail.record(joined('a'));
    expect((await auditLines(dataDir)).map(said)).toEqual([{ ...joined('a'), result: 'ok' }]);
    await trail.close();
  });

  it('AUDIT-7 takes one transaction for all that happens within one turn', async () => {
    const trail = await openTrail();
    const written = Array.from({ length: 50 }, (_, n) => trail.record(joined(String(n))));
    trail.note(refused);
    await Promise.all(written);
    expect(appends).toBe(1);
    const lines = await auditLines(dataDir);
    expect(lines.map((line) => line['client-id'])).toEqual([...Array(50).keys(), 'x'].map(String));
    await trail.close();
  });

  it('AUDIT-3 goes on where the last server stopped', async () => {
    for (const client of ['a', 'b']) {
      const trail = await openTrail();
      await trail.record(joined(client));
      await trail.close();
    }
    const [first, second] = await auditLines(dataDir);
    expect(second).toMatchObject({ seq: 2, prev: first?.hash });
    expect(await wholeness()).toBe(0);
  });

  it('AUDIT-6 what was counted is written when its minute is over, and at the latest at the end', async () => {
    const trail = await openTrail();
    for (let n = 0; n < 9; n += 1) trail.note(refused);
    now += MINUTE_MS;
    await trail.tidy();
    const counts = async () => (await auditLines(dataDir)).map(({ count }) => count);
    const written = Array.from({ length: 5 }, () => undefined);
    expect(await counts()).toEqual([...written, 4]);
    for (let n = 0; n < 8; n += 1) trail.note(refused);
    await trail.close();
    expect(await counts()).toEqual([...written, 4, ...written, 3]);
  });
});

describe('a log that cannot be written', () => {
  it('AUDIT-9 holds up nobody, is told, and is written later with the time at which it was', async () => {
    const trail = await openTrail();
    isDiskFull = true;
    await trail.record(joined('a'));
    expect(faults).toHaveLength(1);
    now += MINUTE_MS;
    await trail.record(joined('b'));
    isDiskFull = false;
    await trail.tidy();
    expect(await auditLines(dataDir)).toMatchObject([
      { 'client-id': 'a', at: '2030-01-01T00:00:00.000Z' },
      { 'client-id': 'b', at: '2030-01-01T00:01:00.000Z' },
    ]);
    await trail.close();
  });

  it('AUDIT-9 keeps no more than it has room for, and says how much is missing', async () => {
    const trail = await openTrail();
    isDiskFull = true;
    const written = Array.from({ length: 10_003 }, (_, n) => trail.record(joined(String(n))));
    await Promise.all(written);
    isDiskFull = false;
    await trail.tidy();
    const lines = await auditLines(dataDir);
    expect(lines).toHaveLength(10_001);
    expect(lines.at(-1)).toMatchObject({ action: 'lost', role: 'server', count: 3 });
    expect(await wholeness()).toBe(0);
    await trail.close();
  });
});

describe('retention', () => {
  async function days(trail: AuditTrail, count: number): Promise<void> {
    for (let day = 0; day < count; day += 1) {
      await trail.record(joined(`day-${day}`));
      now += DAY_MS;
    }
  }
  const names = async () =>
    (await auditLines(dataDir)).map((line) => line['client-id'] ?? line.action);

  it('AUDIT-5 removes what is older, and leaves a checkpoint in its place', async () => {
    const trail = await openTrail(3 * DAY_MS);
    await days(trail, 6);
    const [, , last] = await auditLines(dataDir);
    await trail.tidy();
    expect(await names()).toEqual(['day-3', 'day-4', 'day-5', 'pruned']);
    expect((await auditLines(dataDir)).at(-1)).toMatchObject({
      role: 'server',
      through: 3,
      'through-hash': last?.hash,
    });
    expect(await wholeness()).toBe(0);
    await trail.close();
  });

  it('AUDIT-5 goes on from checkpoint to checkpoint', async () => {
    const trail = await openTrail(2 * DAY_MS);
    for (let round = 0; round < 4; round += 1) {
      await days(trail, 2);
      await trail.tidy();
      expect(await wholeness()).toBe(0);
    }
    expect(await names()).toEqual(['pruned', 'day-0', 'day-1', 'pruned']);
    await trail.close();
  });

  it('AUDIT-5 leaves a checkpoint alone while it would only make room for the next', async () => {
    const trail = await openTrail(DAY_MS);
    await days(trail, 2);
    await trail.tidy();
    now += 10 * DAY_MS;
    await trail.tidy();
    const [last] = await auditLines(dataDir);
    now += 10 * DAY_MS;
    await trail.tidy();
    expect(last?.action).toBe('pruned');
    expect(await auditLines(dataDir)).toEqual([last]);
    expect(await wholeness()).toBe(0);
    await trail.close();
  });

  it('AUDIT-5 removes a long past bit by bit', async () => {
    const trail = await openTrail(DAY_MS);
    await Promise.all(Array.from({ length: 4500 }, (_, n) => trail.record(joined(String(n)))));
    now += 2 * DAY_MS;
    await trail.tidy();
    expect(await auditLines(dataDir)).toHaveLength(2501);
    await trail.tidy();
    await trail.tidy();
    expect(await names()).toEqual(['pruned', 'pruned', 'pruned']);
    expect(await wholeness()).toBe(0);
    await trail.close();
  });

  it('AUDIT-5 removes nothing without a limit', async () => {
    const trail = await openTrail(null);
    await days(trail, 400);
    await trail.tidy();
    expect(await auditLines(dataDir)).toHaveLength(400);
    await trail.close();
  });

  it('AUDIT-5 does not remove what was tampered with: that would hide it', async () => {
    const trail = await openTrail(DAY_MS);
    await days(trail, 4);
    tamper(dataDir, `UPDATE audit_lines SET line = replace(line, 'day-1', 'day-x') WHERE seq = 2`);
    await trail.tidy();
    expect((await auditLines(dataDir)).map(({ seq }) => seq)).toEqual([2, 3, 4, 5]);
    const { code, stdout } = await runAudit(dataDir, 'verify');
    expect([code, stdout]).toEqual([1, expect.stringContaining('line 2:')]);
    await trail.close();
  });

  it('AUDIT-4 the head is told about once an hour, to be noted elsewhere', async () => {
    const trail = await openTrail();
    await trail.record(joined('a'));
    const [line] = await auditLines(dataDir);
    await trail.tidy();
    now += HOUR_MS - 1;
    await trail.tidy();
    expect(heads).toEqual([{ seq: 1, hash: line?.hash }]);
    now += 1;
    await trail.tidy();
    expect(heads).toHaveLength(2);
    await trail.close();
  });
});
