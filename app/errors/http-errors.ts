import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode, HttpError } from '@telemedicine-signaling/protocol';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { placesOf } from '../ops/places.ts';
import { SignalingError } from './signaling-error.ts';

/** Where a failure is written down; a pino logger is one. */
export interface FailureLog {
  error(fields: object, msg: string): void;
}

/** An error as it goes out over HTTP (SPEC HTTP-10): from the one table, with no more than it says. */
export const httpError = ({ httpStatus, code, message, retry }: SignalingError): HttpError => ({
  status: httpStatus,
  code,
  msg: message,
  retry,
});

/**
 * Answers whatever went wrong while a request was handled. A failure of the server's own (5xx) is
 * written down with its code, method, route and the places in the code that it went through: the
 * address and the message of an unforeseen error may carry ids, so they are not (SPEC HTTP-18).
 */
export const makeErrorHandler =
  (log: FailureLog | false) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const told = toSignalingError(error);
    if (told.httpStatus >= 500 && log !== false) {
      const { method } = request;
      const route = request.routeOptions.url ?? null;
      log.error(
        { request: request.id, code: told.code, method, route, at: placesOf(error) },
        'a request failed',
      );
    }
    return reply.code(told.httpStatus).type('application/json').send(httpError(told));
  };

const FIELD_CODES: Readonly<Record<string, ErrorCode>> = {
  '/namespaceId': 'invalid-namespace-id',
  '/roomId': 'invalid-room-id',
};

function toSignalingError(error: unknown): SignalingError {
  if (error instanceof SignalingError) return error;
  if (!(error instanceof Error)) return new SignalingError('internal');
  const { code, statusCode = 500, validation } = error as Partial<FastifyError>;
  if (validation !== undefined) {
    return new SignalingError(FIELD_CODES[validation[0]?.instancePath ?? ''] ?? 'invalid-payload');
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new SignalingError('payload-too-large', 'The body of the request is too large.');
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new SignalingError(
      'invalid-payload',
      'Send the fields as a JSON object, with Content-Type: application/json.',
    );
  }
  return new SignalingError(statusCode < 500 ? 'invalid-payload' : 'internal');
}

/** An address that cannot be decoded leads nowhere (SPEC HTTP-8). It comes past the hooks, so past their headers. */
export function answerBadAddress(
  _error: FastifyError,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  void reply
    .code(404)
    .headers(BARE_HEADERS)
    .send(JSON.stringify(httpError(new SignalingError('not-found'))));
}

const BARE_HEADERS = {
  'Content-Type': 'application/json; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
};

/**
 * Answers what never became a request: bytes that are not HTTP, a header past Node's bound, a request
 * that took too long (SPEC HTTP-16). The connection is closed.
 */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const told =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new SignalingError('payload-too-large', 'The header of the request is too large.')
      : new SignalingError('invalid-payload', 'This is not a complete HTTP request.');
  const body = JSON.stringify(httpError(told));
  const status = `${told.httpStatus} ${STATUS_CODES[told.httpStatus]}`;
  const headers = Object.entries({
    ...BARE_HEADERS,
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status}\r\n${headers.join('')}\r\n${body}`);
}
