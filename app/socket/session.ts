import type { Role } from '@telemedicine-signaling/protocol';
import type { Socket } from 'socket.io';
import { type Identity, SOMEBODY } from '../auth/access.ts';
import type { Client } from '../data/session-data.ts';
import type { Allowance } from './allowance.ts';
import type { Outbox } from './outbox.ts';

/**
 * A client as this process knows it: its state in memory beside what the store keeps. It outlives its
 * socket until the reconnect window ends.
 */
export interface Session {
  readonly id: string;
  readonly namespaceId: string;
  role: Role;
  /** What its access token says, or what stands for one in open access. */
  identity: Identity;
  /** A doctor who has said `doctor-joined` (SPEC QUEUE-4). */
  isAtDesk: boolean;
  /** Which connection of the client this is; what an older one says does not count. */
  generation: number;
  /** `null` while the connection is lost. */
  socket: Socket | null;
  /** What was sent on the connection of now, or on the last one, and may not have arrived. */
  outbox: Outbox | null;
  /** Whether the last `welcome` told it to resynchronise. */
  hasMissed: boolean;
  /** What is sent to it while it is not welcome yet; `null` at all other times. */
  early: { event: string; data: unknown }[] | null;
  /** Whether anything came over the connection of now since `welcome` (SPEC RESUME-3). */
  isHeardFrom: boolean;
  /** The rooms it is a member of. */
  readonly rooms: Set<string>;
  /** What it may still send. */
  allowance: Allowance | null;
  /** Candidates sent to each peer in the negotiation under way. */
  readonly candidates: Map<string, number>;
  /** False until it has sent an event on any connection. */
  hasSpoken: boolean;
  /** When the connection of now began, by the process's own clock. */
  connectedAt: number;
  /** The last message that was kept for it, while that is being stored. */
  keeping: Promise<unknown> | null;
  /** Messages of its that are on their way to other nodes. */
  relaying: Relaying | null;
  /** Events of its that stand in the namespace's lane. */
  inTurn: number;
  /** What the last `queue-position` said, and when updates were last sent; by the process's own clock. */
  toldPosition: number;
  toldAt: number;
}

/** Messages on their way to other nodes, of which not all have arrived. */
interface Relaying {
  /** Resolves when all have arrived, or will not. */
  readonly done: Promise<unknown>;
  /** Which node each addressee is asked for at. */
  readonly nodes: Map<string, string>;
}

export function newSession(
  { id, namespaceId, role, atDesk }: Pick<Client, 'id' | 'namespaceId' | 'role' | 'atDesk'>,
  identity: Identity = SOMEBODY,
): Session {
  return {
    id,
    namespaceId,
    role,
    identity,
    isAtDesk: atDesk,
    generation: 0,
    socket: null,
    outbox: null,
    hasMissed: false,
    early: null,
    isHeardFrom: false,
    rooms: new Set(),
    allowance: null,
    candidates: new Map(),
    hasSpoken: false,
    connectedAt: 0,
    keeping: null,
    relaying: null,
    inTurn: 0,
    toldPosition: 0,
    toldAt: Number.NEGATIVE_INFINITY,
  };
}

/** What decides whom a client may reach. */
export interface Reach {
  readonly namespaceId: string;
  readonly role: Role;
  readonly identity: Pick<Identity, 'room'>;
  readonly rooms: ReadonlySet<string>;
}

/**
 * Whether one client may reach the other (SPEC RELAY-2): they share a room, or one is a doctor of the
 * namespace and the other has a room in it or is one of its doctors too.
 */
export function mayReach(a: Reach, b: Reach): boolean {
  if (a.namespaceId !== b.namespaceId) return false;
  if (isDoctorFor(a, b) || isDoctorFor(b, a)) return true;
  for (const room of a.rooms) if (b.rooms.has(room)) return true;
  return false;
}

/** A doctor whose token is pinned to a room is one for that room only (SPEC AUTH-4). */
function isDoctorFor({ role, identity }: Reach, other: Reach): boolean {
  if (role !== 'doctor') return false;
  if (identity.room !== null) return other.rooms.has(identity.room);
  return other.role === 'doctor' || other.rooms.size > 0;
}
