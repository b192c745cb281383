import type { FastifyInstance } from 'fastify';

/** Whether new clients should be sent to this node. */
export type Readiness = { ready: true } | { ready: false; why: string };

/** `GET /readyz`, for load balancers: 200 while new clients may come here, else 503 (SPEC CLUSTER-10). */
export function addReadinessRoute(app: FastifyInstance, readiness: () => Readiness): void {
  app.get('/readyz', { schema: { hide: true } }, (_request, reply) => {
    const answer = readiness();
    return reply.code(answer.ready ? 200 : 503).send(answer);
  });
}
