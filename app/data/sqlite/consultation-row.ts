import type { RecordEndReason, Role } from '@telemedicine-signaling/protocol';
import type { NotedConsultation } from '../consultation-records.ts';

/** A record as the store keeps it. */
export interface ConsultationRow {
  room_id: string;
  client_id: string;
  waited_from: number;
  admitted_at: number | null;
  admitted_by: string | null;
  ended_at: number | null;
  end_reason: RecordEndReason | null;
  ended_by: Role | null;
  /** JSON. */
  moments: string;
}

export const consultationOf = (row: ConsultationRow): NotedConsultation => ({
  roomId: row.room_id,
  clientId: row.client_id,
  waitedFrom: row.waited_from,
  admittedAt: row.admitted_at,
  admittedBy: row.admitted_by,
  endedAt: row.ended_at,
  endReason: row.end_reason,
  endedBy: row.ended_by,
  moments: JSON.parse(row.moments) as NotedConsultation['moments'],
});
