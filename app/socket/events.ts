import type {
  ClientEvent,
  ClientPayload,
  Passed,
  Readiness,
  Role,
} from '@telemedicine-signaling/protocol';
import { type Access, covers, mayBeIn } from '../auth/access.ts';
import { claimedRole } from '../auth/open-access.ts';
import { assertMay } from '../auth/policy.ts';
import type { SessionData } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { type IceServers, iceFields } from '../ice/ice-servers.ts';
import type { Outcome, Perform } from '../outcome.ts';
import { join, knock } from '../rooms/admit.ts';
import { leave } from '../rooms/attendance.ts';
import {
  callNext,
  hold,
  messageToWaiting,
  reportReady,
  returnToQueue,
  setPriority,
} from '../rooms/desk.ts';
import { endConsultation, patientLeft, reject } from '../rooms/end.ts';
import { enterWaitingRoom } from '../rooms/enter.ts';
import type { Actor, RoomParts } from '../rooms/room.ts';
import { transferAway, transferHere } from '../rooms/transfer.ts';
import { doctorArrives } from '../rooms/waiting-room.ts';
import { assertCandidate } from './candidate.ts';
import type { Delivery } from './delivery.ts';
import { assertDescription } from './description.ts';
import type { Directory } from './directory.ts';
import { relay } from './relay.ts';
import { newResumeToken } from './resume-token.ts';
import { newSession, type Session } from './session.ts';

export interface EventParts {
  data: SessionData;
  directory: Directory;
  delivery: Delivery;
  perform: Perform;
  rooms: RoomParts;
  windows: Readonly<Record<Role, number>>;
  limits: { candidates: number; descriptionBytes: number };
  access: Access;
  ice: IceServers;
}

/** What answers an event: the fields of the acknowledgement beside `status: "ok"`. */
export type Reply = object | Promise<object>;

type Handlers = {
  [E in ClientEvent]: (
    parts: EventParts,
    session: Session,
    sent: ClientPayload<E> & Passed,
  ) => Reply;
};

/** The event table: event → what it does. Names and forms are the protocol's, rights the policy's. */
export const HANDLERS: Handlers = {
  'doctor-joined': (parts, session) =>
    inTurn(parts, session, async () => {
      await takeRole(parts, session, 'doctor-joined');
      const isNew = !session.isAtDesk;
      await sitDown(parts, session);
      const { data, directory } = parts;
      const steps = await doctorArrives(data, session, isNew, directory.isConnected);
      return { reply: {}, steps };
    }),
  create: (parts, session, sent) =>
    inTurn(parts, session, async () => {
      await takeRole(parts, session, 'create');
      assertMayBeIn(session, sent['room-id']);
      return enterWaitingRoom(parts.rooms, actorOf(session), sent);
    }),
  join: (parts, session, sent) =>
    inTurn(parts, session, async () => {
      assertMay(session.role, 'join');
      assertMayBeIn(session, sent['room-id']);
      if (sent.init !== true) return join(parts.rooms, session, sent);
      assertMay(session.role, 'doctor-joined');
      return knock(parts.rooms, session, sent);
    }),
  'ack-doctor-entered': (parts, session, sent) =>
    afterEarlier(parts, session, 'ack-doctor-entered', sent['client-id'], sent),
  'send-metadata': (parts, session, sent) =>
    afterEarlier(parts, session, 'send-metadata', sent['peer-id'], sent),
  offer: (parts, session, sent) => afterEarlier(parts, session, 'offer', sent['peer-id'], sent),
  answer: (parts, session, sent) => afterEarlier(parts, session, 'answer', sent['peer-id'], sent),
  'ice-candidate': (parts, session, sent) =>
    afterEarlier(parts, session, 'ice-candidate', sent['peer-id'], sent),
  'doctor-rejected': (parts, session, sent) =>
    act(parts, session, 'doctor-rejected', () => reject(parts.rooms, session, sent)),
  'patient-left': (parts, session, sent) =>
    act(parts, session, 'patient-left', () => patientLeft(parts.rooms, session, sent)),
  'doctor-ended': (parts, session, sent) =>
    act(parts, session, 'doctor-ended', () =>
      endConsultation(parts.rooms, session, 'doctor-ended', sent),
    ),
  'patient-ended': (parts, session, sent) =>
    act(parts, session, 'patient-ended', () =>
      endConsultation(parts.rooms, session, 'patient-ended', sent),
    ),
  leave: (parts, session, sent) =>
    act(parts, session, 'leave', () => leave(parts.rooms, session, sent['room-id'])),
  'call-next': (parts, session, sent) =>
    act(parts, session, 'call-next', () =>
      callNext(parts.rooms, session, sent, parts.directory.isConnected),
    ),
  hold: (parts, session, sent) =>
    act(parts, session, 'hold', () => hold(parts.rooms, session, sent['room-id'])),
  'return-to-queue': (parts, session, sent) =>
    act(parts, session, 'return-to-queue', () =>
      returnToQueue(parts.rooms, session, sent['room-id']),
    ),
  transfer,
  'message-to-waiting': (parts, session, sent) =>
    act(parts, session, 'message-to-waiting', () => messageToWaiting(parts.rooms, session, sent)),
  'set-priority': (parts, session, sent) =>
    act(parts, session, 'set-priority', () => setPriority(parts.rooms, session, sent)),
  ready: (parts, session, sent) =>
    act(parts, session, 'ready', () => reportReady(parts.rooms, session, sent as Readiness)),
  'refresh-token': (parts, session, sent) => refreshToken(parts, session, sent.token),
  'refresh-ice-servers': (parts, session) => {
    assertMay(session.role, 'refresh-ice-servers');
    return iceFields(parts.ice.forClient(session.id));
  },
};

