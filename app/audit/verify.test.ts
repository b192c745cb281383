import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tamper } from '../../test/support/audit.ts';
import { type AuditHead, EMPTY_HEAD } from '../data/audit-log.ts';
import { openSqliteAuditLog, openSqliteAuditReader } from '../data/audit-log-sqlite.ts';
import { linesAfter } from './line.ts';
import { checkpoint } from './retention.ts';
import { type Verdict, verify } from './verify.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'audit-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const at = Date.UTC(2030, 0, 1);
const facts = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    at: at + n,
    fact: { action: 'joined', 'client-id': `client-${n}` } as const,
  }));

/** A trail of `count` lines; afterwards, with `through`, retention removes those up to it. */
async function write(count: number, through?: number): Promise<AuditHead> {
  const log = await openSqliteAuditLog({ dataDir });
  try {
    await log.append((head) => linesAfter(head, facts(count)));
    if (through !== undefined) {
      const [last] = await log.read(through - 1, 1);
      const fact = checkpoint(JSON.parse(last?.line ?? ''));
      await log.append((head) => linesAfter(head, [{ at, fact }]), through);
    }
    return (await log.head()) ?? EMPTY_HEAD;
  } finally {
    await log.close();
  }
}

async function look(noted: AuditHead[] = []): Promise<Verdict> {
  const reader = await openSqliteAuditReader({ dataDir, isFrozen: true });
  try {
    return await verify(reader, noted);
  } finally {
    await reader.close();
  }
}

/** A line as whoever knows how the chain is made could write it. */
function forged(seq: number, prev: string): string {
  const fact = { action: 'admitted', 'client-id': 'nobody' } as const;
  const [line] = linesAfter({ seq: seq - 1, hash: prev }, [{ at, fact }]).lines;
  return line?.line ?? '';
}

async function hashOfLine(seq: number): Promise<string> {
  const reader = await openSqliteAuditReader({ dataDir });
  const [line] = await reader.read(seq - 1, 1);
  await reader.close();
  return JSON.parse(line?.line ?? '').hash;
}

describe('a trail as it was written', () => {
  it('AUDIT-4 is whole', async () => {
    const head = await write(1200);
    expect(await look()).toEqual({
      isWhole: true,
      lines: 1200,
      head,
      prunedThrough: 0,
      period: { from: '2030-01-01T00:00:00.000Z', to: '2030-01-01T00:00:01.199Z' },
    });
  });

  it('AUDIT-4 is whole when nothing was written yet', async () => {
    await (await openSqliteAuditLog({ dataDir })).close();
    expect(await look()).toMatchObject({ isWhole: true, lines: 0, period: null });
  });

  it('AUDIT-5 is whole when retention has removed its beginning, or all of it', async () => {
    await write(10, 4);
    expect(await look()).toMatchObject({ isWhole: true, lines: 7, prunedThrough: 4 });
    await write(0, 11);
    expect(await look()).toMatchObject({ isWhole: true, lines: 1, prunedThrough: 11 });
  });
});

