import {
  HTTP_ROUTES,
  type HttpAnswer,
  type HttpFields,
  type HttpRoute,
} from '@telemedicine-signaling/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../auth/access.ts';
import type { AuditWho } from '../data/audit-log.ts';
import { described } from './described.ts';
import { callerOf, type GuardParts, guard } from './guard.ts';

/** What the documentation says of a route, and what its handling needs to know of it. */
export interface About {
  summary: string;
  description: string;
  tag: string;
  /** Whether asking changes something. Such a route does nothing at HEAD (SPEC HTTP-15). */
  changes: boolean;
}

/** Answers what somebody asks who may ask it; what it throws as a `SignalingError` the caller is told. */
export type Answer<R extends HttpRoute> = (
  fields: HttpFields<R>,
  identity: Identity,
  who: AuditWho,
) => Promise<Omit<HttpAnswer<R>, 'status'>>;

/**
 * One of the contract's routes, under the prefix of `app`: GET with the fields as a query, POST with
 * the same fields as JSON (SPEC HTTP-1). Either reads its own fields only: a query beside a body does
 * not count, so no proxy and no log can hold another value than the one that took effect (HTTP-11).
 */
export function addRoute<R extends HttpRoute>(
  app: FastifyInstance,
  parts: GuardParts,
  name: R,
  { changes, summary, description, tag }: About,
  answer: Answer<R>,
): void {
  const { fields, answer: success } = HTTP_ROUTES[name];
  const url = `/${name}`;
  const about = { summary, description, tags: [tag] };
  const operationId = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  // The schema has seen the fields before the handler does: hence the type.
  const say = async (request: FastifyRequest, given: unknown) => {
    const identity = await guard(parts, name, request);
    const who = callerOf(parts, request);
    return { status: 200, ...(await answer(given as HttpFields<R>, identity, who)) };
  };

  const byGet = { ...about, operationId: `${operationId}ByGet` };
  const asQuery = described(name, byGet, { querystring: fields }, success);
  app.get(url, asQuery, async (request, reply) => {
    if (changes && request.method === 'HEAD') return reply.type('application/json').send();
    return say(request, request.query);
  });
  const asBody = described(name, { ...about, operationId }, { body: fields }, success);
  app.post(url, { ...asBody, preValidation: noBodyIsNoFields }, (request) =>
    say(request, request.body),
  );
}

async function noBodyIsNoFields(request: FastifyRequest, _reply: FastifyReply): Promise<void> {
  if (request.body === undefined) request.body = {};
}
