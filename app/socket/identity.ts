import { covers } from '../auth/access.ts';
import { claimedRole } from '../auth/open-access.ts';
import type { SessionData } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { Actor } from '../rooms/room.ts';
import { assertMayDo } from './rights.ts';
import type { Session } from './session.ts';
import type { EventParts } from './turn.ts';

/** In open access an event may make the sender a doctor or a patient. */
export async function takeRole(
  parts: EventParts,
  session: Session,
  event: 'doctor-joined' | 'create',
): Promise<void> {
  const isOpen = parts.access.mode === 'open';
  const role = isOpen ? claimedRole(session.role, event, session.rooms.size > 0) : session.role;
  assertMayDo(session, event, role);
  if (role === session.role) return;
  session.role = role;
  await updateClient(parts.data, session);
}

export async function sitDown(parts: EventParts, session: Session): Promise<void> {
  if (session.isAtDesk) return;
  parts.directory.sitDown(session);
  await updateClient(parts.data, session);
}

async function updateClient(data: SessionData, session: Session): Promise<void> {
  const client = await data.findClient(session.id);
  if (client === undefined) return;
  await data.saveClient({ ...client, role: session.role, atDesk: session.isAtDesk });
}

/** The session as use cases see it. */
export const actorOf = ({ id, namespaceId, role, identity }: Session): Actor => ({
  id,
  namespaceId,
  role,
  subject: identity.subject,
  urgent: identity.urgent,
  onlyRoom: identity.room,
});

/**
 * `refresh-token`: the connection goes on under a later token of the same person (SPEC AUTH-6).
 * @throws SignalingError the verifier's codes; `not-allowed` for somebody else's, or for another role,
 * namespace or room
 */
export async function refreshToken(
  parts: EventParts,
  session: Session,
  token: string,
): Promise<object> {
  assertMayDo(session, 'refresh-token');
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
