import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import { EMPTY_HEAD } from '../audit-log.ts';
import { StoreOpenError } from '../store-open-error.ts';
import { AUDIT_APPLICATION_ID, AUDIT_MIGRATIONS } from './audit-schema.ts';
import { faultOf, openFault } from './open-faults.ts';
import { inTransaction } from './query.ts';

const FILE_NAME = 'audit.db';

/** How long is waited for another connection to the file, in milliseconds. It blocks. */
const PATIENCE_MS = { writing: 500, reading: 5000 };

/**
 * Opens `audit.db` in `dataDir` for writing; folder and file are made where missing.
 *
 * A file of its own, beside `signaling.db`: that one is locked against everybody while a server runs,
 * and the trail is to be looked at meanwhile, and to be kept when the rest is thrown away. Two servers
 * are kept apart by the lock on `signaling.db`. Attached to an empty database for the reason that
 * open-file.ts gives.
 * @throws StoreOpenError
 */
export function openAuditFile(dataDir: string): Database.Database {
  const file = resolve(dataDir, FILE_NAME);
  return opening(file, 'rwc', (db) => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    attach(db, file, 'rwc');
    const version = versionOf(db, file);
    // WAL, so that whoever reads keeps nobody from writing. What NORMAL promises: see open-file.ts.
    db.exec(`
      PRAGMA store.journal_mode = WAL;
      PRAGMA store.synchronous = NORMAL;
      PRAGMA store.secure_delete = ON;
    `);
    inTransaction(db, () => {
      db.exec(`
        ${AUDIT_MIGRATIONS.slice(version).join('\n').replace(':empty', EMPTY_HEAD.hash)}
        PRAGMA store.application_id = ${AUDIT_APPLICATION_ID};
        PRAGMA store.user_version = ${AUDIT_MIGRATIONS.length};
      `);
    });
  });
}

/**
 * Opens it for reading, while a server writes to it or not.
 * @throws StoreOpenError
 */
export function openAuditFileToRead(dataDir: string): Database.Database {
  const file = resolve(dataDir, FILE_NAME);
  return opening(file, 'ro', (db) => {
    if (statSync(file, { throwIfNoEntry: false }) === undefined) {
      const todo = 'Set DATA_DIR to the folder of a server that has run.';
      throw new StoreOpenError(file, 'failed', 'it is not there', todo);
    }
    attach(db, file, 'ro');
    versionOf(db, file);
  });
}

/** Gives the file up. */
export function closeAuditFile(db: Database.Database): void {
  try {
    db.exec('DETACH store');
  } catch {
    // It was not attached, or is in a state that the next start puts right, from its log.
  }
  db.close();
}

function opening(
  file: string,
  mode: 'ro' | 'rwc',
  prepare: (db: Database.Database) => void,
): Database.Database {
  const db = new Database(':memory:');
  try {
    db.exec(`PRAGMA busy_timeout = ${mode === 'ro' ? PATIENCE_MS.reading : PATIENCE_MS.writing}`);
    prepare(db);
    return db;
  } catch (error) {
    closeAuditFile(db);
    throw faultOf(file, error);
  }
}

function attach(db: Database.Database, file: string, mode: 'ro' | 'rwc'): void {
  const uri = `${pathToFileURL(file).href}?mode=${mode}`;
  db.exec(`ATTACH '${uri.replaceAll("'", "''")}' AS store`);
}

/** How many migrations the file has seen; none if it is new. */
function versionOf(db: Database.Database, file: string): number {
  const version = Number(firstOf(db, 'PRAGMA store.user_version'));
  const application = firstOf(db, 'PRAGMA store.application_id');
  const isEmpty = firstOf(db, 'SELECT count(*) FROM store.sqlite_schema') === 0;
  if (isEmpty && version === 0 && application === 0) return 0;
  if (application !== AUDIT_APPLICATION_ID) throw openFault(file, 'foreign');
  if (version <= AUDIT_MIGRATIONS.length) return version;
  throw openFault(file, 'newer', `version ${version}, this one knows ${AUDIT_MIGRATIONS.length}`);
}

/** The first column of the first row. */
function firstOf(db: Database.Database, sql: string): unknown {
  const row: unknown = db.prepare(sql).raw().get();
  return Array.isArray(row) ? row[0] : undefined;
}
