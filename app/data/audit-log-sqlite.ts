import type Database from 'libsql';
import { SignalingError } from '../errors/signaling-error.ts';
import type { AuditHead, AuditLog, AuditReader, Extension, StoredLine } from './audit-log.ts';
import { closeAuditFile, openAuditFile, openAuditFileToRead } from './sqlite/audit-file.ts';
import { inTransaction, prepare } from './sqlite/query.ts';

export interface AuditLogPlace {
  dataDir: string;
}

/**
 * Opens the audit trail in `audit.db` under `dataDir`, which is made if it is not there.
 * @throws StoreOpenError which says what to do
 */
export async function openSqliteAuditLog({ dataDir }: AuditLogPlace): Promise<AuditLog> {
  return logIn(openAuditFile(dataDir));
}

/**
 * Opens the audit trail to look at. With `isFrozen` it stays as it is now, as far as this reader sees,
 * until it is closed; not for longer than it takes to read, since a server's log grows meanwhile.
 * @throws StoreOpenError which says what to do
 */
export async function openSqliteAuditReader({
  dataDir,
  isFrozen = false,
}: AuditLogPlace & { isFrozen?: boolean }): Promise<AuditReader> {
  const db = openAuditFileToRead(dataDir);
  const reader = readerIn(db);
  if (isFrozen) {
    db.exec('BEGIN');
    // It is the first look that fixes what is seen.
    await reader.head();
  }
  return reader;
}

function readerIn(db: Database.Database): AuditReader {
  const read = prepare<StoredLine>(
    db,
    'SELECT seq, line FROM audit_lines WHERE seq > :seq ORDER BY seq LIMIT :limit',
  );
  const head = prepare<AuditHead>(db, 'SELECT seq, hash FROM audit_head');
  let isOpen = true;
  return {
    read: async (seq, limit) => read.all({ seq, limit }),
    async head() {
      const found = head.first({});
      return found && { seq: found.seq, hash: found.hash };
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      if (db.inTransaction) db.exec('COMMIT');
      closeAuditFile(db);
    },
  };
}

function logIn(db: Database.Database): AuditLog {
  const reader = readerIn(db);
  const add = prepare(db, 'INSERT INTO audit_lines (seq, line) VALUES (:seq, :line)');
  const head = prepare<AuditHead>(db, 'SELECT seq, hash FROM audit_head');
  const move = prepare(db, 'UPDATE audit_head SET seq = :seq, hash = :hash');
  const allow = prepare(db, 'UPDATE audit_head SET pruned_through = :through');
  const remove = prepare(db, 'DELETE FROM audit_lines WHERE seq <= :through');

  function extend(by: (head: AuditHead) => Extension, through: number | undefined): void {
    const last = head.first({});
    if (last === undefined) throw new Error('the head record of the audit trail is missing');
    const { lines, head: next } = by(last);
    for (const { seq, line } of lines) add.run({ seq, line });
    move.run({ seq: next.seq, hash: next.hash });
    if (through === undefined) return;
    allow.run({ through });
    remove.run({ through });
  }

  return {
    ...reader,
    async append(by, through) {
      try {
        inTransaction(db, () => extend(by, through));
      } catch (cause) {
        const error = new SignalingError('store-unavailable');
        error.cause = cause;
        throw error;
      }
    },
  };
}
