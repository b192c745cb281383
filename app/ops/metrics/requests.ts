import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Counts } from './counts.ts';
import { ROUTES } from './table.ts';

/** A method that HTTP has no route for is the caller's own word. */
const wordOf = (method: string): string | null =>
  ['GET', 'HEAD', 'POST', 'OPTIONS'].includes(method) ? method : null;

type Route = (typeof ROUTES)[number];

const KNOWN: ReadonlySet<string> = new Set(ROUTES);

/** By the route's pattern, never by the address, which anybody may write. */
function routeOf(pattern: string | undefined): Route {
  if (pattern === undefined) return 'none';
  const name = pattern.replace(/^\/(api\/(?!v1\/))?/, '');
  return KNOWN.has(name) ? (name as Route) : 'page';
}

/**
 * Counts every answer of this application (SPEC METRIC-2), and writes it down for whoever looks that
 * closely (HTTP-18). Long-polling goes past it.
 */
export function noteRequests(
  app: FastifyInstance,
  counts: Counts,
  log: Pick<Logger, 'debug'> | false,
): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.is404 ? 'none' : routeOf(request.routeOptions.url);
    counts.requests.add(route, `${Math.floor(reply.statusCode / 100)}xx` as '2xx');
    // What nobody foresaw is the only 500 (SPEC HTTP-10).
    if (reply.statusCode === 500) counts.faults.add('request');
    counts.requested.add(reply.elapsedTime / 1000);
    if (log === false) return;
    const { id, method } = request;
    const { statusCode: status, elapsedTime } = reply;
    const ms = Math.round(elapsedTime);
    log.debug({ request: id, method: wordOf(method), route, status, ms }, 'a request is answered');
  });
}
