import type { FastifyReply, FastifyRequest } from 'fastify';
import { prefersPage } from '../http/prefers-page.ts';
import { httpError } from './http-errors.ts';
import { SignalingError } from './signaling-error.ts';

/**
 * Answers any address and method that leads nowhere: JSON for a program, the given page for a browser
 * (SPEC HTTP-8). What was asked for is not repeated in the answer.
 */
export const makeNotFoundHandler =
  (page: string) =>
  (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    reply.code(404);
    return prefersPage(request.headers.accept)
      ? reply.type('text/html; charset=utf-8').send(page)
      : reply.send(httpError(new SignalingError('not-found')));
  };
