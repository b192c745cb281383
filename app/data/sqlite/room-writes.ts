import type Database from 'libsql';
import type { Room, Time } from '../session-data.ts';
import type { Namespaces } from './namespaces.ts';
import { prepare, type Query } from './query.ts';
import { membersOf, type RoomRow, roomOf, rowOf } from './room-row.ts';

const COLUMNS = [
  'namespace_id',
  'state',
  'version',
  'members',
  'claimed_by',
  'knock_until',
  'urgent',
  'place',
  'arrival',
  'waiting_since',
  'patient_id',
  'ready',
  'missed_knocks',
  'created_at',
  'changed_at',
  'end_reason',
  'ended_by',
] as const satisfies readonly (keyof RoomRow)[];

type Stored = Pick<RoomRow, (typeof COLUMNS)[number]>;

/** What changes the rooms of the store. Every function takes several steps: call it in a transaction. */
export function roomWrites(db: Database.Database, namespaces: Namespaces) {
  const findStored = prepare<Stored & { entry_differs: 0 | 1; may_be_there: 0 | 1 }>(
    db,
    `SELECT r.*, e.entry IS NOT :entry AS entry_differs,
            :namespace_id IS NULL OR EXISTS (SELECT 1 FROM namespaces WHERE id = :namespace_id)
              AS may_be_there
       FROM rooms r LEFT JOIN room_entries e ON e.room_id = r.id WHERE r.id = :id`,
  );
  const insert = prepare(
    db,
    `INSERT INTO rooms (id, ${COLUMNS.join(', ')})
       VALUES (:id, ${COLUMNS.map((name) => `:${name}`).join(', ')})`,
  );
  const putEntry = prepare(
    db,
    `INSERT INTO room_entries (room_id, entry) VALUES (:id, :entry)
       ON CONFLICT (room_id) DO UPDATE SET entry = excluded.entry`,
  );
  const dropEntry = prepare(db, 'DELETE FROM room_entries WHERE room_id = :id');
  const addMember = prepare(
    db,
    'INSERT INTO room_members (room_id, client_id) VALUES (:id, :clientId) ON CONFLICT DO NOTHING',
  );
  const dropMember = prepare(
    db,
    'DELETE FROM room_members WHERE room_id = :id AND client_id = :clientId',
  );
  const forgetEnded = prepare(db, "DELETE FROM rooms WHERE state = 'ended' AND changed_at < :time");

  const updates = new Map<string, Query<never>>();

  /** Names the columns that differ and no others: SQLite writes an index whose columns are named anew. */
  function update(row: RoomRow, before: Stored): void {
    const changes = COLUMNS.filter((name) => row[name] !== before[name])
      .map((name) => `${name} = :${name}`)
      .join(', ');
    let query = updates.get(changes);
    if (query === undefined) {
      query = prepare(db, `UPDATE rooms SET ${changes} WHERE id = :id`);
      updates.set(changes, query);
    }
    query.run(row);
  }

  function writeEntry({ id, entry }: RoomRow): void {
    if (entry === null) dropEntry.run({ id });
    else putEntry.run({ id, entry });
  }

  function writeMembers(row: RoomRow, before: Set<string>): void {
    const now = liveMembers(row);
    for (const clientId of now) if (!before.has(clientId)) addMember.run({ id: row.id, clientId });
    for (const clientId of before) if (!now.has(clientId)) dropMember.run({ id: row.id, clientId });
  }

  function firstArrival(row: RoomRow): number | null {
    const isWaiting = row.state === 'waiting' || row.state === 'knocking';
    return isWaiting && row.namespace_id !== null ? namespaces.nextArrival(row.namespace_id) : null;
  }

  const isInNoNamespace = ({ namespaceId }: Room): boolean =>
    namespaceId !== null && !namespaces.has(namespaceId);

  return {
    /** False if the id is taken, or the room's namespace does not exist. */
    create(room: Room): boolean {
      if (isInNoNamespace(room)) return false;
      const row = rowOf(room);
      if (findStored.first({ id: row.id, entry: null }) !== undefined) return false;
      row.arrival = firstArrival(row);
      insert.run(row);
      if (row.entry !== null) writeEntry(row);
      writeMembers(row, new Set());
      return true;
    },

    /** Stores `room` if the stored version is `room.version` still, and its namespace exists. */
    save(room: Room): Room | undefined {
      const row = rowOf(room);
      const before = findStored.first({
        id: row.id,
        entry: row.entry,
        namespace_id: row.namespace_id,
      });
      if (before?.version !== row.version || before.may_be_there === 0) return undefined;
      row.version += 1;
      // A room that goes over to another namespace is new in that one's order.
      const isMoved = before.namespace_id !== row.namespace_id;
      row.arrival = (isMoved ? null : before.arrival) ?? firstArrival(row);
      update(row, before);
      if (before.entry_differs === 1) writeEntry(row);
      if (before.members !== row.members || before.state !== row.state) {
        writeMembers(row, liveMembers(before));
      }
      return roomOf(row);
    },

    /** Ends these rooms, as they are stored, because their namespace goes. */
    endAll(rooms: readonly Room[], now: Time): void {
      for (const room of rooms) {
        const row = rowOf({
          ...room,
          state: 'ended',
          version: room.version + 1,
          knockUntil: null,
          changedAt: now,
          endReason: 'namespace-removed',
          endedBy: null,
        });
        update(row, rowOf(room));
        writeEntry(row);
        writeMembers(row, new Set(room.members.map((member) => member.clientId)));
      }
    },

    forgetEnded: (time: Time): void => void forgetEnded.run({ time }),
  };
}

/** The clients that `roomsOf` has to find in this room. */
const liveMembers = (row: Pick<RoomRow, 'state' | 'members'>): Set<string> =>
  new Set(row.state === 'ended' ? [] : membersOf(row).map((member) => member.clientId));
