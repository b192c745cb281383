import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Audit } from './audit/trail.ts';
import type { TokenMint } from './auth/mint.ts';
import { addTokenRoutes } from './auth/router.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { addConsultationRoutes } from './consultations/router.ts';
import type { ConsultationRecords } from './data/consultation-records.ts';
import type { SessionData } from './data/session-data.ts';
import type { WebhookOutbox } from './data/webhook-outbox.ts';
import {
  answerBadAddress,
  answerClientError,
  type FailureLog,
  makeErrorHandler,
} from './errors/http-errors.ts';
import { makeNotFoundHandler } from './errors/not-found.ts';
import { noteRefusals } from './http/audited.ts';
import { takeJsonOnly } from './http/body.ts';
import type { GuardParts } from './http/guard.ts';
import { securityHeaders } from './http/security-headers.ts';
import type { IceServers } from './ice/ice-servers.ts';
import { addIceRoutes } from './ice/router.ts';
import { addNamespaceRoutes } from './namespaces/router.ts';
import { addConsoleRoutes, type ConsoleParts } from './ops/console-routes.ts';
import { newCorrelationId } from './ops/correlation.ts';
import type { Counts } from './ops/metrics/counts.ts';
import { noteRequests } from './ops/metrics/requests.ts';
import { operatorGuard } from './ops/operator.ts';
import { addHealthRoutes, addMetricsRoute, type Readiness } from './ops/routes.ts';
import type { Perform } from './outcome.ts';
import { addRoomRoutes } from './rooms/router.ts';
import { describeRoutes } from './site/docs/openapi.ts';
import { addDescriptionRoutes } from './site/docs/routes.ts';
import { NOT_FOUND_PAGE } from './site/not-found-page.ts';
import { addSiteRoutes } from './site/router.ts';
import { addWebhookRoutes } from './webhooks/router.ts';

/** What the HTTP application is made of. */
export interface AppParts extends GuardParts {
  config: Config;
  audit: Audit;
  data: SessionData;
  records: ConsultationRecords;
  /** Where webhooks are put in, where these are sent. */
  webhooks?: WebhookOutbox | undefined;
  clock: Clock;
  ice: IceServers;
  mint: TokenMint | undefined;
  /** Runs what changes a namespace in its turn, and carries out its steps. */
  perform: Perform;
  ids: { uuid(): string };
  readiness: () => Readiness;
  counts: Counts;
  /** What the operator's page shows and does. */
  console?: ConsoleParts | undefined;
  /** All figures, where an operator may ask for them here. */
  registry: Registry | undefined;
  /** Where failures of the server's own are written down; false for nowhere. */
  logger: (FailureLog & Pick<Logger, 'debug'>) | false;
}

/** Both are in use: deployed pages call either. */
const PREFIXES = ['', '/api'];

/** How long a whole request may take to arrive, in milliseconds. Long-polling waits after that. */
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * The HTTP application: the contract's routes, the pages, and their errors. It listens to nothing yet;
 * `app.server` is there for the sockets to stand on.
 *
 * Fastify's own log stays off, since its lines carry addresses, and so ids (SPEC HTTP-18).
 */
export function createApp(parts: AppParts): FastifyInstance {
  const { config, logger } = parts;
  const app = fastify({
    logger: false,
    genReqId: newCorrelationId,
    bodyLimit: config.limits.messageBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    return503OnClosing: false,
    frameworkErrors: answerBadAddress,
    clientErrorHandler: answerClientError,
  });
  const notFound = makeNotFoundHandler(NOT_FOUND_PAGE);

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(makeErrorHandler(logger));
  noteRefusals(app, parts);
  noteRequests(app, parts.counts, logger);
  app.setNotFoundHandler(notFound);
  takeJsonOnly(app);

  void app.register(helmet, securityHeaders(config.mode === 'production'));
  void app.register(cors, {
    origin: config.allowedOrigins === '*' ? '*' : [...config.allowedOrigins],
    methods: ['GET', 'HEAD', 'POST'],
    strictPreflight: false,
  });
  // After the plugins have hooked in: what is answered here carries their headers.
  app.after(() => {
    app.addHook('onRequest', async (request, reply) => {
      reply.header('Cache-Control', 'no-store').header('X-Request-Id', request.id);
      // Before the body is looked at: where there is nothing, no body is wrong.
      if (request.is404) return notFound(request, reply);
    });
  });

  describeRoutes(app);
  void app.register(async (site) => {
    addSiteRoutes(site);
    addDescriptionRoutes(site);
    addHealthRoutes(site, parts);
    const { registry } = parts;
    const { operatorToken } = config;
    if (operatorToken === undefined) return;
    const guard = operatorGuard(operatorToken, parts);
    if (registry !== undefined) addMetricsRoute(site, registry, guard);
    if (parts.console !== undefined) addConsoleRoutes(site, parts.console, guard);
    const { webhooks: outbox, clock } = parts;
    if (outbox !== undefined) addWebhookRoutes(site, { outbox, clock, guard });
  });
  for (const prefix of PREFIXES) {
    void app.register(
      async (routes) => {
        addNamespaceRoutes(routes, parts);
        addRoomRoutes(routes, parts);
      },
      { prefix },
    );
  }
  void app.register(
    async (routes) => {
      addIceRoutes(routes, parts);
      addTokenRoutes(routes, parts);
      addConsultationRoutes(routes, parts);
    },
    { prefix: '/api/v1' },
  );
  return app;
}
