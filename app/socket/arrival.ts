import { PROTOCOL_VERSION, type Role, type ServerEvents } from '@telemedicine-signaling/protocol';
import type { Socket } from 'socket.io';
import type { Identity } from '../auth/access.ts';
import type { Clock } from '../clock.ts';
import type { Client, SessionData } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { AddressOf } from '../http/client-address.ts';
import type { FailedAttempts } from '../http/failed-attempts.ts';
import { type IceServers, iceFields } from '../ice/ice-servers.ts';
import type { Step } from '../outcome.ts';
import { tellAttendance } from '../rooms/attendance.ts';
import { patientOf, type RoomParts } from '../rooms/room.ts';
import { positionAfter, queueOf } from '../rooms/waiting-room.ts';
import type { Delivery } from './delivery.ts';
import type { Directory } from './directory.ts';
import { Outbox } from './outbox.ts';
import { hashResumeToken, newResumeToken } from './resume-token.ts';
import { newSession, type Session } from './session.ts';

/** What a page can rely on beyond the events of the first server of this name. */
const FEATURES = [
  'resume',
  'heard',
  'ice-servers',
  'refresh-token',
  'call-next',
  'hold',
  'transfer',
  'message-to-waiting',
  'priority',
  'ready',
];

export interface ArrivalParts {
  data: SessionData;
  clock: Clock;
  directory: Directory;
  delivery: Delivery;
  rooms: RoomParts;
  ice: IceServers;
  addressOf: AddressOf;
  failures: FailedAttempts;
  windows: Readonly<Record<Role, number>>;
  limits: { heldMessages: number };
  /** The limits that a client can run into, as `welcome` names them. */
  publicLimits: ServerEvents['welcome']['limits'];
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
  const { data, directory, delivery } = parts;
  if (!(await data.hasNamespace(namespaceId))) throw new SignalingError('namespace-not-found');
  const { resume, heard } = handshake(socket);
  const known = await clientOf(parts, namespaceId, resume, identity);
  if (resume !== undefined && known === undefined) {
    await parts.failures.count(parts.addressOf(socket.request));
  }
  const { token, hash } = newResumeToken();
  const client: Client = {
    ...(known ?? newcomer(socket.id, namespaceId, identity)),
    generation: (known?.generation ?? 0) + 1,
    leaseUntil: null,
    resumeHash: hash,
    formerResumeHash: known?.resumeHash ?? null,
  };
  await data.saveClient(client);
  const session = sessionOf(directory, client);
  supersede(session);
  const unheard = heard === undefined ? undefined : session.outbox?.after(heard);
  connect(parts, session, socket, client, identity);
  if (known === undefined) {
    socket.emit('welcome', welcome(parts, client, token, { resumed: false, missed: false }));
    return { session, steps: [] };
  }
  const held = await data.takeHeld(client.id);
  const missed = held.overflow || unheard?.isIncomplete === true;
  socket.emit('welcome', welcome(parts, client, token, { resumed: true, missed }));
  askForSign(socket);
  for (const message of [...(unheard?.messages ?? []), ...held.messages]) {
    delivery.emit(session, socket, message.event, message.data);
  }
  return { session, steps: await comeBack(parts, session) };
}

/** Whether this connection brings the resume token of a client that was transferred here (SPEC DESK-7). */
export async function isExpected(
  parts: Pick<ArrivalParts, 'data' | 'directory'>,
  socket: Socket,
  identity: Identity,
): Promise<boolean> {
  const { resume } = handshake(socket);
  return (await clientOf(parts, socket.nsp.name.slice(1), resume, identity)) !== undefined;
}

/** What a client that comes back says of itself: its token, and how many events it heard after `welcome`. */
function handshake(socket: Socket): { resume: string | undefined; heard: number | undefined } {
  const { resume, heard } = socket.handshake.auth;
  return {
    resume: typeof resume === 'string' ? resume : undefined,
    heard: Number.isSafeInteger(heard) && heard >= 0 ? heard : undefined,
  };
}

/** The session goes on over this socket. */
function connect(
  { limits }: ArrivalParts,
  session: Session,
  socket: Socket,
  client: Client,
  identity: Identity,
): void {
  session.socket = socket;
  session.identity = identity;
  session.generation = client.generation;
  session.outbox = new Outbox(limits.heldMessages);
  session.isHeardFrom = false;
  session.toldPosition = 0;
  session.connectedAt = performance.now();
  // A client that came back has said what it wants before.
  if (client.generation > 1) session.hasSpoken = true;
  const { outbox } = session;
  engineOf(socket).on('heartbeat', () => {
    outbox.confirm();
    if (session.socket === socket) session.isHeardFrom = true;
  });
}

