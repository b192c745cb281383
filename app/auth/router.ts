import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Audit } from '../audit/trail.ts';
import type { Clock } from '../clock.ts';
import type { AuditFact } from '../data/audit-log.ts';
import type { SessionData } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { callerOf, type GuardParts, guard } from '../http/guard.ts';
import { covers, type Identity } from './access.ts';
import { claimForms } from './access-claims.ts';
import { type InvitationParts, invite, redeem } from './invitation.ts';
import type { MintRequest, TokenMint } from './mint.ts';

export interface TokenRouteParts extends GuardParts {
  data: SessionData;
  clock: Clock;
  audit: Audit;
  /** Absent where tokens are signed elsewhere: without a shared secret, or in open access. */
  mint: TokenMint | undefined;
}

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/** A `service` makes tokens for people; for itself it signs where its secret is. */
const tokenBody = z.object({
  role: claimForms.role.exclude(['service']),
  subject: claimForms.subject,
  namespaces: claimForms.namespaces,
  room: claimForms.room,
  urgent: claimForms.urgent,
  ttlSeconds: z.int().min(1).default(HOUR_SECONDS),
});
const invitationBody = tokenBody.extend({
  room: claimForms.room.unwrap(),
  goodForSeconds: z
    .int()
    .min(60)
    .max(30 * DAY_SECONDS)
    .default(DAY_SECONDS),
});
const redeemBody = z.object({ invitation: z.string().length(43) });

/** Tokens for people without a backend of their own (SPEC AUTH-7, AUTH-8). */
export function addTokenRoutes(app: FastifyInstance, parts: TokenRouteParts): void {
  app.post('/tokens', { schema: { body: tokenBody } }, async (request) => {
    const identity = await guard(parts, 'tokens', request);
    const asked = request.body as z.output<typeof tokenBody>;
    const { mint } = invitationParts(parts);
    assertCovered(identity, asked);
    const { token, tokenId, expiresAt } = await mint.mint(asked);
    await parts.audit.record({
      action: 'token-issued',
      ...callerOf(parts, request),
      ...grantOf(asked),
      'token-id': tokenId,
      'expires-at': iso(expiresAt),
    });
    return { status: 200, msg: 'The token is made.', token, 'expires-at': iso(expiresAt) };
  });

  app.post('/invitations', { schema: { body: invitationBody } }, async (request) => {
    const identity = await guard(parts, 'invitations', request);
    const { goodForSeconds, ...asked } = request.body as z.output<typeof invitationBody>;
    assertCovered(identity, asked);
    const made = await invite(invitationParts(parts), asked, goodForSeconds);
    const { invitation, expiresAt } = made;
    await parts.audit.record({
      action: 'invitation-issued',
      ...callerOf(parts, request),
      ...grantOf(asked),
      'invitation-id': idOf(invitation),
      'expires-at': iso(expiresAt),
    });
    // Behind `#` it reaches no server and no log.
    const fragment = `#invitation=${invitation}`;
    return {
      status: 200,
      msg: 'Good once.',
      invitation,
      fragment,
      'expires-at': iso(expiresAt),
    };
  });

  // Whoever holds an invitation has no token yet: nothing to guard but the invitation itself.
  app.post('/invitations/redeem', { schema: { body: redeemBody } }, async (request) => {
    const { invitation } = (request as FastifyRequest<{ Body: z.output<typeof redeemBody> }>).body;
    const { token, tokenId, expiresAt } = await parts.failures.watch(
      parts.addressOf(request.raw),
      () => redeem(invitationParts(parts), invitation),
    );
    await parts.audit.record({
      action: 'invitation-redeemed',
      ...callerOf(parts, request),
      'invitation-id': idOf(invitation),
      'token-id': tokenId,
      'expires-at': iso(expiresAt),
    });
    return { status: 200, msg: 'Here is your token.', token, 'expires-at': iso(expiresAt) };
  });
}

function invitationParts({ data, clock, mint }: TokenRouteParts): InvitationParts {
  if (mint === undefined) {
    throw new SignalingError('not-allowed', 'This server makes no tokens: it has no JWT_SECRET.');
  }
  return { data, clock, mint };
}

/** A service gives out no more than it has. */
function assertCovered(
  identity: Identity,
  { namespaces, room }: Pick<MintRequest, 'namespaces' | 'room'>,
): void {
  const isOfRoom = identity.room === null || identity.room === room;
  if (!isOfRoom || !namespaces.every((id) => covers(identity, id))) {
    throw new SignalingError('not-allowed');
  }
}

/** What a token is good for, as the audit trail tells it. */
const grantOf = ({ role, subject, namespaces, room }: z.output<typeof tokenBody>) =>
  ({ 'for-role': role, 'for-subject': subject, namespaces, 'room-id': room }) satisfies Omit<
    AuditFact,
    'action'
  >;

/** Tells that two lines are about the same invitation, and cannot be redeemed. */
const idOf = (invitation: string): string =>
  createHash('sha256').update(invitation).digest('hex').slice(0, 16);

const iso = (time: number): string => new Date(time).toISOString();
