import { randomUUID } from 'node:crypto';
import { iceServersAnswer } from '@telemedicine-signaling/protocol';
import type { FastifyInstance } from 'fastify';
import type { Audit } from '../audit/trail.ts';
import { described } from '../http/described.ts';
import { callerOf, type GuardParts, guard } from '../http/guard.ts';
import { type IceServers, iceFields } from './ice-servers.ts';

const about = {
  operationId: 'iceServers',
  summary: 'Ask for STUN and TURN servers',
  description: 'With credentials of their own for whoever asks; ask again before they expire.',
  tags: ['calls'],
};
const route = described('ice-servers', about, {}, iceServersAnswer);

/** `GET /api/v1/ice-servers`: STUN and TURN servers for whoever may hold a call (SPEC ICE-2). */
export function addIceRoutes(
  app: FastifyInstance,
  parts: GuardParts & { ice: IceServers; audit: Audit },
): void {
  app.get('/ice-servers', route, async (request) => {
    const identity = await guard(parts, 'ice-servers', request);
    const grant = parts.ice.forClient(identity.subject ?? randomUUID());
    const fields = iceFields(grant);
    const until = fields['ice-expires-at'];
    const who = callerOf(parts, request);
    if (until !== null) parts.audit.note({ action: 'turn-issued', ...who, 'expires-at': until });
    return { status: 200, msg: 'Ask again before they expire.', ...fields };
  });
}
