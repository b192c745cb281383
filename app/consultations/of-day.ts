import type { ConsultationRecord } from '@telemedicine-signaling/protocol';
import type { ConsultationRecords } from '../data/consultation-records.ts';
import { recordOf } from './record.ts';

/** How many records one answer holds. */
const PAGE = 500;

const DAY_MS = 24 * 60 * 60 * 1000;

export interface DayAsked {
  namespaceId: string;
  /** YYYY-MM-DD, in UTC. */
  day: string;
  /** Of this room alone, unless it is `null`. */
  roomId: string | null;
  skip: number;
}

export interface DayPage {
  consultations: ConsultationRecord[];
  /** What to skip to get those that come after; `null` if there are none. */
  next: number | null;
}

/** What whoever may not know of a namespace finds in it. */
export const NOTHING: DayPage = { consultations: [], next: null };

/** The records of the consultations whose patients began to wait on that day (SPEC RECORD-3). */
export async function consultationsOfDay(
  records: Pick<ConsultationRecords, 'find'>,
  { namespaceId, day, roomId, skip }: DayAsked,
): Promise<DayPage> {
  const from = Date.parse(`${day}T00:00:00Z`);
  // One more than is answered shows whether there are more.
  const limit = PAGE + 1;
  const query = { namespaceId, from, until: from + DAY_MS, roomId, skip, limit };
  const found = await records.find(query);
  return {
    consultations: found.slice(0, PAGE).map(recordOf),
    next: found.length > PAGE ? skip + PAGE : null,
  };
}
