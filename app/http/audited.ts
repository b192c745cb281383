import { isId } from '@telemedicine-signaling/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isAudited } from '../audit/refusals.ts';
import type { Audit } from '../audit/trail.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { callerOf, type GuardParts } from './guard.ts';

/** Notes each request that was refused, by whoever it was as far as `guard` has found out. */
export function noteRefusals(app: FastifyInstance, parts: GuardParts & { audit: Audit }): void {
  app.addHook('onError', async (request, _reply, error: Error) => {
    if (!(error instanceof SignalingError) || !isAudited(error.code)) return;
    const { namespaceId, roomId } = fieldsOf(request);
    parts.audit.note({
      action: 'refused',
      result: error.code,
      ...callerOf(parts, request),
      'namespace-id': isId(namespaceId) ? namespaceId : null,
      'room-id': isId(roomId) ? roomId : null,
      asked: request.routeOptions.url,
    });
  });
}

/** A GET is read from its query alone, a POST from its body alone (SPEC HTTP-11). */
const fieldsOf = ({ method, query, body }: FastifyRequest): Record<string, unknown> =>
  ((method === 'POST' ? body : query) ?? {}) as Record<string, unknown>;
