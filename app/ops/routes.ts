import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import type { OperatorGuard } from './operator.ts';

/** Whether new clients should be sent to this node. */
export type Readiness = { ready: true } | { ready: false; why: string };

/** What a machine asks of a node, and nobody else: of no interest to a page. */
export interface Health {
  readiness: () => Readiness;
}

const tags = ['server'];
const aliveRoute = {
  schema: {
    operationId: 'healthz',
    summary: 'Ask whether the process lives',
    description: 'Restart one that does not answer within some seconds.',
    tags,
    response: { 200: z.object({ alive: z.literal(true) }).meta({ examples: [{ alive: true }] }) },
  },
};
const readyRoute = {
  schema: {
    operationId: 'readyz',
    summary: 'Ask whether new clients may come here',
    description:
      'For load balancers: 503 says why not, and is nothing that a restart makes better.',
    tags,
    response: {
      200: z.object({ ready: z.literal(true) }).meta({ examples: [{ ready: true }] }),
      503: z.object({ ready: z.literal(false), why: z.string() }),
    },
  },
};

/**
 * `GET /healthz`, for what restarts a process that hangs: whoever gets an answer knows that the event
 * loop turns (SPEC OPS-1). `GET /readyz`, for load balancers: 200 while new clients may come here, else
 * 503 and why (OPS-2). Neither asks the store anything.
 */
export function addHealthRoutes(app: FastifyInstance, { readiness }: Health): void {
  app.get('/healthz', aliveRoute, async () => ({ alive: true }));
  app.get('/readyz', readyRoute, (_request, reply) => {
    const answer = readiness();
    return reply.code(answer.ready ? 200 : 503).send(answer);
  });
}

/** `GET /metrics` in the text form of Prometheus (SPEC METRIC-1); with `guard` for operators only. */
export function addMetricsRoute(
  app: FastifyInstance,
  registry: Registry,
  guard?: OperatorGuard,
): void {
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    await guard?.(request);
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
