import type { Socket } from 'socket.io';
import type { Identity } from '../auth/access.ts';
import type { Client, SessionData } from '../data/session-data.ts';
import type { Directory } from './directory.ts';
import type { Neighbours } from './neighbours.ts';
import { hashResumeToken } from './resume-token.ts';

interface ResumptionParts {
  data: SessionData;
  directory: Directory;
  /** The other nodes, where there are any. */
  neighbours?: Neighbours | undefined;
}

/** What a client that comes back says of itself: its token, and how many events it heard after `welcome`. */
export function handshake(socket: Socket): {
  resume: string | undefined;
  heard: number | undefined;
} {
  const { resume, heard } = socket.handshake.auth;
  return {
    resume: typeof resume === 'string' ? resume : undefined,
    heard: Number.isSafeInteger(heard) && heard >= 0 ? heard : undefined,
  };
}

/** Why a resume token makes nobody the client that it was given to. Whoever brings it hears none of it. */
export type NoResumption = 'unknown' | 'spent' | 'another-person';

/**
 * The client whose resume token this is, if it is the same person still (SPEC RESUME-6). The token before
 * the last is good only while the client has given no sign of having heard of the last (RESUME-3).
 */
export async function clientOf(
  { data, directory, neighbours }: ResumptionParts,
  namespaceId: string,
  resume: string | undefined,
  identity: Identity,
): Promise<Client | NoResumption | undefined> {
  if (resume === undefined) return undefined;
  const hash = hashResumeToken(resume);
  const known = await data.findClientByResume(namespaceId, hash);
  if (known === undefined) return 'unknown';
  if (known.resumeHash !== hash) {
    const session = directory.get(known.id);
    // Of whom no node of a cluster knows anything, nobody has heard.
    const isHeardFrom =
      session === undefined && neighbours !== undefined
        ? ((await neighbours.isHeardFrom(known)) ?? false)
        : session?.isHeardFrom;
    if (isHeardFrom !== false) return 'spent';
  }
  return isSame(known, identity) ? known : 'another-person';
}

/**
 * The client that was transferred away from here and did not hear of it, if that is who connects: it
 * brings the token that was good here (SPEC DESK-7).
 */
export async function movedOn(
  { data }: Pick<ResumptionParts, 'data'>,
  socket: Socket,
  identity: Identity,
): Promise<Client | undefined> {
  const { resume } = handshake(socket);
  if (resume === undefined) return undefined;
  const known = await data.findClientByFormerResume(hashResumeToken(resume));
  if (known === undefined || known.namespaceId === namespaceOf(socket)) return undefined;
  return isSame(known, identity) ? known : undefined;
}

const namespaceOf = (socket: Socket): string => socket.nsp.name.slice(1);

const isSame = (known: Client, { subject, role }: Identity): boolean =>
  known.subject === subject && (subject === null || known.role === role);

/** Whether this connection brings the resume token of a client that was transferred, from here or to here. */
export async function isExpected(
  parts: ResumptionParts,
  socket: Socket,
  identity: Identity,
): Promise<boolean> {
  const { resume } = handshake(socket);
  const known = await clientOf(parts, namespaceOf(socket), resume, identity);
  if (typeof known === 'object') return true;
  return (await movedOn(parts, socket, identity)) !== undefined;
}

/**
 * A ping right after `welcome`, out of its turn: the pong says that the new resume token has arrived,
 * so that the one before it is spent. Engine.IO has no public call for it.
 */
export const askForSign = (socket: Socket): void => engineOf(socket).sendPacket('ping');

/** Calls `then` at every sign of life that the other end gives of its own accord. */
export function onHeartbeat(socket: Socket, then: () => void): void {
  const engine = engineOf(socket);
  engine.on('heartbeat', then);
  // The connection below may go on, in other namespaces.
  socket.on('disconnect', () => engine.off('heartbeat', then));
}

const engineOf = (socket: Socket) =>
  socket.conn as unknown as {
    on(event: 'heartbeat', listener: () => void): void;
    off(event: 'heartbeat', listener: () => void): void;
    sendPacket(type: string): void;
  };
