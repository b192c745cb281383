import type Database from 'libsql';
import type { ConsultationRecords } from './consultation-records.ts';
import { attempt } from './sqlite/attempt.ts';
import { consultationReads } from './sqlite/consultation-reads.ts';
import type { ConsultationWrites } from './sqlite/consultation-writes.ts';
import { inTransaction } from './sqlite/query.ts';

/** The port over the file of the session data, with whose changes most facts are noted. */
export function consultationRecordsIn(
  db: Database.Database,
  writes: ConsultationWrites,
): ConsultationRecords {
  const reads = consultationReads(db);
  return {
    note: (roomId, at, facts) =>
      attempt(() => inTransaction(db, () => writes.note(roomId, at, facts))),
    find: (query) => attempt(() => reads.find(query)),
    lengths: (namespaceId, since, limit) => attempt(() => reads.lengths(namespaceId, since, limit)),
    forgetEnded: (time, limit) => attempt(() => writes.forgetEnded(time, limit)),
  };
}
