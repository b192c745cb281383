import { join } from 'node:path';
import { Writable } from 'node:stream';
import Database from 'libsql';
import { linesOf } from '../../app/audit/verify.ts';
import { auditCommand } from '../../app/cli/audit.ts';
import { openSqliteAuditReader } from '../../app/data/audit-log-sqlite.ts';
import { type Ended, Process, ROOT } from './process.ts';
import { type CommandRun, runCommand } from './run-command.ts';

export type Line = Record<string, unknown> & { seq: number; action: string };

/** The lines of the audit trail in `dataDir` after the one of number `after`, also while a server runs. */
export async function auditLines(dataDir: string, after = 0): Promise<Line[]> {
  const reader = await openSqliteAuditReader({ dataDir });
  try {
    const lines: Line[] = [];
    for await (const { line } of linesOf(reader, after)) lines.push(JSON.parse(line));
    return lines;
  } finally {
    await reader.close();
  }
}

/** What a line says, without its place in the chain. */
export function said({ seq: _seq, at: _at, prev: _prev, hash: _hash, ...rest }: Line): object {
  return rest;
}

/** Changes the file behind the server's back, as whoever can write to it could. */
export function tamper(dataDir: string, sql: string): void {
  const db = new Database(join(dataDir, 'audit.db'));
  try {
    for (const trigger of ['lines_never_change', 'lines_stay', 'head_goes_on']) {
      db.exec(`DROP TRIGGER IF EXISTS audit_${trigger}`);
    }
    db.exec(sql);
  } finally {
    db.close();
  }
}

/** Runs `audit …` in this process. */
export const runAudit = (dataDir: string, ...args: string[]): Promise<CommandRun> =>
  runCommand(
    ({ stdout, ...ends }) =>
      auditCommand({
        open: (how) => openSqliteAuditReader({ dataDir, ...how }),
        stdout: new Writable({
          decodeStrings: false,
          write(text: string, _encoding, done) {
            stdout(text);
            done();
          },
        }),
        ...ends,
      }),
    args,
  );

/** Node's arguments to run a file of app/ as it stands, without building it. */
const asSource = (file: string, ...args: string[]): string[] => [
  '--conditions=source',
  '--import',
  'tsx',
  join(ROOT, 'app', file),
  ...args,
];

/** Runs `telemedicine-signaling audit …` as a process of its own. */
export const auditProcess = (dataDir: string, ...args: string[]): Promise<Ended> =>
  new Process(process.execPath, asSource('cli.ts', 'audit', ...args), ROOT, {
    DATA_DIR: dataDir,
  }).end();

/** A server as a process of its own, to be killed. */
export const serverProcess = (env: Record<string, string>): Process =>
  new Process(process.execPath, asSource('server.ts'), ROOT, { EXPRESS_PORT: '0', ...env });
