import type { ApiRoute, ClientEvent, HttpRoute, Role } from '@telemedicine-signaling/protocol';
import { SignalingError } from '../errors/signaling-error.ts';
import type { Identity } from './access.ts';

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
  'call-report': PARTICIPANTS,

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

/** What concerns a whole practice: more than a token may that is pinned to one room (SPEC AUTH-4). */
const WHOLE_PRACTICE: ReadonlySet<Action> = new Set([
  'doctor-joined',
  'call-next',
  'create-namespace',
  'remove-namespace',
  'create-room',
]);

/** @throws SignalingError `not-allowed` */
export function assertMay({ role, room }: Pick<Identity, 'role' | 'room'>, action: Action): void {
  const isTooMuch = room !== null && WHOLE_PRACTICE.has(action);
  if (isTooMuch || !POLICY[action].includes(role)) throw new SignalingError('not-allowed');
}