/**
 * A ping right after `welcome`, out of its turn: the pong says that the new resume token has arrived,
 * so that the one before it is spent. Engine.IO has no public call for it.
 */
const askForSign = (socket: Socket): void => engineOf(socket).sendPacket('ping');

const engineOf = (socket: Socket) =>
  socket.conn as unknown as {
    on(event: 'heartbeat', listener: () => void): void;
    sendPacket(type: string): void;
  };

/**
 * The client whose resume token this is, if it is the same person still (SPEC RESUME-6). The token before
 * the last is good only while the client has given no sign of having heard of the last (RESUME-3).
 */
async function clientOf(
  { data, directory }: Pick<ArrivalParts, 'data' | 'directory'>,
  namespaceId: string,
  resume: string | undefined,
  { subject, role }: Identity,
): Promise<Client | undefined> {
  if (resume === undefined) return undefined;
  const hash = hashResumeToken(resume);
  const known = await data.findClientByResume(namespaceId, hash);
  if (known === undefined) return undefined;
  if (known.resumeHash !== hash && directory.get(known.id)?.isHeardFrom !== false) return undefined;
  const isSame = known.subject === subject && (subject === null || known.role === role);
  return isSame ? known : undefined;
}

const newcomer = (
  id: string,
  namespaceId: string,
  { role, subject }: Identity,
): Omit<Client, 'generation' | 'leaseUntil' | 'resumeHash' | 'formerResumeHash'> => ({
  id,
  namespaceId,
  role,
  subject,
  atDesk: false,
});

function sessionOf(directory: Directory, client: Client): Session {
  const known = directory.get(client.id);
  if (known !== undefined) return known;
  const session = newSession(client);
  directory.add(session);
  return session;
}

/** A half-open connection may still stand where its client has come back already. */
function supersede(session: Session): void {
  const old = session.socket;
  if (old === null) return;
  session.socket = null;
  old.emit('superseded', { 'come-back': false });
  old.disconnect();
}

function welcome(
  parts: ArrivalParts,
  client: Client,
  token: string,
  { resumed, missed }: { resumed: boolean; missed: boolean },
): ServerEvents['welcome'] {
  return {
    'client-id': client.id,
    role: client.role,
    'namespace-id': client.namespaceId,
    'resume-token': token,
    resumed,
    ...(missed ? { resynchronise: true } : {}),
    'window-seconds': parts.windows[client.role] / 1000,
    protocol: PROTOCOL_VERSION,
    features: FEATURES,
    ...iceFields(parts.ice.forClient(client.id)),
    polite: 'greater-client-id',
    limits: parts.publicLimits,
  };
}

/** What a client that is back has to know: how things stand now; and who has to know that it is back. */
async function comeBack(parts: ArrivalParts, session: Session): Promise<Step[]> {
  const { data, rooms, directory } = parts;
  const to = { clients: [session.id] };
  const steps = await tellAttendance(rooms, session, 'client-reconnected');
  if (session.isAtDesk) {
    const waiting = await data.waitingRooms(session.namespaceId);
    const queue = queueOf(session.namespaceId, waiting, directory.isConnected);
    steps.push({ to, event: 'queue', data: queue });
  }
  for (const room of await data.roomsOf(session.id)) {
    if (patientOf(room) !== session.id || room.waitingSince === null) continue;
    if (room.state !== 'waiting' && room.state !== 'knocking') continue;
    const online = (await data.countDoctors(session.namespaceId)) > 0;
    const state = { 'namespace-id': session.namespaceId, online };
    steps.push({ to, event: 'doctor-online', data: state });
    const ahead = await data.countAhead(room);
    steps.push({ to, event: 'queue-position', data: positionAfter(room, ahead) });
  }
  return steps;
}

/** The connection of a session is gone: its window starts, and who shares a room with it hears so. */
export async function depart(parts: ArrivalParts, session: Session): Promise<Step[]> {
  const { data, clock, windows } = parts;
  session.socket = null;
  const client = await data.findClient(session.id);
  if (client === undefined) return [{ forget: session.id }];
  const leaseUntil = clock.now() + windows[client.role];
  const formerResumeHash = session.isHeardFrom ? null : client.formerResumeHash;
  await data.saveClient({ ...client, leaseUntil, formerResumeHash });
  return tellAttendance(parts.rooms, session, 'client-disconnected');
}