/**
 * In the namespace's turn, and after whatever this session said before. The namespace may have been
 * removed while this stood in the lane, and the session with it.
 */
async function inTurn<Reply extends object>(
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

const act = (
  parts: EventParts,
  session: Session,
  event: ClientEvent,
  useCase: () => Promise<Outcome>,
): Promise<object> =>
  inTurn(parts, session, () => {
    assertMay(session.role, event);
    return useCase();
  });

/**
 * A relayed message goes at once, unless the sender has something in the lane: then it waits its turn,
 * so that a peer hears what was said in the order in which it was said (SPEC RELAY-5).
 */
function afterEarlier(
  parts: EventParts,
  session: Session,
  event: Parameters<typeof relay>[3],
  peerId: string,
  sent: Passed,
): Reply {
  const send = () => {
    assertMay(session.role, event);
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
  // What was sent to nobody reachable is refused all the same, and leaves no count behind.
  if (count === 0 || directory.get(peerId) === undefined) return;
  const total = (session.candidates.get(peerId) ?? 0) + count;
  if (total > limits.candidates) {
    throw new SignalingError('limit-reached', 'Too many candidates in one negotiation.');
  }
  session.candidates.set(peerId, total);
}

/**
 * `transfer`: first in the turn of the namespace that the patient leaves, then in that of the other one;
 * never in both at once, so that two transfers cannot wait for each other.
 */
async function transfer(
  parts: EventParts,
  session: Session,
  sent: ClientPayload<'transfer'>,
): Promise<object> {
  const { rooms, windows, perform, directory } = parts;
  const toNamespaceId = sent['to-namespace-id'];
  const transferParts = { ...rooms, newResumeToken, patientWindowMs: windows.patient };
  const away = await inTurn(parts, session, () => {
    assertMay(session.role, 'transfer');
    // Where the token is not for, there is nothing, as far as its bearer can tell (SPEC AUTH-4).
    if (!covers(session.identity, toNamespaceId)) throw new SignalingError('namespace-not-found');
    const roomId = sent['room-id'];
    return transferAway(transferParts, session, roomId, toNamespaceId, directory.isConnected);
  });
  return perform(toNamespaceId, () => {
    const patient = directory.get(away.patient.id) ?? newSession(away.patient);
    patient.rooms.add(away.room.id);
    directory.add(patient);
    return transferHere(rooms, away);
  });
}

/** In open access an event may make the sender a doctor or a patient. */
async function takeRole(
  parts: EventParts,
  session: Session,
  event: 'doctor-joined' | 'create',
): Promise<void> {
  const isOpen = parts.access.mode === 'open';
  const role = isOpen ? claimedRole(session.role, event, session.rooms.size > 0) : session.role;
  assertMay(role, event);
  if (role === session.role) return;
  session.role = role;
  await updateClient(parts.data, session);
}

async function sitDown(parts: EventParts, session: Session): Promise<void> {
  if (session.isAtDesk) return;
  parts.directory.sitDown(session);
  await updateClient(parts.data, session);
}

async function updateClient(data: SessionData, session: Session): Promise<void> {
  const client = await data.findClient(session.id);
  if (client === undefined) return;
  await data.saveClient({ ...client, role: session.role, atDesk: session.isAtDesk });
}

const actorOf = ({ id, namespaceId, role, identity }: Session): Actor => ({
  id,
  namespaceId,
  role,
  subject: identity.subject,
  urgent: identity.urgent,
});

/** A room that the token is not for is none, as far as its bearer can tell (SPEC AUTH-4). */
function assertMayBeIn(session: Session, roomId: string): void {
  if (!mayBeIn(session.identity, roomId)) throw new SignalingError('room-not-found');
}

/**
 * `refresh-token`: the connection goes on under a later token of the same person (SPEC AUTH-6).
 * @throws SignalingError the verifier's codes; `not-allowed` for somebody else's, or for another role,
 * namespace or room
 */
async function refreshToken(parts: EventParts, session: Session, token: string): Promise<object> {
  const identity = await parts.access.identify(token);
  const { subject, room } = session.identity;
  const isSame =
    identity.subject === subject &&
    identity.room === room &&
    // A patient who was transferred is where no token of theirs is for.
    (covers(identity, session.namespaceId) || !covers(session.identity, session.namespaceId)) &&
    (parts.access.mode === 'open' || identity.role === session.role);
  if (!isSame) throw new SignalingError('not-allowed', 'This token is not for this connection.');
  session.identity = identity;
  const { expiresAt } = identity;
  return expiresAt === null ? {} : { 'expires-at': new Date(expiresAt).toISOString() };
}
