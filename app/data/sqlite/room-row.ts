import type {
  EndReason,
  Passed,
  Readiness,
  Role,
  RoomState,
} from '@telemedicine-signaling/protocol';
import type { Member, Room } from '../session-data.ts';

/** A room as the store keeps it: the columns of `rooms`, and `entry` of `room_entries`. */
export type RoomRow = {
  id: string;
  namespace_id: string | null;
  state: RoomState;
  version: number;
  /** JSON. */
  members: string;
  claimed_by: string | null;
  knock_until: number | null;
  urgent: 0 | 1;
  place: number;
  arrival: number | null;
  waiting_since: number | null;
  /** JSON. */
  patient_id: string | null;
  /** JSON. */
  ready: string | null;
  missed_knocks: number;
  created_at: number;
  changed_at: number;
  end_reason: EndReason | null;
  ended_by: Role | null;
  /** JSON. */
  entry: string | null;
};

const textOf = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

/** The row to store for `room`; a room that has ended keeps nothing of what its patient sent. */
export const rowOf = (room: Room): RoomRow => ({
  id: room.id,
  namespace_id: room.namespaceId,
  state: room.state,
  version: room.version,
  members: JSON.stringify(room.members),
  claimed_by: room.claimedBy,
  knock_until: room.knockUntil,
  urgent: room.urgent ? 1 : 0,
  place: room.place,
  arrival: room.arrival,
  waiting_since: room.waitingSince,
  patient_id: room.state === 'ended' ? null : textOf(room.patientId),
  ready: textOf(room.ready),
  missed_knocks: room.missedKnocks,
  created_at: room.createdAt,
  changed_at: room.changedAt,
  end_reason: room.endReason,
  ended_by: room.endedBy,
  entry: room.state === 'ended' ? null : textOf(room.entry),
});

export const roomOf = (row: RoomRow): Room => ({
  id: row.id,
  namespaceId: row.namespace_id,
  state: row.state,
  version: row.version,
  members: membersOf(row),
  claimedBy: row.claimed_by,
  knockUntil: row.knock_until,
  urgent: row.urgent === 1,
  place: row.place,
  arrival: row.arrival,
  waitingSince: row.waiting_since,
  entry: row.entry === null ? null : (JSON.parse(row.entry) as Passed),
  patientId: patientIdOf(row),
  ready: row.ready === null ? null : (JSON.parse(row.ready) as Readiness),
  missedKnocks: row.missed_knocks,
  createdAt: row.created_at,
  changedAt: row.changed_at,
  endReason: row.end_reason,
  endedBy: row.ended_by,
});

export const membersOf = (row: Pick<RoomRow, 'members'>): Member[] =>
  JSON.parse(row.members) as Member[];

/** How a `patientId` stands in the store: the driver would cut plain text at a NUL. */
export const patientKey = (patientId: string): string => JSON.stringify(patientId);

const patientIdOf = (row: RoomRow): string | null =>
  row.patient_id === null ? null : (JSON.parse(row.patient_id) as string);
