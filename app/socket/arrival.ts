import type { Socket } from 'socket.io';
import type { Identity } from '../auth/access.ts';
import type { Clock } from '../clock.ts';
import type { Client, SessionData } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { AddressOf } from '../http/client-address.ts';
import type { FailedAttempts } from '../http/failed-attempts.ts';
import type { Counts } from '../ops/metrics/counts.ts';
import type { Step } from '../outcome.ts';
import { tellAttendance } from '../rooms/attendance.ts';
import { isWaiting } from '../rooms/consultation.ts';
import { patientOf, type RoomParts } from '../rooms/room.ts';
import { positionAfter, queueOf } from '../rooms/waiting-room.ts';
import { connectedIn } from './connected.ts';
import type { Delivery } from './delivery.ts';
import type { Directory } from './directory.ts';
import { supersede } from './hand-over.ts';
import type { Neighbours } from './neighbours.ts';
import { noteKick } from './notes.ts';
import { Outbox } from './outbox.ts';
import { hashResumeToken, newResumeToken } from './resume-token.ts';
import { askForSign, clientOf, handshake, onHeartbeat } from './resumption.ts';
import { newSession, type Session } from './session.ts';
import type { SocketLog } from './socket-log.ts';
import { type WelcomeParts, welcome } from './welcome.ts';

export interface ArrivalParts extends WelcomeParts {
  data: SessionData;
  clock: Clock;
  directory: Directory;
  /** The other nodes, where there are any. */
  neighbours?: Neighbours | undefined;
  delivery: Delivery;
  rooms: RoomParts;
  addressOf: AddressOf;
  failures: FailedAttempts;
  counts: Counts;
  log: SocketLog;
  limits: { heldMessages: number; heldBytes: number };
}

/**
 * A connection arrives in its namespace's turn: as the client whose resume token it brings, or as a new
 * one (SPEC RESUME-3). Either way `welcome` is the first thing it hears.
 * @throws SignalingError `namespace-not-found`: it was removed while this connection was on its way;
 * `rate-limited`: this address has tried too many tokens
 */
export async function arrive(
  parts: ArrivalParts,
  socket: Socket,
  namespaceId: string,
  identity: Identity,
): Promise<{ session: Session; steps: Step[] }> {
  const { data } = parts;
  if (!(await data.hasNamespace(namespaceId))) throw new SignalingError('namespace-not-found');
  const { resume, heard } = handshake(socket);
  const found = await clientOf(parts, namespaceId, resume, identity);
  const known = typeof found === 'object' ? found : undefined;
  if (typeof found === 'string') parts.counts.resumes.add(found);
  if (resume !== undefined && known === undefined) {
    const counted = parts.failures.count(parts.addressOf(socket.request));
    // Who has shown a valid access token comes in all the same: when a clinic's network was away for a
    // while, all its patients come back at once with tokens that are too old (SPEC LIMIT-4).
    await (identity.subject === null ? counted : counted.catch(() => {}));
  }
  const { token, hash } = newResumeToken();
  const shown = resume === undefined ? null : hashResumeToken(resume);
  const client: Client = {
    ...(known ?? newcomer(socket.id, namespaceId, identity)),
    generation: (known?.generation ?? 0) + 1,
    leaseUntil: null,
    resumeHash: hash,
    // The one that the client has for certain. After a welcome that never arrived it is not the last one.
    formerResumeHash: known === undefined ? null : shown,
  };
  await parts.neighbours?.stay(namespaceId);
  await data.saveClient(client);
  const isUnwelcomed = known !== undefined && known.resumeHash !== shown;
  const session = await sessionOf(parts, client, isUnwelcomed ? 0 : heard);
  if (session.socket !== null) noteKick(parts, 'superseded', session.socket);
  supersede(session);
  const fact: Step = {
    audit: {
      action: known === undefined ? 'joined' : 'resumed',
      'client-id': client.id,
      'namespace-id': namespaceId,
    },
  };
  if (known === undefined) {
    connect(parts, session, socket, client, identity);
    socket.emit('welcome', welcome(parts, client, token, { resumed: false, missed: false }));
    return { session, steps: [fact] };
  }
  await takeUp(parts, session, socket, { client, token, heard, isUnwelcomed, identity });
  return { session, steps: [fact, ...(await comeBack(parts, session))] };
}

/**
 * The client goes on over this socket: it is welcome, and gets what was sent to it meanwhile. What is
 * relayed to it while the store is asked comes after that.
 */
