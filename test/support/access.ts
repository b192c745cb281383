import {
  type ClientEvent,
  type ErrorCode,
  RELAY_EVENTS,
  type Role,
} from '@telemedicine-signaling/protocol';
import type { Action } from '../../app/auth/policy.ts';

/**
 * Who may do what, said a second time: `d`octor, `p`atient, `g`uest, `s`ervice. The server's own table is
 * held against this one, and both against docs/SECURITY.md, so that no row changes by an oversight.
 */
export const MAY: Readonly<Record<Action, string>> = {
  'doctor-joined': 'd',
  create: 'p',
  join: 'dg',
  'ack-doctor-entered': 'p',
  'send-metadata': 'dpg',
  offer: 'dpg',
  answer: 'dpg',
  'ice-candidate': 'dpg',
  'doctor-rejected': 'd',
  'patient-left': 'p',
  'doctor-ended': 'd',
  'patient-ended': 'p',
  leave: 'dpg',
  'call-next': 'd',
  hold: 'd',
  'return-to-queue': 'd',
  transfer: 'd',
  'message-to-waiting': 'd',
  'set-priority': 'd',
  ready: 'p',
  'refresh-token': 'dpg',
  'refresh-ice-servers': 'dpg',
  'call-report': 'dpg',

  'create-namespace': 'ds',
  'remove-namespace': 'ds',
  'check-availability': 'dpgs',
  'create-room': 'dps',
  'join-room': 'dpgs',

  'ice-servers': 'dpgs',
  tokens: 's',
  invitations: 's',
  consultations: 'ds',
};

export const may = (role: Role, action: Action): boolean => MAY[action].includes(role[0] as string);

/** How somebody who is connected stands to what they ask for. */
export const CONNECTED = [
  'member',
  'other room',
  'other namespace',
  'pinned to another room',
] as const;
export type Connected = (typeof CONNECTED)[number];

export const POSITIONS = [...CONNECTED, 'no token', 'expired token'] as const;
export type Position = (typeof POSITIONS)[number];

/** The roles that connect; a `service` calls routes. */
export const PARTICIPANTS = ['doctor', 'patient', 'guest'] as const;
export type Participant = (typeof PARTICIPANTS)[number];

export type Expected = 'ok' | ErrorCode;

/** Goes to one peer, which it names. */
export const isRelay = (event: ClientEvent): boolean =>
  event === 'ack-doctor-entered' || RELAY_EVENTS.some((name) => name === event);

/** Concerns the whole waiting room of the sender's practice, more than the one room of a token. */
export const isAboutPractice = (event: ClientEvent): boolean =>
  ['doctor-joined', 'call-next', 'message-to-waiting'].includes(event);

/** Concerns nobody but the sender, and the doctors who see how a patient is. */
const isAboutOneself = (event: ClientEvent): boolean =>
  ['refresh-token', 'refresh-ice-servers', 'call-report', 'ready'].includes(event);

/** What comes of an event about a room, or about a peer in it (SPEC AUTH-1, AUTH-4, RELAY-2, ROOM). */
export function expectedOf(event: ClientEvent, role: Role, position: Position): Expected {
  if (position === 'no token') return 'token-missing';
  if (position === 'expired token') return 'token-expired';
  if (role === 'service') {
    return position === 'other namespace' ? 'namespace-not-found' : 'not-allowed';
  }
  if (!may(role, event)) return 'not-allowed';
  if (position === 'member' || isAboutOneself(event)) return 'ok';
  if (isAboutPractice(event)) return position === 'pinned to another room' ? 'not-allowed' : 'ok';
  if (position === 'other room') return nextDoor(event, role);
  // Whoever has a room in the practice can reach its doctors.
  if (event === 'ack-doctor-entered' && position === 'pinned to another room') return 'ok';
  return isRelay(event) ? 'peer-unreachable' : 'room-not-found';
}

/** In the same practice: its doctors may know of its rooms, everybody else only of their own. */
function nextDoor(event: ClientEvent, role: Role): Expected {
  if (event === 'ack-doctor-entered') return 'ok';
  if (isRelay(event)) return role === 'doctor' ? 'ok' : 'peer-unreachable';
  const isDoctor = role === 'doctor';
  switch (event) {
    case 'create':
      return 'room-taken';
    case 'join':
      return isDoctor ? 'already-claimed' : 'ok';
    case 'doctor-rejected':
    case 'transfer':
      return 'already-claimed';
    case 'doctor-ended':
    case 'hold':
    case 'return-to-queue':
      return 'not-allowed';
    case 'set-priority':
      return 'ok';
    default:
      return 'room-not-found';
  }
}

/**
 * Answers that are the same for what is not yours and for what does not exist. `create` is none of them
 * outside the room that a token is pinned to: an id that is not taken makes a room (SPEC QUEUE-3), so
 * whoever brings an id learns whether it is taken, and nothing else.
 */
export function hidesExistence(event: ClientEvent, position: Position, is: Expected): boolean {
  if (event === 'create' && position !== 'pinned to another room') return false;
  return is === 'peer-unreachable' || is === 'room-not-found';
}
