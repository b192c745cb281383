import type { FastifyInstance, FastifyReply } from 'fastify';
import { createAsyncApi } from './asyncapi.ts';
import { eventsPage } from './events-page.ts';
import { httpPage } from './http-page.ts';
import { openApiOf } from './openapi.ts';

const HIDDEN = { schema: { hide: true } };

/** The descriptions of this server, for programs and for people (SPEC DESCRIBE-1, DESCRIBE-2). */
export function addDescriptionRoutes(app: FastifyInstance): void {
  // Made once, when they are first asked for: all routes are known by then.
  const openApi = once(() => openApiOf(app));
  const asyncApi = once(createAsyncApi);
  const http = once(() => httpPage(openApi()));
  const events = once(() => eventsPage(asyncApi()));
  app.get('/openapi.json', HIDDEN, async () => openApi());
  app.get('/asyncapi.json', HIDDEN, async () => asyncApi());
  app.get('/docs', HIDDEN, async (_request, reply) => html(reply, http()));
  app.get('/docs/events', HIDDEN, async (_request, reply) => html(reply, events()));
}

const html = (reply: FastifyReply, text: string): FastifyReply =>
  reply.type('text/html; charset=utf-8').send(text);

function once<T>(make: () => T): () => T {
  let made: { it: T } | undefined;
  return () => {
    made ??= { it: make() };
    return made.it;
  };
}
