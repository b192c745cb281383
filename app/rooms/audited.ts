import type { EndReason } from '@telemedicine-signaling/protocol';
import type { AuditAction } from '../data/audit-log.ts';
import type { Room } from '../data/session-data.ts';
import type { Step } from '../outcome.ts';
import type { Actor } from './room.ts';

/** The line that an act leaves in the audit trail (SPEC AUDIT-1). */
export const audited = (
  action: Extract<AuditAction, 'entered' | 'knocked' | 'admitted'>,
  actor: Actor,
  room: Room,
): Step => ({ audit: { action, ...who(actor), ...where(room) } });

/** The line of a transfer, in the namespace that the patient leaves. */
export const auditedTransfer = (actor: Actor, before: Room, toNamespaceId: string): Step => ({
  audit: {
    action: 'transferred',
    ...who(actor),
    ...where(before),
    'to-namespace-id': toNamespaceId,
  },
});

/** The line of an end; without an actor it was the clock. A room in which nobody was leaves none. */
export function auditedEnd(before: Room, reason: EndReason, actor?: Actor): Step[] {
  if (before.members.length === 0) return [];
  const by = actor === undefined ? { role: 'server' as const } : who(actor);
  return [{ audit: { action: 'ended', reason, ...by, ...where(before) } }];
}

const who = ({ id, role }: Actor) => ({ role, 'client-id': id });

const where = ({ id, namespaceId }: Room) => ({ 'namespace-id': namespaceId, 'room-id': id });
