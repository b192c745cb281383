import { homeAnswerSchema, isId } from '@telemedicine-signaling/protocol';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { prefersPage } from '../http/prefers-page.ts';
import { DOCS_STYLE, ICON, ROOM_STYLE, STYLE, TRY_IT_SCRIPT } from './assets.ts';
import { HOME_PAGE } from './home.ts';
import { PERMISSIONS_POLICY, type RoomPage, roomPage } from './room-pages.ts';
import { uiFiles } from './ui-files.ts';

const UP = { status: 200, msg: 'The signaling server is up.' };

/**
 * The home page, as JSON for programs (SPEC HTTP-2), the pages on which consultations are held (PAGE-1),
 * and what they load.
 */
export function addSiteRoutes(app: FastifyInstance): void {
  app.get(
    '/',
    {
      schema: {
        operationId: 'home',
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

  for (const { path, type, content } of [STYLE, ROOM_STYLE, DOCS_STYLE, TRY_IT_SCRIPT, ICON]) {
    app.get(path, { schema: { hide: true } }, async (_request, reply) =>
      reply.type(type).header('Cache-Control', 'public, max-age=31536000, immutable').send(content),
    );
  }

  for (const name of ['patient', 'doctor'] as const) {
    app.get<{ Params: { namespaceId: string } }>(
      `/${name}/:namespaceId`,
      { schema: { hide: true } },
      async (request, reply) => {
        if (isId(request.params.namespaceId)) return send(reply, name);
        return reply.callNotFound();
      },
    );
  }
  for (const name of ['test', 'ops'] as const) {
    app.get(`/${name}`, { schema: { hide: true } }, async (_request, reply) => send(reply, name));
  }

  for (const { path, content, etag, isForGood } of uiFiles()) {
    const caching = isForGood ? 'public, max-age=31536000, immutable' : 'public, no-cache';
    app.get(path, { schema: { hide: true } }, async (request, reply) => {
      reply
        .header('Cache-Control', caching)
        .header('ETag', etag)
        // Pages of a hospital load them, too; which may is for CORS to say (SPEC HTTP-19).
        .header('Cross-Origin-Resource-Policy', 'cross-origin');
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type('text/javascript; charset=utf-8').send(content);
    });
  }
}

const send = (reply: FastifyReply, name: RoomPage): FastifyReply =>
  reply
    .header('Permissions-Policy', PERMISSIONS_POLICY)
    .type('text/html; charset=utf-8')
    .send(roomPage(name));
