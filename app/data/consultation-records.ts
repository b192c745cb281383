import type { RecordEndReason, Role, RoomState } from '@telemedicine-signaling/protocol';

// Times are milliseconds since 1970-01-01T00:00Z, as the injected clock tells them.

/** Something that a record keeps with its time (SPEC RECORD-2). Opaque ids only: nothing that a page sent. */
export type ConsultationMoment =
  /** The room has come into this state, or a doctor knocks again. */
  | { fact: 'is'; state: Exclude<RoomState, 'open' | 'ended'> }
  /** The time of a knock ran out. */
  | { fact: 'unanswered' }
  /** A member lost the connection. */
  | { fact: 'lost'; clientId: string; role: Role }
  /** That member is there again. */
  | { fact: 'back'; clientId: string };

/** Something that happened in the room of a consultation. */
export type ConsultationFact =
  /** A patient waits there, since `since`: a record begins. All other facts need one that has begun. */
  | { fact: 'waits'; namespaceId: string; clientId: string; since: number }
  /** The patient's page has come back as another client (SPEC RESUME-9). */
  | { fact: 'patient'; clientId: string }
  /** A doctor has come in. Only the first counts. */
  | { fact: 'admitted'; by: string | null }
  | ConsultationMoment
  /** The record is complete. `by` is null where it was the clock. */
  | { fact: 'ended'; reason: RecordEndReason; by: Role | null };

/** One consultation as it was noted: its times, and what happened between them, in order. */
export interface NotedConsultation {
  roomId: string;
  /** The patient's client-id, the latest one. */
  clientId: string;
  waitedFrom: number;
  admittedAt: number | null;
  /** The client-id of the doctor who came in first. */
  admittedBy: string | null;
  endedAt: number | null;
  endReason: RecordEndReason | null;
  endedBy: Role | null;
  moments: ({ at: number } & ConsultationMoment)[];
}

export interface ConsultationQuery {
  namespaceId: string;
  /** The time at which the patient began to wait lies in [from, until). */
  from: number;
  until: number;
  /** Of this room alone, unless it is `null`. */
  roomId: string | null;
  /** How many to leave out at the beginning, and how many to answer at most. */
  skip: number;
  limit: number;
}

/** How long a consultation took, from the first doctor's coming in to its end. */
export interface ConsultationLength {
  endedAt: number;
  lengthMs: number;
}

/** How many moments one record keeps; what comes after them leaves no trace but the end (SPEC RECORD-2). */
export const MOMENTS_KEPT = 500;

/**
 * The records of consultations, which outlive their rooms and namespaces. Most facts are noted with
 * the change of the room that they tell of (`SessionData.saveRoom`, `removeNamespace`,
 * `loseAllClients`); the promises are those of `SessionData`.
 */
export interface ConsultationRecords {
  /** Notes facts about the record of this room that has not ended; nothing where there is none. */
  note(roomId: string, at: number, facts: readonly ConsultationFact[]): Promise<void>;
  /** Records in the order in which their patients began to wait. */
  find(query: ConsultationQuery): Promise<NotedConsultation[]>;
  /** The last consultations of a namespace that doctor or patient ended at `since` or later, latest first. */
  lengths(namespaceId: string, since: number, limit: number): Promise<ConsultationLength[]>;
  /** Deletes records of consultations that ended before `time`, the oldest first, at most `limit`. */
  forgetEnded(time: number, limit: number): Promise<void>;
}
