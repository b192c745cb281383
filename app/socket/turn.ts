import type { ClientEvent, Passed, Role } from '@telemedicine-signaling/protocol';
import type { Access } from '../auth/access.ts';
import type { SessionData } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { IceServers } from '../ice/ice-servers.ts';
import type { Counts } from '../ops/metrics/counts.ts';
import type { Outcome, Perform } from '../outcome.ts';
import type { RoomParts } from '../rooms/room.ts';
import type { Delivery } from './delivery.ts';
import type { Directory } from './directory.ts';
import type { Neighbours } from './neighbours.ts';
import { assertMayDo, assertMayMean } from './rights.ts';
import type { Session } from './session.ts';

/** What the handlers of events stand on. */
export interface EventParts {
  data: SessionData;
  directory: Directory;
  delivery: Delivery;
  perform: Perform;
  /** The other nodes, where there are any. */
  neighbours?: Neighbours | undefined;
  rooms: RoomParts;
  windows: Readonly<Record<Role, number>>;
  limits: { candidates: number; descriptionBytes: number };
  access: Access;
  ice: IceServers;
  counts: Counts;
  /** Told of each answer (`RTCSessionDescription`) that has gone to its peer, where somebody wants to know. */
  onAnswer?: ((senderId: string, peerId: string) => void) | undefined;
}

/** What answers an event: the fields of the acknowledgement beside `status: "ok"`. */
export type Reply = object | Promise<object>;

/** In the namespace's turn, and after whatever this session said before. */
export async function inTurn<Reply extends object>(
  parts: EventParts,
  session: Session,
  useCase: () => Promise<Outcome<Reply>>,
): Promise<Reply> {
  session.inTurn += 1;
  try {
    // Also what is on its way to another node: nobody hears of this before.
    while (session.relaying !== null) await session.relaying.done;
    return await nextTurn(parts, session, useCase);
  } finally {
    session.inTurn -= 1;
  }
}

/**
 * In the namespace's turn; what this session says meanwhile waits. The namespace may have been removed
 * while this stood in the lane, and the session with it.
 */
export async function nextTurn<Reply extends object>(
  parts: EventParts,
  session: Session,
  useCase: () => Promise<Outcome<Reply>>,
): Promise<Reply> {
  session.inTurn += 1;
  try {
    return await parts.perform(session.namespaceId, () => {
      const isKnown = parts.directory.get(session.id) === session;
      if (!isKnown) throw new SignalingError('namespace-not-found');
      return useCase();
    });
  } finally {
    session.inTurn -= 1;
  }
}

/** An event that changes something, if the sender may. */
export const act = (
  parts: EventParts,
  session: Session,
  event: ClientEvent,
  sent: Passed,
  useCase: () => Promise<Outcome>,
): Promise<object> =>
  inTurn(parts, session, () => {
    assertMayDo(session, event);
    assertMayMean(session, sent);
    return useCase();
  });
