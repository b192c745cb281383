import type { ConsultationFact, ConsultationMoment } from '../data/consultation-records.ts';
import type { Member, Room, Time } from '../data/session-data.ts';
import { isWaiting } from './consultation.ts';

/**
 * What the record of a consultation notes of a room that changes at `now` (SPEC RECORD-1): one place for
 * every step of every use case, since all of them pass through `changeRoom`.
 */
export function factsOf(before: Room, after: Room, now: Time): ConsultationFact[] {
  if (after.namespaceId !== before.namespaceId && before.namespaceId !== null && isBegun(before)) {
    return [{ fact: 'ended', reason: 'transferred', by: 'doctor' }, ...beginning(after)];
  }
  if (!isBegun(before)) return isBegun(after) ? beginning(after) : [];
  return [...returning(before, after), ...moving(before, after, now), ...ending(after)];
}

/** A room into which no patient came leaves no record. */
const isBegun = (room: Room): boolean => room.waitingSince !== null;

/** Where a patient waits a record begins: at once, or in another namespace after a transfer. */
function beginning(room: Room): ConsultationFact[] {
  const { namespaceId, waitingSince: since } = room;
  const clientId = patientIn(room);
  if (namespaceId === null || since === null || clientId === undefined) return [];
  return [{ fact: 'waits', namespaceId, clientId, since }];
}

/** The patient's page has come back as another client. */
function returning(before: Room, after: Room): ConsultationFact[] {
  const former = patientIn(before);
  const clientId = patientIn(after);
  if (former === undefined || clientId === undefined || former === clientId) return [];
  return [
    { fact: 'back', clientId: former },
    { fact: 'patient', clientId },
  ];
}

function moving(before: Room, after: Room, now: Time): ConsultationFact[] {
  const { state } = after;
  if (state === 'open' || state === 'ended') return [];
  const facts: ConsultationFact[] = [];
  const isUnanswered = before.knockUntil !== null && before.knockUntil <= now;
  if (before.state === 'knocking' && state === 'waiting' && isUnanswered) {
    facts.push({ fact: 'unanswered' });
  }
  const isAdmitted = isWaiting(before.state) && state === 'in-consultation';
  if (isAdmitted) facts.push({ fact: 'admitted', by: after.claimedBy });
  if (before.state !== state || isAnotherKnock(before, after)) facts.push({ fact: 'is', state });
  return facts;
}

const isAnotherKnock = (before: Room, after: Room): boolean =>
  after.state === 'knocking' &&
  (before.claimedBy !== after.claimedBy || before.knockUntil !== after.knockUntil);

const ending = ({ state, endReason, endedBy }: Room): ConsultationFact[] =>
  state === 'ended' && endReason !== null
    ? [{ fact: 'ended', reason: endReason, by: endedBy }]
    : [];

/** What it notes of a member whose connection is lost, or there again. */
export const attendanceFact = (
  { id: clientId, role }: Pick<Member, 'role'> & { id: string },
  event: 'client-disconnected' | 'client-reconnected',
): ConsultationMoment =>
  event === 'client-disconnected' ? { fact: 'lost', clientId, role } : { fact: 'back', clientId };

const patientIn = ({ members }: Room): string | undefined =>
  members.find(({ role }) => role === 'patient')?.clientId;
