import type { ClientEvent, Passed, Role } from '@telemedicine-signaling/protocol';
import { mayBeIn } from '../auth/access.ts';
import { assertMay } from '../auth/policy.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { Session } from './session.ts';

/**
 * Whether the sender's role, and its token, let it say this at all (SPEC AUTH-1, AUTH-4).
 * @param role in open access, what the event makes of the sender
 * @throws SignalingError `not-allowed`
 */
export function assertMayDo(
  { role: own, identity: { room } }: Session,
  event: ClientEvent,
  role: Role = own,
): void {
  assertMay({ role, room }, event);
}

/**
 * A room that the token is not for is none, as far as its bearer can tell (SPEC AUTH-4).
 * @throws SignalingError `room-not-found`
 */
export function assertMayMean({ identity }: Session, sent: Passed): void {
  const roomId = sent['room-id'] ?? sent.roomID;
  if (typeof roomId === 'string' && !mayBeIn(identity, roomId)) {
    throw new SignalingError('room-not-found');
  }
}
