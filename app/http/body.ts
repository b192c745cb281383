import type { FastifyInstance } from 'fastify';

/**
 * Bodies are JSON or nothing (SPEC HTTP-13). An empty one counts as none, since some callers name the
 * type without sending anything. A key that would reach an object's prototype is an error.
 */
export function takeJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') done(null, undefined);
      else void parse(request, body, done);
    },
  );
}
