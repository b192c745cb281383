import type { Role } from '@telemedicine-signaling/protocol';
import type Database from 'libsql';
import { type ConsultationFact, MOMENTS_KEPT } from '../consultation-records.ts';
import { prepare } from './query.ts';
import { membersOf } from './room-row.ts';

export type ConsultationWrites = ReturnType<typeof consultationWrites>;

/**
 * What changes the records of the store. Every function takes several steps: call it in a transaction.
 * With `keepsRecords` false none begins; those that had begun before go on to their end.
 */
export function consultationWrites(db: Database.Database, keepsRecords: boolean) {
  const begin = prepare(
    db,
    `INSERT INTO consultations (namespace_id, room_id, client_id, waited_from)
       VALUES (:namespaceId, :roomId, :clientId, :since)`,
  );
  const change = (changes: string) =>
    prepare(db, `UPDATE consultations SET ${changes} WHERE room_id = :roomId AND ended_at IS NULL`);
  const setPatient = change('client_id = :clientId');
  const admit = change(
    'admitted_by = iif(admitted_at IS NULL, :by, admitted_by), admitted_at = coalesce(admitted_at, :at)',
  );
  const end = change('ended_at = :at, end_reason = :reason, ended_by = :by');
  const add = change(
    `moments = iif(json_array_length(moments) < ${MOMENTS_KEPT},
       json_insert(moments, '$[#]', json(:moment)), moments)`,
  );
  const endInNamespace = prepare(
    db,
    `UPDATE consultations SET ended_at = :at, end_reason = 'namespace-removed'
       WHERE namespace_id = :namespaceId AND ended_at IS NULL`,
  );
  const underWay = prepare<{ roomId: string; members: string }>(
    db,
    `SELECT r.id AS roomId, r.members FROM consultations c JOIN rooms r ON r.id = c.room_id
       WHERE c.ended_at IS NULL`,
  );
  const forget = prepare(
    db,
    `DELETE FROM consultations WHERE id IN
       (SELECT id FROM consultations WHERE ended_at < :time ORDER BY ended_at LIMIT :limit)`,
  );

  function noteOne(roomId: string, at: number, fact: ConsultationFact): void {
    switch (fact.fact) {
      case 'waits': {
        const { namespaceId, clientId, since } = fact;
        if (keepsRecords) begin.run({ namespaceId, roomId, clientId, since });
        return;
      }
      case 'patient':
        setPatient.run({ roomId, clientId: fact.clientId });
        return;
      case 'admitted':
        admit.run({ roomId, at, by: fact.by });
        return;
      case 'ended':
        end.run({ roomId, at, reason: fact.reason, by: fact.by });
        return;
      default:
        add.run({ roomId, moment: JSON.stringify({ at, ...fact }) });
    }
  }

  return {
    note(roomId: string, at: number, facts: readonly ConsultationFact[]): void {
      for (const fact of facts) noteOne(roomId, at, fact);
    },

    /** The namespace is removed, and its rooms end with it. */
    endAllIn: (namespaceId: string, at: number): void =>
      void endInNamespace.run({ namespaceId, at }),

    /** Everybody who is in a consultation has lost the connection, at `at` at the latest. */
    loseAll(at: number): void {
      for (const { roomId, members } of underWay.all({})) {
        for (const { clientId, role } of membersOf({ members })) {
          noteOne(roomId, at, lost(clientId, role));
        }
      }
    },

    forgetEnded: (time: number, limit: number): void => void forget.run({ time, limit }),
  };
}

const lost = (clientId: string, role: Role): ConsultationFact => ({ fact: 'lost', clientId, role });
