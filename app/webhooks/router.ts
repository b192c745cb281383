import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { WebhookOutbox } from '../data/webhook-outbox.ts';
import type { OperatorGuard } from '../ops/operator.ts';
import { replay } from './replay.ts';
import { listFields, type ReplayFields, replayFields, viewOf } from './view.ts';

export interface WebhookRouteParts {
  outbox: WebhookOutbox;
  clock: Clock;
  guard: OperatorGuard;
}

/** `GET /ops/webhooks` and `POST /ops/webhooks/replay`: for operators only (SPEC HOOK-9). */
export function addWebhookRoutes(
  app: FastifyInstance,
  { outbox, clock, guard }: WebhookRouteParts,
): void {
  app.get(
    '/ops/webhooks',
    { schema: { hide: true, querystring: listFields }, onRequest: guard },
    async (request) => {
      const { state, roomId, before = null, limit } = request.query as z.output<typeof listFields>;
      const page = { before, limit };
      const found = await outbox.find(
        roomId === undefined ? { state, ...page } : { roomId, ...page },
      );
      const next = found.length < limit ? null : (found.at(-1)?.n ?? null);
      return { status: 200, msg: 'The latest first.', webhooks: found.map(viewOf), next };
    },
  );

  app.post(
    '/ops/webhooks/replay',
    { schema: { hide: true, body: replayFields }, onRequest: guard },
    async (request) => {
      const count = await replay(outbox, request.body as ReplayFields, clock.now());
      return { status: 200, msg: 'They are sent again, each with its id.', count };
    },
  );
}
