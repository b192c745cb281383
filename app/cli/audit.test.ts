import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditLines, runAudit, tamper } from '../../test/support/audit.ts';
import { linesAfter } from '../audit/line.ts';
import { openSqliteAuditLog } from '../data/audit-log-sqlite.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'audit-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

async function write(count: number): Promise<void> {
  const log = await openSqliteAuditLog({ dataDir });
  const facts = Array.from({ length: count }, (_, n) => ({
    at: Date.UTC(2030, 0, 1 + n),
    fact: { action: 'joined', subject: 'Dr. “Ü”' } as const,
  }));
  await log.append((head) => linesAfter(head, facts));
  await log.close();
}

const run = (...args: string[]) => runAudit(dataDir, ...args);

describe('audit verify', () => {
  it('AUDIT-4 ends with 0, says so in a sentence, and names the head', async () => {
    await write(2);
    const [, last] = await auditLines(dataDir);
    expect(await run('verify')).toEqual({
      code: 0,
      stdout: `The audit trail is whole: 2 lines, from 2030-01-01T00:00:00.000Z to 2030-01-02T00:00:00.000Z.
Its head, to be noted elsewhere: 2:${last?.hash}\n`,
      stderr: '',
    });
  });

  it('AUDIT-4 ends with 0 where nothing was written yet', async () => {
    await write(0);
    const { code, stdout } = await run('verify');
    expect([code, stdout]).toEqual([0, expect.stringContaining('Nothing was written')]);
  });

  it('AUDIT-4 ends with 1 and names the first line that is not right', async () => {
    await write(5);
    tamper(dataDir, 'DELETE FROM audit_lines WHERE seq = 3');
    const { code, stdout } = await run('verify');
    expect(code).toBe(1);
    expect(stdout).toBe(
      'The audit trail is broken. The first line that is not right is line 3: it is missing.\n',
    );
  });

  it('AUDIT-4 compares with heads that were noted', async () => {
    await write(3);
    const [first, second] = await auditLines(dataDir);
    const noted = ['--noted', `1:${first?.hash}`, '--noted', `2:${second?.hash}`];
    expect((await run('verify', ...noted)).code).toBe(0);
    const { code, stdout } = await run('verify', '--noted', `3:${first?.hash}`);
    expect([code, stdout]).toEqual([1, expect.stringContaining('line 3')]);
  });

  it.each(['', '3', '3:abc', `x:${'0'.repeat(64)}`])('no head: %j', async (noted) => {
    await write(1);
    expect(await run('verify', '--noted', noted)).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('audit export', () => {
  it('AUDIT-8 writes each line as one JSON object, and nothing else', async () => {
    await write(1203);
    const { code, stdout, stderr } = await run('export');
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line).seq)).toEqual(
      [...Array(1203).keys()].map((n) => n + 1),
    );
    expect(JSON.parse(lines[0] ?? '').subject).toBe('Dr. “Ü”');
  });

  it('AUDIT-8 goes on after a line', async () => {
    await write(5);
    const { stdout } = await run('export', '--after', '3');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).seq)).toEqual([4, 5]);
    expect(await run('export', '--after', '5')).toMatchObject({ code: 0, stdout: '' });
    expect(await run('export', '--after', 'x')).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('where there is none', () => {
  it.each(['verify', 'export'])(
    'AUDIT-4 audit %s ends with 1 and says what to do',
    async (what) => {
      const { code, stdout, stderr } = await run(what);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(
        /^error: .*audit\.db cannot be opened: it is not there\. Set DATA_DIR/,
      );
    },
  );
});