async function takeUp(
  parts: ArrivalParts,
  session: Session,
  socket: Socket,
  given: {
    client: Client;
    token: string;
    heard: number | undefined;
    /** The welcome of its last connection never arrived, and so nothing did. */
    isUnwelcomed: boolean;
    identity: Identity;
  },
): Promise<void> {
  const { client, token, isUnwelcomed, identity } = given;
  const heard = isUnwelcomed ? 0 : given.heard;
  const unheard = heard === undefined ? undefined : session.outbox?.after(heard);
  // What was handed out on a connection of this process is in the outbox.
  const heardOfHeld = session.outbox === null ? (heard ?? ALL) : ALL;
  connect(parts, session, socket, client, identity);
  session.early = [];
  const behind = unheard?.messages.length ?? 0;
  const held = await parts.data.handOutHeld(client.id, heardOfHeld, behind);
  const missed =
    held.overflow || unheard?.isIncomplete === true || (isUnwelcomed && session.hasMissed);
  session.hasMissed = missed;
  parts.counts.resumes.add(missed ? 'resynchronise' : 'resumed');
  socket.emit('welcome', welcome(parts, client, token, { resumed: true, missed }));
  const { early } = session;
  session.early = null;
  for (const message of [...(unheard?.messages ?? []), ...held.messages, ...early]) {
    parts.delivery.emit(session, socket, message.event, message.data);
  }
  askForSign(socket);
  // What was handed out on the connection before, and did not arrive, is in the store still.
  let isKept = behind > 0 || held.messages.length > 0 || held.overflow;
  onHeartbeat(socket, () => {
    if (!isKept || session.socket !== socket) return;
    isKept = false;
    // If that fails it stays, and is known for what it is at the next return.
    parts.data.dropHandedOut(client.id).catch(() => {});
  });
}

/** More than anybody ever heard on one connection. */
const ALL = Number.MAX_SAFE_INTEGER;

const newcomer = (
  id: string,
  namespaceId: string,
  { role, subject }: Identity,
): Pick<Client, 'id' | 'namespaceId' | 'role' | 'subject' | 'atDesk'> => ({
  id,
  namespaceId,
  role,
  subject,
  atDesk: false,
});

async function sessionOf(
  { directory, neighbours }: ArrivalParts,
  client: Client,
  heard: number | undefined,
): Promise<Session> {
  const known = directory.get(client.id);
  if (known !== undefined) return known;
  // A client on its first connection was nowhere before.
  const isBack = neighbours !== undefined && client.generation > 1;
  const session = isBack ? await neighbours.bring(client, heard) : newSession(client);
  directory.add(session);
  return session;
}

function connect(
  { limits }: ArrivalParts,
  session: Session,
  socket: Socket,
  client: Client,
  identity: Identity,
): void {
  const outbox = new Outbox({ messages: limits.heldMessages, bytes: limits.heldBytes });
  session.socket = socket;
  session.identity = identity;
  session.generation = client.generation;
  session.outbox = outbox;
  session.isHeardFrom = false;
  session.toldPosition = 0;
  session.connectedAt = performance.now();
  // A client that came back has said what it wants before.
  if (client.generation > 1) session.hasSpoken = true;
  onHeartbeat(socket, () => {
    outbox.confirm();
    if (session.socket === socket) session.isHeardFrom = true;
  });
}

/** What a client that is back has to know: how things stand now; and who has to know that it is back. */
async function comeBack(parts: ArrivalParts, session: Session): Promise<Step[]> {
  const { data, rooms } = parts;
  const to = { clients: [session.id] };
  const steps = await tellAttendance(rooms, session, 'client-reconnected');
  if (session.isAtDesk) {
    const waiting = await data.waitingRooms(session.namespaceId);
    const isConnected = await connectedIn(parts, session.namespaceId);
    const queue = queueOf(session.namespaceId, waiting, isConnected);
    steps.push({ to, event: 'queue', data: queue });
  }
  for (const room of await data.roomsOf(session.id)) {
    // After a restart of the server nobody has told it who else is missing.
    for (const { clientId } of room.members) {
      // By the store: of whom memory has just lost, this client hears when that one's turn comes.
      const isThere = (await data.findClient(clientId))?.leaseUntil === null;
      if (clientId === session.id || isThere) continue;
      const missing = { 'client-id': clientId, 'room-id': room.id };
      steps.push({ to, event: 'client-disconnected', data: missing });
    }
    if (patientOf(room) !== session.id || !isWaiting(room.state)) continue;
    const online = (await data.countDoctors(session.namespaceId)) > 0;
    const state = { 'namespace-id': session.namespaceId, online };
    const ahead = await data.countAhead(room);
    const typical = await rooms.lengths.typical(session.namespaceId);
    steps.push({ to, event: 'doctor-online', data: state });
    steps.push({ to, event: 'queue-position', data: positionAfter(room, ahead, typical) });
  }
  return steps;
}

/** The connection of a session is gone: its window starts, and who shares a room with it hears so. */
export async function depart(
  parts: Pick<ArrivalParts, 'data' | 'clock' | 'windows' | 'rooms'>,
  session: Session,
): Promise<Step[]> {
  const { data, clock, windows } = parts;
  session.socket = null;
  const client = await data.findClient(session.id);
  if (client === undefined) return [{ forget: session.id }];
  const leaseUntil = clock.now() + windows[client.role];
  const formerResumeHash = session.isHeardFrom ? null : client.formerResumeHash;
  await data.saveClient({ ...client, leaseUntil, formerResumeHash });
  return tellAttendance(parts.rooms, session, 'client-disconnected');
}
