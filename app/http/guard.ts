import type { FastifyRequest } from 'fastify';
import { type Access, covers, type Identity } from '../auth/access.ts';
import { type Action, assertMay } from '../auth/policy.ts';
import type { AuditWho } from '../data/audit-log.ts';
import type { AddressOf } from './client-address.ts';
import type { FailedAttempts } from './failed-attempts.ts';

export interface GuardParts {
  access: Access;
  failures: FailedAttempts;
  addressOf: AddressOf;
}

const BEARER = /^Bearer +([^\s]+)$/i;

/**
 * Who asks, if they may (SPEC AUTH-1): by `Authorization: Bearer`, never by the address. In open access
 * everybody may everything.
 * @throws SignalingError the token's codes, `rate-limited`, `not-allowed`
 */
export async function guard(
  { access, failures, addressOf }: GuardParts,
  action: Action,
  request: FastifyRequest,
): Promise<Identity> {
  const identity = await failures.watch(addressOf(request.raw), () =>
    access.identify(bearerOf(request)),
  );
  if (access.mode === 'jwt') {
    shown.set(request, identity);
    assertMay(identity, action);
  }
  return identity;
}

/** Who has shown an access token that is valid, whether or not it lets them do what they asked. */
const shown = new WeakMap<FastifyRequest, Identity>();

/** Who asks and from where, for the audit trail, as far as `guard` has found out. */
export function callerOf({ addressOf }: GuardParts, request: FastifyRequest): AuditWho {
  const { role, subject } = shown.get(request) ?? {};
  return { role, subject, from: addressOf(request.raw) };
}

/** What stands in `Authorization: Bearer`; undefined where there is no such header. */
export function bearerOf({ headers }: FastifyRequest): string | undefined {
  const { authorization } = headers;
  if (authorization === undefined) return undefined;
  // What is not of this form is a token that is not valid, rather than none.
  return BEARER.exec(authorization)?.[1] ?? authorization;
}

/** What is bound to no namespace concerns all who may ask at all. */
export const coversRoom = (identity: Identity, namespaceId: string | null): boolean =>
  namespaceId === null || covers(identity, namespaceId);
