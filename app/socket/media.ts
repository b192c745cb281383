import type { Passed } from '@telemedicine-signaling/protocol';
import { SignalingError } from '../errors/signaling-error.ts';
import { assertCandidate } from './candidate.ts';
import { assertDescription } from './description.ts';
import { mayReach, type Session } from './session.ts';
import type { EventParts } from './turn.ts';

/**
 * What a browser would choke on, and what should not pass, does not (SPEC MEDIA-1 … MEDIA-7). A
 * description begins a new negotiation with this peer.
 * @throws SignalingError `invalid-payload`, `limit-reached`
 */
export function assertMedia(
  { limits, directory, neighbours }: EventParts,
  session: Session,
  event: string,
  peerId: string,
  sent: Passed,
): void {
  assertDescription(sent, limits);
  const count = candidatesIn(event, sent);
  if (event === 'offer' || event === 'answer') session.candidates.delete(peerId);
  if (count === 0) return;
  const peer = directory.get(peerId);
  const isHere = peer !== undefined && mayReach(session, peer);
  // Candidates to peers at other nodes count once they were delivered.
  const wasElsewhere = neighbours !== undefined && session.candidates.has(peerId);
  // Who cannot be reached counts as nobody: else too many candidates would tell that somebody is there.
  if (!isHere && !wasElsewhere) return;
  if ((session.candidates.get(peerId) ?? 0) + count > limits.candidates) {
    throw new SignalingError('limit-reached', 'Too many candidates in one negotiation.');
  }
  if (isHere) noteCandidates(session, peerId, count);
}

/** Pages put what they like into their metadata: a `candidate` there may be anybody's name. */
export const candidatesIn = (event: string, sent: Passed): number =>
  event === 'send-metadata' ? 0 : assertCandidate(sent);

export function noteCandidates(session: Session, peerId: string, count: number): void {
  if (count > 0) session.candidates.set(peerId, (session.candidates.get(peerId) ?? 0) + count);
}
