import type Database from 'libsql';
import type {
  ConsultationLength,
  ConsultationQuery,
  NotedConsultation,
} from '../consultation-records.ts';
import { type ConsultationRow, consultationOf } from './consultation-row.ts';
import { prepare } from './query.ts';

/** What is asked of the records of the store. */
export function consultationReads(db: Database.Database) {
  const find = prepare<ConsultationRow>(
    db,
    `SELECT * FROM consultations
       WHERE namespace_id = :namespaceId AND waited_from >= :from AND waited_from < :until
         AND (:roomId IS NULL OR room_id = :roomId)
       ORDER BY waited_from, id LIMIT :limit OFFSET :skip`,
  );
  // Written as the partial index has it: SQLite would not use that otherwise.
  const lengths = prepare<ConsultationLength>(
    db,
    `SELECT ended_at AS endedAt, ended_at - admitted_at AS lengthMs FROM consultations
       WHERE namespace_id = :namespaceId AND ended_at >= :since
         AND admitted_at IS NOT NULL AND end_reason IN ('doctor-ended', 'patient-ended')
       ORDER BY ended_at DESC, id DESC LIMIT :limit`,
  );

  return {
    find: ({ namespaceId, from, until, roomId, skip, limit }: ConsultationQuery) =>
      find
        .all({ namespaceId, from, until, roomId, skip, limit })
        .map((row): NotedConsultation => consultationOf(row)),
    lengths: (namespaceId: string, since: number, limit: number): ConsultationLength[] =>
      lengths
        .all({ namespaceId, since, limit })
        .map(({ endedAt, lengthMs }) => ({ endedAt, lengthMs })),
  };
}
