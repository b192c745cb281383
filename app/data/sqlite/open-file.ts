import { closeSync, existsSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import type { StoreOpenError } from '../store-open-error.ts';
import { faultOf, openFault } from './open-faults.ts';
import { inTransaction } from './query.ts';
import { APPLICATION_ID, MIGRATIONS } from './schema.ts';
import { sqliteCode } from './sqlite-code.ts';
import { emptyLog } from './wipe.ts';

const FILE_NAME = 'signaling.db';

/** How a file is opened, as an URI of SQLite has it. */
type Mode = 'ro' | 'ro&immutable=1' | 'rw' | 'rwc';

/** How long opening waits for a server that is just stopping, in milliseconds. It blocks. */
const PATIENCE_MS = 500;

/** At how many pages of 4 KiB the log is written into the file: rarely, since that waits for the disk. */
const LOG_PAGES = 4000;

/** SQLITE_READONLY_ROLLBACK: an interrupted change has to be undone, which takes a writer. */
const NEEDS_ROLLBACK = 776;

/**
 * Opens `signaling.db` in `dataDir` for this process alone; folder and file are made where missing.
 *
 * The file is attached to an empty database in memory: libsql gives a connection up only when the
 * garbage collector has taken its last statement, while DETACH gives the file up at once.
 *
 * The lock that keeps a second server out is SQLite's own on the file (`locking_mode = EXCLUSIVE`); the
 * system drops it with the process, whichever way that ends. On POSIX systems it would also be dropped
 * by any other code of this process that opens and closes the file, so nothing does that while it is open.
 * @throws StoreOpenError with the file as it was
 */
export function openStoreFile(dataDir: string): Database.Database {
  const file = resolve(dataDir, FILE_NAME);
  const db = new Database(':memory:');
  try {
    askTheSystem(file, () => mkdirSync(dirname(file), { recursive: true, mode: 0o700 }));
    db.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}`);
    if (isThere(file)) {
      inspect(db, file);
      // SQLite would open it for reading only. Nobody in this process has it open: see above.
      askTheSystem(file, () => closeSync(openSync(file, 'r+')));
    }
    db.exec('PRAGMA locking_mode = EXCLUSIVE');
    attach(db, file, 'rwc');
    setUp(db);
    // Left by the inspection of a log. Nobody can have it mapped now that the lock is ours.
    rmSync(`${file}-shm`, { force: true });
    return db;
  } catch (error) {
    closeStoreFile(db);
    throw faultOf(file, error);
  }
}

/**
 * Looks at `signaling.db` in `dataDir` without making or changing anything. Not for a process that has it
 * open: see above.
 * @throws StoreOpenError which says why it could not be opened
 */
export function inspectStoreFile(dataDir: string): 'absent' | 'good' {
  const file = resolve(dataDir, FILE_NAME);
  try {
    if (!isThere(file)) return 'absent';
    inspectWithoutTrace(file);
  } catch (error) {
    // What was interrupted the next start undoes.
    if (sqliteCode(error) !== NEEDS_ROLLBACK) throw faultOf(file, error);
  }
  return 'good';
}

/** The server may run as somebody else, who could not write what the look leaves there. */
function inspectWithoutTrace(file: string): void {
  const [log, index] = [`${file}-wal`, `${file}-shm`];
  const hasIndex = existsSync(index);
  const db = new Database(':memory:');
  try {
    db.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}`);
    // Without a log nobody has it open, and SQLite need not make one to look into the file.
    inspectAs(db, file, existsSync(log) ? 'ro' : 'ro&immutable=1');
  } finally {
    db.close();
    if (!hasIndex) rmSync(index, { force: true });
  }
}

/** Writes what is in the log into the file, and gives it up. */
export function closeStoreFile(db: Database.Database): void {
  try {
    db.exec('DETACH store');
  } catch {
    // It was not attached, or is in a state in which only the next start can put it right, from its log.
  }
  db.close();
}

function askTheSystem(file: string, what: () => void): void {
  try {
    what();
  } catch (error) {
    throw openFault(file, 'not-writable', error instanceof Error ? error.message : '', error);
  }
}

function isThere(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined || found.isFile()) return found !== undefined;
  throw openFault(file, 'not-a-database', 'it is not a file at all');
}

/**
 * Looks at the file without the right to change it: opened for writing it would have its log applied.
 * What this may leave beside it is an empty log and the index of the log.
 */
function inspect(db: Database.Database, file: string): void {
  try {
    inspectAs(db, file, 'ro');
  } catch (error) {
    if (sqliteCode(error) !== NEEDS_ROLLBACK) throw error;
    inspectAs(db, file, 'rw');
  }
}

function inspectAs(db: Database.Database, file: string, mode: Mode): void {
  attach(db, file, mode);
  try {
    const fault = faultInside(db, file);
    if (fault !== undefined) throw fault;
  } finally {
    db.exec('DETACH store');
  }
}

function faultInside(db: Database.Database, file: string): StoreOpenError | undefined {
  const found = firstOf(db, 'PRAGMA store.quick_check(1)');
  if (found !== 'ok') return openFault(file, 'damaged', String(found));
  const version = Number(firstOf(db, 'PRAGMA store.user_version'));
  const application = firstOf(db, 'PRAGMA store.application_id');
  const isEmpty = firstOf(db, 'SELECT count(*) FROM store.sqlite_schema') === 0;
  if (isEmpty && version === 0 && application === 0) return undefined;
  if (application !== APPLICATION_ID) return openFault(file, 'foreign');
  if (version <= MIGRATIONS.length) return undefined;
  return openFault(file, 'newer', `version ${version}, this server knows ${MIGRATIONS.length}`);
}

/**
 * WAL with `synchronous = NORMAL`: what is committed is in the hands of the system, so that SIGKILL of
 * this process loses nothing. Only a power loss or a crash of the system can lose the last changes, and
 * then the file is whole up to them. FULL would cost an fsync a change.
 *
 * `secure_delete`: what a patient's page sent is overwritten in the file when its room ends, and a little
 * later in the log too (`tidy`).
 */
function setUp(db: Database.Database): void {
  const mode = firstOf(db, 'PRAGMA store.journal_mode = WAL');
  if (mode !== 'wal') throw new Error(`the journal mode stays ${String(mode)}`);
  db.exec(`
    PRAGMA store.synchronous = NORMAL;
    PRAGMA store.secure_delete = ON;
    PRAGMA store.wal_autocheckpoint = ${LOG_PAGES};
    PRAGMA foreign_keys = ON;
  `);
  const version = Number(firstOf(db, 'PRAGMA store.user_version'));
  // Also with nothing to migrate this writes, which proves at the start that the file can be written.
  inTransaction(db, () => {
    db.exec(`
      ${MIGRATIONS.slice(version).join('\n')}
      PRAGMA store.application_id = ${APPLICATION_ID};
      PRAGMA store.user_version = ${MIGRATIONS.length};
    `);
  });
  // What a server that was killed left there.
  emptyLog(db);
}

function attach(db: Database.Database, file: string, mode: Mode): void {
  const uri = `${pathToFileURL(file).href}?mode=${mode}`;
  db.exec(`ATTACH '${uri.replaceAll("'", "''")}' AS store`);
}

/** The first column of the first row. */
function firstOf(db: Database.Database, sql: string): unknown {
  const row: unknown = db.prepare(sql).raw().get();
  return Array.isArray(row) ? row[0] : undefined;
}
