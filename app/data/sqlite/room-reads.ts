import type Database from 'libsql';
import type { Room, Time } from '../session-data.ts';
import { prepare, type Values } from './query.ts';
import { patientKey, type RoomRow, roomOf } from './room-row.ts';

const LIVE = "r.state <> 'ended'";
/** Written as the partial index has it: SQLite would not use that otherwise. */
const WAITS = "r.state IN ('waiting', 'knocking')";

const IN_ORDER = 'r.urgent DESC, r.place, r.arrival';

/** What is asked of the rooms of the store. */
export function roomReads(db: Database.Database) {
  const rooms = (rest: string): ((values: Values) => Room[]) => {
    const query = prepare<RoomRow>(
      db,
      `SELECT r.*, e.entry FROM rooms r LEFT JOIN room_entries e ON e.room_id = r.id ${rest}`,
    );
    return (values) => query.all(values).map(roomOf);
  };
  const count = (sql: string): ((values: Values) => number) => {
    const query = prepare<{ n: number }>(db, sql);
    return (values) => query.first(values)?.n ?? 0;
  };

  const byId = rooms('WHERE r.id = :id');
  const waiting = rooms(`WHERE r.namespace_id = :namespaceId AND ${WAITS} ORDER BY ${IN_ORDER}`);
  const countWaiting = count(
    // By itself SQLite would go through all rooms of the namespace, those that have ended too.
    `SELECT count(*) AS n FROM rooms r INDEXED BY rooms_waiting
      WHERE r.namespace_id = :namespaceId AND ${WAITS}`,
  );
  // Two counts, each one range of the waiting index; one condition with OR would read all who wait.
  const those = `SELECT count(*) FROM rooms r WHERE r.namespace_id = self.namespace_id AND ${WAITS}`;
  const countAhead = count(
    `SELECT (${those} AND r.urgent > self.urgent)
          + (${those} AND r.urgent = self.urgent AND (r.place, r.arrival) < (self.place, self.arrival))
         AS n
       FROM rooms self WHERE self.id = :id`,
  );
  const live = rooms(
    `WHERE r.namespace_id = :namespaceId AND ${LIVE} ORDER BY NOT (${WAITS}), ${IN_ORDER}`,
  );
  const ofMember = rooms(
    `JOIN room_members m ON m.room_id = r.id WHERE m.client_id = :clientId AND ${LIVE}`,
  );
  const claimedBy = rooms(`WHERE r.claimed_by = :clientId AND ${LIVE}`);
  const ofPatient = rooms(
    `WHERE r.namespace_id = :namespaceId AND r.patient_id = :patientKey AND ${LIVE}`,
  );
  const knockedUntil = rooms(
    `WHERE r.knock_until <= :now AND ${LIVE} ORDER BY r.knock_until LIMIT :limit`,
  );
  const unusedSince = rooms(
    "WHERE r.state = 'open' AND r.created_at < :time ORDER BY r.created_at LIMIT :limit",
  );

  return {
    find: (id: string): Room | undefined => byId({ id })[0],
    waiting: (namespaceId: string) => waiting({ namespaceId }),
    countWaiting: (namespaceId: string) => countWaiting({ namespaceId }),
    /** By the stored room, which alone knows its arrival. */
    countAhead: (id: string) => countAhead({ id }),
    /** Not ended, in waiting order first. */
    liveIn: (namespaceId: string) => live({ namespaceId }),
    ofMember: (clientId: string) => ofMember({ clientId }),
    claimedBy: (clientId: string) => claimedBy({ clientId }),
    ofPatient: (namespaceId: string, patientId: string) =>
      ofPatient({ namespaceId, patientKey: patientKey(patientId) }),
    knockedUntil: (now: Time, limit: number) => knockedUntil({ now, limit }),
    unusedSince: (time: Time, limit: number) => unusedSince({ time, limit }),
  };
}
