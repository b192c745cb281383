import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuditLog, EMPTY_HEAD, type Extension } from './audit-log.ts';
import { openSqliteAuditLog, openSqliteAuditReader } from './audit-log-sqlite.ts';
import { openSqliteSessionData } from './session-data-sqlite.ts';

let dataDir: string;
let file: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'audit-'));
  file = join(dataDir, 'audit.db');
});
afterEach(() => rm(dataDir, { recursive: true }));

const hash = (seq: number): string => seq.toString(16).padStart(64, '0');

/** `count` lines more. */
const more =
  (count: number) =>
  ({ seq }: { seq: number }): Extension => {
    const lines = Array.from({ length: count }, (_, n) => {
      return { seq: seq + n + 1, line: `line ${seq + n + 1}` };
    });
    return { lines, head: { seq: seq + count, hash: hash(seq + count) } };
  };

async function opened<T>(use: (log: AuditLog) => Promise<T>): Promise<T> {
  const log = await openSqliteAuditLog({ dataDir });
  try {
    return await use(log);
  } finally {
    await log.close();
  }
}

describe('the log', () => {
  it('AUDIT-3 begins empty and keeps what it is given, in order, from one start to the next', async () => {
    await opened(async (log) => {
      expect(await log.head()).toEqual(EMPTY_HEAD);
      await log.append(more(3));
    });
    await opened(async (log) => {
      await log.append(more(2));
      expect(await log.head()).toEqual({ seq: 5, hash: hash(5) });
      const seqs = (await log.read(1, 3)).map(({ seq, line }) => [seq, line]);
      expect(seqs).toEqual([2, 3, 4].map((seq) => [seq, `line ${seq}`]));
    });
  });

  it('AUDIT-3 takes all of a change or nothing', () =>
    opened(async (log) => {
      await log.append(more(2));
      const twice = log.append(() => ({
        lines: [
          { seq: 3, line: 'x' },
          { seq: 3, line: 'y' },
        ],
        head: { seq: 4, hash: hash(4) },
      }));
      await expect(twice).rejects.toMatchObject({ code: 'store-unavailable' });
      expect(await log.head()).toEqual({ seq: 2, hash: hash(2) });
      expect(await log.read(0, 9)).toHaveLength(2);
    }));

  it('AUDIT-5 removes lines at its beginning together with what is added', () =>
    opened(async (log) => {
      await log.append(more(5));
      await log.append(more(1), 3);
      expect((await log.read(0, 9)).map(({ seq }) => seq)).toEqual([4, 5, 6]);
    }));

  it.each([
    [`UPDATE audit_lines SET line = 'x' WHERE seq = 2`, 'never changes'],
    ['DELETE FROM audit_lines WHERE seq = 5', 'stays until retention'],
    ['UPDATE audit_head SET seq = 1', 'only goes on'],
  ])('AUDIT-3 is append-only for whoever makes a mistake: %s', async (sql, why) => {
    await opened(async (log) => {
      await log.append(more(5));
      await log.append(more(1), 1);
    });
    const db = new Database(file);
    expect(() => db.exec(sql)).toThrow(why);
    db.close();
  });

  it('AUDIT-5 leaves nothing of what was removed in the file', async () => {
    const secret = { seq: 1, line: 'who-was-here-a-year-ago' };
    await opened(async (log) => {
      await log.append(() => ({ lines: [secret], head: { seq: 1, hash: hash(1) } }));
      await log.append(more(1), 1);
    });
    for (const name of await readdir(dataDir)) {
      expect(await readFile(join(dataDir, name), 'latin1')).not.toContain(secret.line);
    }
  });
});

describe('looking at it', () => {
  it('AUDIT-4 works while a server has the store open and goes on writing', async () => {
    const data = await openSqliteSessionData({ dataDir });
    await opened(async (log) => {
      await log.append(more(3));
      const frozen = await openSqliteAuditReader({ dataDir, isFrozen: true });
      const reader = await openSqliteAuditReader({ dataDir });
      await log.append(more(2), 2);
      expect((await frozen.read(0, 9)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
      expect(await frozen.head()).toEqual({ seq: 3, hash: hash(3) });
      expect((await reader.read(0, 9)).map(({ seq }) => seq)).toEqual([3, 4, 5]);
      await Promise.all([frozen.close(), reader.close()]);
      await log.append(more(1));
    });
    await data.close();
  });

  it('AUDIT-4 works when no server runs, and changes nothing', async () => {
    await opened((log) => log.append(more(3)));
    const before = await readFile(file);
    const reader = await openSqliteAuditReader({ dataDir });
    expect(await reader.read(0, 9)).toHaveLength(3);
    await reader.close();
    await reader.close();
    expect(await readFile(file)).toEqual(before);
  });

  it('AUDIT-4 says that there is none, and makes none', async () => {
    const opening = openSqliteAuditReader({ dataDir });
    await expect(opening).rejects.toThrow(/audit\.db cannot be opened: it is not there.*DATA_DIR/);
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    [
      'another program’s database',
      () => {
        const db = new Database(file);
        db.exec('CREATE TABLE t (a)');
        db.close();
      },
      'another program',
    ],
    ['no database', () => writeFile(file, 'x'.repeat(5000)), 'not an SQLite database'],
  ])('STORE-1 %s is left alone', async (_what, make, why) => {
    await make();
    const before = await readFile(file);
    await expect(openSqliteAuditReader({ dataDir })).rejects.toThrow(why);
    await expect(openSqliteAuditLog({ dataDir })).rejects.toThrow(why);
    expect(await readFile(file)).toEqual(before);
  });

  it('STORE-1 one that a newer version wrote is left alone', async () => {
    await opened((log) => log.append(more(1)));
    const db = new Database(file);
    db.exec('PRAGMA user_version = 99');
    db.close();
    await expect(openSqliteAuditReader({ dataDir })).rejects.toThrow('newer version');
    await expect(openSqliteAuditLog({ dataDir })).rejects.toThrow('newer version');
  });
});
