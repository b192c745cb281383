import { type LiveState, namespaceIdSchema } from '@telemedicine-signaling/protocol';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AddressOf } from '../http/client-address.ts';
import type { OperatorGuard } from './operator.ts';

export interface ConsoleParts {
  state: () => Promise<LiveState>;
  /** Sends everybody away to come back, and ends the process. */
  drain: () => void;
  /** Resolves with whether there was one of that id; `from` is the address of who wants it closed. */
  closeNamespace: (namespaceId: string, from: string) => Promise<boolean>;
  addressOf: AddressOf;
}

const namespaceFields = z.object({ namespaceId: namespaceIdSchema });

/** What the operator's page asks and does (SPEC OPS-3, OPS-4). */
export function addConsoleRoutes(
  app: FastifyInstance,
  { state, drain, closeNamespace, addressOf }: ConsoleParts,
  guard: OperatorGuard,
): void {
  app.get('/ops/state', { schema: { hide: true }, onRequest: guard }, async () => ({
    status: 200,
    msg: 'This node, now and in the last hour.',
    ...(await state()),
  }));

  app.post('/ops/drain', { schema: { hide: true }, onRequest: guard }, async (_request, reply) => {
    // The answer has gone out before the server listens to nobody any more.
    reply.raw.once('finish', drain);
    return { status: 200, msg: 'This node sends its clients away, and ends.' };
  });

  app.post(
    '/ops/close-namespace',
    { schema: { hide: true, body: namespaceFields }, onRequest: guard },
    async (request) => {
      const { namespaceId } = request.body as z.output<typeof namespaceFields>;
      const isClosed = await closeNamespace(namespaceId, addressOf(request.raw));
      return {
        status: 200,
        msg: isClosed ? 'The namespace is closed.' : 'There was no such namespace.',
        closed: isClosed,
      };
    },
  );
}
