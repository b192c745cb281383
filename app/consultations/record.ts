import type { ConsultationRecord, Role } from '@telemedicine-signaling/protocol';
import type { NotedConsultation } from '../data/consultation-records.ts';

type Span = ConsultationRecord['holds'][number];
type Lost = ConsultationRecord['lost'][number];

/** The record of a consultation as it is told, from what was noted of it (SPEC RECORD-1). */
export function recordOf(noted: NotedConsultation): ConsultationRecord {
  return {
    'room-id': noted.roomId,
    'client-id': noted.clientId,
    'waited-from': iso(noted.waitedFrom),
    'waited-again': spansIn(noted, isWaitingAgain),
    knocks: noted.moments.filter((one) => one.fact === 'is' && one.state === 'knocking').length,
    'unanswered-knocks': noted.moments.filter(({ fact }) => fact === 'unanswered').length,
    'admitted-at': isoOrNull(noted.admittedAt),
    'admitted-by': noted.admittedBy,
    holds: spansIn(noted, ({ state }) => state === 'on-hold'),
    lost: lostIn(noted),
    'ended-at': isoOrNull(noted.endedAt),
    'end-reason': noted.endReason,
    'ended-by': noted.endedBy,
  };
}

type Moment = NotedConsultation['moments'][number];
type InState = Extract<Moment, { fact: 'is' }>;

const isWaitingAgain = ({ at, state }: InState, { admittedAt }: NotedConsultation): boolean =>
  admittedAt !== null && at >= admittedAt && (state === 'waiting' || state === 'knocking');

/** While the room was in the states that `counts` picks; the end of the consultation ends the last of them. */
function spansIn(
  noted: NotedConsultation,
  counts: (moment: InState, noted: NotedConsultation) => boolean,
): Span[] {
  const spans: Span[] = [];
  let from: number | null = null;
  for (const moment of noted.moments) {
    if (moment.fact !== 'is') continue;
    const isIn = counts(moment, noted);
    if (isIn) from ??= moment.at;
    else if (from !== null) {
      spans.push({ from: iso(from), to: iso(moment.at) });
      from = null;
    }
  }
  if (from !== null) spans.push({ from: iso(from), to: isoOrNull(noted.endedAt) });
  return spans;
}

/** Lost twice without being back, or back without having been lost, is noted around a restart: it counts once. */
function lostIn({ moments }: NotedConsultation): Lost[] {
  const lost: Lost[] = [];
  const open = new Map<string, Lost>();
  for (const moment of moments) {
    if (moment.fact === 'lost' && !open.has(moment.clientId)) {
      const one = lostOne(moment.role, moment.clientId, moment.at);
      open.set(moment.clientId, one);
      lost.push(one);
    } else if (moment.fact === 'back') {
      const one = open.get(moment.clientId);
      open.delete(moment.clientId);
      if (one !== undefined) one['back-at'] = iso(moment.at);
    }
  }
  return lost;
}

const lostOne = (role: Role, clientId: string, at: number): Lost => ({
  role,
  'client-id': clientId,
  'lost-at': iso(at),
  'back-at': null,
});

const iso = (time: number): string => new Date(time).toISOString();

const isoOrNull = (time: number | null): string | null => (time === null ? null : iso(time));
