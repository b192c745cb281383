import { PROTOCOL_VERSION, type Role, type ServerEvents } from '@telemedicine-signaling/protocol';
import type { Socket } from 'socket.io';
import type { Identity } from '../auth/access.ts';
import type { Clock } from '../clock.ts';
import type { Client, HeldMessage, SessionData } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { AddressOf } from '../http/client-address.ts';
import type { FailedAttempts } from '../http/failed-attempts.ts';
import { type IceServers, iceFields } from '../ice/ice-servers.ts';
import type { Step } from '../outcome.ts';
import { tellAttendance } from '../rooms/attendance.ts';
import { patientOf, type RoomParts } from '../rooms/room.ts';
import { positionAfter, queueOf } from '../rooms/waiting-room.ts';
import type { Directory } from './directory.ts';
import { hashResumeToken, newResumeToken } from './resume-token.ts';
import { newSession, type Session } from './session.ts';

/** What a page can rely on beyond the events of the first server of this name. */
const FEATURES = ['resume', 'ice-servers', 'refresh-token'];

export interface ArrivalParts {
  data: SessionData;
  clock: Clock;
  directory: Directory;
  rooms: RoomParts;
  ice: IceServers;
  addressOf: AddressOf;
  failures: FailedAttempts;
  windows: Readonly<Record<Role, number>>;
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
  resume: unknown,
  identity: Identity,
): Promise<{ session: Session; steps: Step[] }> {
  const { data, directory } = parts;
  if (!(await data.hasNamespace(namespaceId))) throw new SignalingError('namespace-not-found');
  const known = await clientOf(parts, namespaceId, resume, identity);
  if (typeof resume === 'string' && known === undefined) {
    await parts.failures.count(parts.addressOf(socket.request));
  }
  const { token, hash } = newResumeToken();
  const client: Client = {
    ...(known ?? newcomer(socket.id, namespaceId, identity)),
    generation: (known?.generation ?? 0) + 1,
    leaseUntil: null,
    resumeHash: hash,
  };
  await data.saveClient(client);
  const session = sessionOf(directory, client);
  session.identity = identity;
  supersede(session);
  session.socket = socket;
  session.generation = client.generation;
  session.toldPosition = 0;
  session.connectedAt = performance.now();
  // A client that came back has said what it wants before.
  if (known !== undefined) session.hasSpoken = true;

  const held = known === undefined ? undefined : await data.takeHeld(client.id);
  socket.emit('welcome', welcome(parts, client, token, known !== undefined, held?.overflow));
  for (const { event, data: kept } of held?.messages ?? ([] as HeldMessage[])) {
    socket.emit(event, kept);
  }
  const isBack = known !== undefined;
  const fact: Step = {
    audit: {
      action: isBack ? 'resumed' : 'joined',
      'client-id': client.id,
      'namespace-id': namespaceId,
    },
  };
  return { session, steps: [fact, ...(isBack ? await comeBack(parts, session) : [])] };
}

/** The client whose resume token this is, if it is the same person still (SPEC RESUME-6). */
async function clientOf(
  { data }: ArrivalParts,
  namespaceId: string,
  resume: unknown,
  { subject, role }: Identity,
): Promise<Client | undefined> {
  if (typeof resume !== 'string') return undefined;
  const known = await data.findClientByResume(namespaceId, hashResumeToken(resume));
  const isSame = known?.subject === subject && (subject === null || known.role === role);
  return isSame ? known : undefined;
}

const newcomer = (
  id: string,
  namespaceId: string,
  { role, subject }: Identity,
): Omit<Client, 'generation' | 'leaseUntil' | 'resumeHash'> => ({
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
  resumed: boolean,
  overflow = false,
): ServerEvents['welcome'] {
  return {
    'client-id': client.id,
    role: client.role,
    'namespace-id': client.namespaceId,
    'resume-token': token,
    resumed,
    ...(overflow ? { resynchronise: true } : {}),
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
  await data.saveClient({ ...client, leaseUntil });
  return tellAttendance(parts.rooms, session, 'client-disconnected');
}
