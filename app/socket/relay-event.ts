import type { Passed } from '@telemedicine-signaling/protocol';
import { SignalingError } from '../errors/signaling-error.ts';
import { assertCandidate } from './candidate.ts';
import { assertDescription } from './description.ts';
import { relay } from './relay.ts';
import { assertMayDo } from './rights.ts';
import { mayReach, type Session } from './session.ts';
import { type EventParts, inTurn, type Reply } from './turn.ts';

/**
 * A relayed message goes at once, unless the sender has something in the lane: then it waits its turn,
 * so that a peer hears what was said in the order in which it was said (SPEC RELAY-5).
 */
export function relayEvent(
  parts: EventParts,
  session: Session,
  event: Parameters<typeof relay>[3],
  peerId: string,
  sent: Passed,
): Reply {
  const send = () => {
    assertMayDo(session, event);
    assertMedia(parts, session, event, peerId, sent);
    return relay(parts.directory, parts.delivery, session, event, peerId, sent);
  };
  if (session.inTurn > 0) {
    return inTurn(parts, session, async () => ({
      reply: { delivered: await send() },
      steps: [],
    }));
  }
  const delivered = send();
  if (typeof delivered === 'string') return { delivered };
  return delivered.then((how) => ({ delivered: how }));
}

/**
 * What a browser would choke on, and what should not pass, does not (SPEC MEDIA-1 … MEDIA-7). A
 * description begins a new negotiation with this peer.
 * @throws SignalingError `invalid-payload`, `limit-reached`
 */
function assertMedia(
  { limits, directory }: EventParts,
  session: Session,
  event: string,
  peerId: string,
  sent: Passed,
): void {
  assertDescription(sent, limits);
  // Pages put what they like into their metadata: a `candidate` there may be anybody's name.
  const count = event === 'send-metadata' ? 0 : assertCandidate(sent);
  if (event === 'offer' || event === 'answer') session.candidates.delete(peerId);
  const peer = directory.get(peerId);
  // Who cannot be reached counts as nobody: else too many candidates would tell that somebody is there.
  if (count === 0 || peer === undefined || !mayReach(session, peer)) return;
  const total = (session.candidates.get(peerId) ?? 0) + count;
  if (total > limits.candidates) {
    throw new SignalingError('limit-reached', 'Too many candidates in one negotiation.');
  }
  session.candidates.set(peerId, total);
}
