import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Registry } from 'prom-client';
import { answerBadAddress, answerClientError, httpError } from '../errors/http-errors.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { addHealthRoutes, addMetricsRoute, type Health } from './routes.ts';

/** A server on a port of its own. */
export interface OwnPort {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Figures and health on a port that patients do not reach (SPEC METRIC-1): whoever does may see them.
 * It answers as long as the process runs, also while the other port lets nobody in any more.
 */
export async function listenApart(
  { host, port }: { host: string; port: number },
  registry: Registry,
  health: Health,
): Promise<OwnPort> {
  const app = fastify({
    logger: false,
    frameworkErrors: answerBadAddress,
    clientErrorHandler: answerClientError,
    forceCloseConnections: true,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(httpError(new SignalingError('not-found'))),
  );
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('Cache-Control', 'no-store');
  });
  addHealthRoutes(app, health);
  addMetricsRoute(app, registry);
  await app.listen({ host, port });
  return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
}
