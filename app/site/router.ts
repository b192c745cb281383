import { homeAnswerSchema } from '@telemedicine-signaling/protocol';
import type { FastifyInstance } from 'fastify';
import { prefersPage } from '../http/prefers-page.ts';
import { ICON, STYLE, TRY_IT_SCRIPT } from './assets.ts';
import { HOME_PAGE } from './home.ts';

const UP = { status: 200, msg: 'The signaling server is up.' };

/** The home page, as JSON for programs (SPEC HTTP-2), and what the pages load. */
export function addSiteRoutes(app: FastifyInstance): void {
  app.get(
    '/',
    {
      schema: {
        summary: 'Ask whether the server is up',
        description: 'JSON for programs; a page for browsers.',
        tags: ['server'],
        response: {
          200: {
            description: 'The server is up.',
            content: {
              'application/json': { schema: homeAnswerSchema },
            },
          },
        },
      },
    },
    async (request, reply) =>
      prefersPage(request.headers.accept)
        ? reply.type('text/html; charset=utf-8').send(HOME_PAGE)
        : UP,
  );

  for (const { path, type, content } of [STYLE, TRY_IT_SCRIPT, ICON]) {
    app.get(path, { schema: { hide: true } }, async (_request, reply) =>
      reply.type(type).header('Cache-Control', 'public, max-age=31536000, immutable').send(content),
    );
  }
}
