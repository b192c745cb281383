import type { FastifyInstance } from 'fastify';
import type { Counts } from './counts.ts';
import { ROUTES } from './table.ts';

type Route = (typeof ROUTES)[number];

const KNOWN: ReadonlySet<string> = new Set(ROUTES);

/** By the route's pattern, never by the address, which anybody may write. */
function routeOf(pattern: string | undefined): Route {
  if (pattern === undefined) return 'none';
  const name = pattern.replace(/^\/(api\/(?!v1\/))?/, '');
  return KNOWN.has(name) ? (name as Route) : 'page';
}

/** Counts every answer of this application (SPEC METRIC-2). Long-polling goes past it. */
export function countRequests(app: FastifyInstance, counts: Counts): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.is404 ? 'none' : routeOf(request.routeOptions.url);
    counts.requests.add(route, `${Math.floor(reply.statusCode / 100)}xx` as '2xx');
    // What nobody foresaw is the only 500 (SPEC HTTP-10).
    if (reply.statusCode === 500) counts.faults.add('request');
    counts.requested.add(reply.elapsedTime / 1000);
  });
}
