import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { SignalingError } from '../errors/signaling-error.ts';
import { bearerOf, type GuardParts } from '../http/guard.ts';

/** Lets an operator pass. @throws SignalingError `token-missing`, `token-invalid`, `rate-limited` */
export type OperatorGuard = (request: FastifyRequest) => Promise<void>;

/** Whoever shows the operator's token, as `Authorization: Bearer`; guesses count as failed attempts (SPEC LIMIT-4). */
export const operatorGuard =
  (token: string, { failures, addressOf }: Pick<GuardParts, 'failures' | 'addressOf'>) =>
  (request: FastifyRequest): Promise<void> =>
    failures.watch(addressOf(request.raw), async () => {
      const shown = bearerOf(request);
      if (shown === undefined) throw new SignalingError('token-missing');
      // Digests are of one length, which the comparison needs, and tell nothing by the time it takes.
      if (!timingSafeEqual(digest(shown), digest(token))) throw new SignalingError('token-invalid');
    });

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
