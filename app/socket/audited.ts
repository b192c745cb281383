import { CLIENT_EVENTS, type ErrorCode, isId } from '@telemedicine-signaling/protocol';
import type { Socket } from 'socket.io';
import { isAudited } from '../audit/refusals.ts';
import type { Audit } from '../audit/trail.ts';
import type { Identity } from '../auth/access.ts';
import type { AuditFact } from '../data/audit-log.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { AddressOf } from '../http/client-address.ts';
import type { IceServers } from '../ice/ice-servers.ts';
import type { Directory } from './directory.ts';
import type { Session } from './session.ts';

/** Completes what a client did by who that is and where its connection comes from (SPEC AUDIT-2). */
export function auditOfClients(audit: Audit, directory: Directory, addressOf: AddressOf): Audit {
  const complete = (fact: AuditFact): AuditFact => {
    const session = directory.get(fact['client-id'] ?? '');
    if (session === undefined) return fact;
    const { role, identity, socket } = session;
    const from = socket && addressOf(socket.request);
    return { role, subject: identity.subject, from, ...fact };
  };
  return {
    record: (fact) => audit.record(complete(fact)),
    note: (fact) => audit.note(complete(fact)),
  };
}

/** A connection that may not come in. */
export function noteRefusedConnection(
  { audit, addressOf }: { audit: Audit; addressOf: AddressOf },
  socket: Socket,
  namespaceId: string,
  error: unknown,
): void {
  if (!(error instanceof SignalingError) || !isAudited(error.code)) return;
  const identity: Identity | undefined = socket.data.identity;
  audit.note({
    action: 'refused',
    result: error.code,
    role: identity?.role,
    subject: identity?.subject,
    from: addressOf(socket.request),
    'namespace-id': namespaceId,
    asked: 'connect',
  });
}

/** An event whose sender may not do that. Of what it sent only a room's id is written down. */
export function noteRefusedEvent(
  audit: Audit,
  session: Session,
  event: string,
  payload: unknown,
  code: ErrorCode,
): void {
  if (!isAudited(code)) return;
  const sent = (payload ?? {}) as Record<string, unknown>;
  const roomId = sent['room-id'] ?? sent.roomID;
  audit.note({
    action: 'refused',
    result: code,
    'client-id': session.id,
    'namespace-id': session.namespaceId,
    'room-id': isId(roomId) ? roomId : null,
    // The name of an event that is not in the table is the client's own text.
    asked: Object.hasOwn(CLIENT_EVENTS, event) ? event : null,
  });
}

/** Hands out the servers of `ice`, and notes whom it gave credentials. */
export const auditedIce = (ice: IceServers, audit: Audit): IceServers => ({
  forClient(clientId) {
    const grant = ice.forClient(clientId);
    if (grant.expiresAt !== null) {
      const until = new Date(grant.expiresAt).toISOString();
      audit.note({ action: 'turn-issued', 'client-id': clientId, 'expires-at': until });
    }
    return grant;
  },
});