describe('a trail that somebody has changed', () => {
  beforeEach(() => write(10));

  it.each([
    ['a line removed', 'DELETE FROM audit_lines WHERE seq = 5', 5, 'missing'],
    ['several removed', 'DELETE FROM audit_lines WHERE seq IN (4, 5, 8)', 4, 'missing'],
    ['its beginning removed', 'DELETE FROM audit_lines WHERE seq <= 3', 1, 'no checkpoint'],
    ['its end removed', 'DELETE FROM audit_lines WHERE seq >= 8', 8, 'missing at the end'],
    ['all of it removed', 'DELETE FROM audit_lines', 1, 'missing at the end'],
    [
      'a word altered',
      `UPDATE audit_lines SET line = replace(line, 'client-6', 'client-9') WHERE seq = 7`,
      7,
      'altered',
    ],
    [
      'a time altered',
      `UPDATE audit_lines SET line = replace(line, '2030', '2029') WHERE seq = 1`,
      1,
      'altered',
    ],
    ['a blank added', `UPDATE audit_lines SET line = line || ' ' WHERE seq = 10`, 10, 'altered'],
    ['rubbish', `UPDATE audit_lines SET line = 'x' WHERE seq = 2`, 2, 'altered'],
    [
      'two lines changed over',
      `UPDATE audit_lines SET seq = -1 WHERE seq = 3;
       UPDATE audit_lines SET seq = 3 WHERE seq = 4;
       UPDATE audit_lines SET seq = 4 WHERE seq = -1`,
      3,
      'written as line 4',
    ],
    [
      'one of them removed and the rest moved up',
      `DELETE FROM audit_lines WHERE seq = 3; UPDATE audit_lines SET seq = seq - 1 WHERE seq > 3`,
      3,
      'written as line 4',
    ],
    [
      'a line repeated',
      `INSERT INTO audit_lines SELECT 11, line FROM audit_lines WHERE seq = 10`,
      11,
      'written as line 10',
    ],
    ['the head put back', 'UPDATE audit_head SET seq = 9', 10, 'head record'],
    [
      'another hash in the head',
      `UPDATE audit_head SET hash = '${'0'.repeat(64)}'`,
      10,
      'head record',
    ],
    ['no head', 'DELETE FROM audit_head', 11, 'head record'],
  ])('AUDIT-4 is broken: %s', async (_what, sql, seq, why) => {
    tamper(dataDir, sql);
    const verdict = await look();
    expect(verdict).toMatchObject({ isWhole: false, seq });
    expect(verdict).toHaveProperty('why', expect.stringContaining(why));
  });

  it('AUDIT-4 is broken: a line slipped in with a chain of its own', async () => {
    const line = forged(5, await hashOfLine(4));
    tamper(
      dataDir,
      `UPDATE audit_lines SET seq = -seq WHERE seq >= 5;
       UPDATE audit_lines SET seq = 1 - seq WHERE seq < 0;
       INSERT INTO audit_lines VALUES (5, '${line}');
       UPDATE audit_head SET seq = 11`,
    );
    expect(await look()).toMatchObject({ isWhole: false, seq: 6 });
  });

  it('AUDIT-4 is broken: a line replaced by one with a good hash', async () => {
    tamper(
      dataDir,
      `UPDATE audit_lines SET line = '${forged(5, await hashOfLine(4))}' WHERE seq = 5`,
    );
    expect(await look()).toMatchObject({ isWhole: false, seq: 6, why: expect.any(String) });
  });

  it('AUDIT-4 is broken: the last line replaced by one with a good hash', async () => {
    const line = forged(10, await hashOfLine(9));
    tamper(dataDir, `UPDATE audit_lines SET line = '${line}' WHERE seq = 10`);
    expect(await look()).toMatchObject({ isWhole: false, seq: 10 });
  });

  it('AUDIT-4 is broken: a first line that follows from something else', async () => {
    tamper(
      dataDir,
      `DELETE FROM audit_lines; INSERT INTO audit_lines VALUES (1, '${forged(1, 'f'.repeat(64))}')`,
    );
    expect(await look()).toMatchObject({ isWhole: false, seq: 1 });
  });

  it('AUDIT-4 without what was noted elsewhere, all of it replaced looks whole: with it, it does not', async () => {
    const noted = { seq: 10, hash: await hashOfLine(10) };
    const { lines, head } = linesAfter(EMPTY_HEAD, facts(12).slice(1));
    const values = lines.map(({ seq, line }) => `(${seq}, '${line}')`).join(',');
    tamper(
      dataDir,
      `DELETE FROM audit_lines; INSERT INTO audit_lines VALUES ${values};
       UPDATE audit_head SET seq = ${head.seq}, hash = '${head.hash}'`,
    );
    expect(await look()).toMatchObject({ isWhole: true });
    expect(await look([noted])).toMatchObject({ isWhole: false, seq: 10 });
  });
});

describe('a trail whose beginning retention has removed', () => {
  let removed: string;
  beforeEach(async () => {
    await write(4);
    const reader = await openSqliteAuditReader({ dataDir });
    removed = (await reader.read(3, 1))[0]?.line ?? '';
    await reader.close();
    await write(6, 4);
  });

  it('AUDIT-5 is broken if more is missing than the checkpoint says', async () => {
    tamper(dataDir, 'DELETE FROM audit_lines WHERE seq = 5');
    expect(await look()).toMatchObject({ isWhole: false, seq: 5 });
  });

  it('AUDIT-5 is broken if the checkpoint is missing', async () => {
    tamper(dataDir, 'DELETE FROM audit_lines WHERE seq = 11; UPDATE audit_head SET seq = 10');
    expect(await look()).toMatchObject({ isWhole: false, seq: 1 });
  });

  it('AUDIT-5 is broken if there is again what the checkpoint says was removed', async () => {
    tamper(dataDir, `INSERT INTO audit_lines VALUES (4, '${removed}')`);
    const verdict = await look();
    expect(verdict).toMatchObject({ seq: 4, why: expect.stringContaining('checkpoint') });
  });
});

describe('heads that were noted elsewhere', () => {
  it('AUDIT-4 are where they were', async () => {
    const earlier = await write(10);
    const later = await write(5);
    expect(await look([earlier, later])).toMatchObject({ isWhole: true });
  });

  it('AUDIT-4 tell that the end is missing, head record and all', async () => {
    const noted = await write(10);
    tamper(
      dataDir,
      `DELETE FROM audit_lines WHERE seq > 8;
       UPDATE audit_head SET seq = 8, hash = '${await hashOfLine(8)}'`,
    );
    expect(await look()).toMatchObject({ isWhole: true });
    expect(await look([noted])).toMatchObject({ isWhole: false, seq: 9 });
  });

  it('AUDIT-5 hold against the checkpoint, as far as it tells', async () => {
    await write(10, 4);
    const reader = await openSqliteAuditReader({ dataDir });
    const [first] = await reader.read(4, 1);
    await reader.close();
    const hash: string = JSON.parse(first?.line ?? '').prev;
    expect(await look([{ seq: 4, hash }])).toMatchObject({ isWhole: true });
    expect(await look([{ seq: 4, hash: EMPTY_HEAD.hash }])).toMatchObject({ isWhole: false });
    const verdict = await look([{ seq: 3, hash }]);
    expect(verdict).toMatchObject({ seq: 3, why: expect.stringContaining('retention') });
  });
});
