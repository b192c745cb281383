import type { ApiRoute, ClientEvent, HttpRoute, Role } from '@telemedicine-signaling/protocol';
import { SignalingError } from '../errors/signaling-error.ts';

/** Everything that somebody can ask of this server. */
export type Action = ClientEvent | HttpRoute | ApiRoute;

const EVERYBODY: readonly Role[] = ['doctor', 'patient', 'guest', 'service'];
const PARTICIPANTS: readonly Role[] = ['doctor', 'patient', 'guest'];
const PRACTICE: readonly Role[] = ['doctor', 'service'];

/**
 * The one policy table: action → the roles that may (SPEC AUTH-1). An event or a route without a row
 * does not compile. Beyond the role: always within the namespaces of the token and, if it is pinned to
 * one, its room (AUTH-4); what further concerns a single room, its use case says.
 */
export const POLICY: Readonly<Record<Action, readonly Role[]>> = {
  'doctor-joined': ['doctor'],
  create: ['patient'],
  join: ['doctor', 'guest'],
  'ack-doctor-entered': ['patient'],
  'send-metadata': PARTICIPANTS,
  offer: PARTICIPANTS,
  answer: PARTICIPANTS,
  'ice-candidate': PARTICIPANTS,
  'doctor-rejected': ['doctor'],
  'patient-left': ['patient'],
  'doctor-ended': ['doctor'],
  'patient-ended': ['patient'],
  leave: PARTICIPANTS,
  'call-next': ['doctor'],
  hold: ['doctor'],
  'return-to-queue': ['doctor'],
  transfer: ['doctor'],
  'message-to-waiting': ['doctor'],
  'set-priority': ['doctor'],
  ready: ['patient'],
  'refresh-token': PARTICIPANTS,
  'refresh-ice-servers': PARTICIPANTS,

  'create-namespace': PRACTICE,
  'remove-namespace': PRACTICE,
  'check-availability': EVERYBODY,
  'create-room': ['doctor', 'patient', 'service'],
  'join-room': EVERYBODY,

  'ice-servers': EVERYBODY,
  tokens: ['service'],
  invitations: ['service'],
  consultations: PRACTICE,
};

const mayDo = (role: Role, action: Action): boolean => POLICY[action].includes(role);

/** @throws SignalingError `not-allowed` */
export function assertMay(role: Role, action: Action): void {
  if (!mayDo(role, action)) throw new SignalingError('not-allowed');
}
