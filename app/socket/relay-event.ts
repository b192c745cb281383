import type { Passed } from '@telemedicine-signaling/protocol';
import { SignalingError } from '../errors/signaling-error.ts';
import type { Outcome } from '../outcome.ts';
import { assertMedia, candidatesIn, noteCandidates } from './media.ts';
import type { Neighbours } from './neighbours.ts';
import { type Delivered, relay } from './relay.ts';
import { assertMayDo } from './rights.ts';
import type { Session } from './session.ts';
import { type EventParts, inTurn, nextTurn, type Reply } from './turn.ts';

type RelayedEvent = Parameters<typeof relay>[3];

/**
 * A relayed message goes at once, unless the sender has something in the lane, or on its way to this peer
 * by another way: then it waits its turn, so that a peer hears what was said in the order in which it was
 * said (SPEC RELAY-5). For whom this node cannot reach, the others of a cluster are asked.
 */
export function relayEvent(
  parts: EventParts,
  session: Session,
  event: RelayedEvent,
  peerId: string,
  sent: Passed,
): Reply {
  if (session.inTurn > 0 || wouldOvertake(parts, session, peerId)) {
    return inTurn(parts, session, () => outcome(parts, session, event, peerId, sent));
  }
  let delivered: Delivered | Promise<Delivered>;
  try {
    delivered = send(parts, session, event, peerId, sent);
  } catch (error) {
    if (parts.neighbours === undefined || !isUnreachable(error)) throw error;
    return sendElsewhere({ ...parts, neighbours: parts.neighbours }, session, event, peerId, sent);
  }
  if (typeof delivered === 'string') return { delivered };
  return delivered.then((how) => ({ delivered: how }));
}

function send(
  parts: EventParts,
  session: Session,
  event: RelayedEvent,
  peerId: string,
  sent: Passed,
): Delivered | Promise<Delivered> {
  assertMayDo(session, event);
  assertMedia(parts, session, event, peerId, sent);
  return relay(parts.directory, parts.delivery, session, event, peerId, sent);
}

/**
 * To a peer that this node does not have: the node that had it before is asked at once; where none is
 * known, or it is there no more, all nodes are asked in the namespace's turn, in which nobody moves
 * (SPEC CLUSTER-4).
 */
function sendElsewhere(
  parts: EventParts & { neighbours: Neighbours },
  session: Session,
  event: RelayedEvent,
  peerId: string,
  sent: Passed,
): Promise<object> {
  const { neighbours } = parts;
  const inItsTurn = () => outcome(parts, session, event, peerId, sent);
  const node = neighbours.nodeOf(peerId);
  if (node === undefined) return inTurn(parts, session, inItsTurn);
  return onItsWay(session, { peerId, node }, async (former) => {
    const delivered = await neighbours.relayTo(node, session, { event, peerId, sent });
    if (delivered === undefined) {
      // That it is not there may be known of this one first.
      await former;
      return nextTurn(parts, session, inItsTurn);
    }
    noteCandidates(session, peerId, candidatesIn(event, sent));
    return { delivered };
  });
}

/** In the namespace's turn: to whatever node has the peer. */
async function outcome(
  parts: EventParts,
  session: Session,
  event: RelayedEvent,
  peerId: string,
  sent: Passed,
): Promise<Outcome> {
  try {
    return { reply: { delivered: await send(parts, session, event, peerId, sent) }, steps: [] };
  } catch (error) {
    if (parts.neighbours === undefined || !isUnreachable(error)) throw error;
    // Nobody, and somebody who may not be reached, take the same way (SPEC RELAY-3).
    const delivered = await parts.neighbours.relayAnywhere(session, { event, peerId, sent });
    if (delivered === undefined) throw error;
    noteCandidates(session, peerId, candidatesIn(event, sent));
    return { reply: { delivered }, steps: [] };
  }
}

/**
 * Whether something is on its way to where the peer was, and this would go another way: the peer has come
 * here, or has been heard of from another node.
 */
function wouldOvertake(
  { directory, neighbours }: EventParts,
  { relaying }: Session,
  peerId: string,
): boolean {
  const node = relaying?.nodes.get(peerId);
  if (node === undefined) return false;
  return directory.get(peerId) !== undefined || neighbours?.nodeOf(peerId) !== node;
}

/**
 * What the session changes next waits until this has arrived.
 * @param start is told when all that it sent before has arrived
 */
function onItsWay<T>(
  session: Session,
  { peerId, node }: { peerId: string; node: string },
  start: (former: Promise<unknown> | undefined) => Promise<T>,
): Promise<T> {
  const former = session.relaying;
  const nodes = former?.nodes ?? new Map<string, string>();
  nodes.set(peerId, node);
  const sending = start(former?.done);
  const done = Promise.allSettled([former?.done, sending]).then(() => {
    if (session.relaying === relaying) session.relaying = null;
  });
  const relaying = { done, nodes };
  session.relaying = relaying;
  return sending;
}

const isUnreachable = (error: unknown): boolean =>
  error instanceof SignalingError && error.code === 'peer-unreachable';
