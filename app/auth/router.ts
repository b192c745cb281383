import { createHash } from 'node:crypto';
import { invitationAnswer, redeemedAnswer, tokenAnswer } from '@telemedicine-signaling/protocol';
import type { FastifyInstance } from 'fastify';
import type { Audit } from '../audit/trail.ts';
import type { Clock } from '../clock.ts';
import type { AuditFact } from '../data/audit-log.ts';
import type { SessionData } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { described } from '../http/described.ts';
import { callerOf, type GuardParts, guard } from '../http/guard.ts';
import { covers, type Identity } from './access.ts';
import { type InvitationParts, invite, redeem } from './invitation.ts';
import type { MintRequest, TokenMint } from './mint.ts';
import {
  type InvitationBody,
  invitationBody,
  type RedeemBody,
  redeemBody,
  type TokenBody,
  tokenBody,
} from './token-forms.ts';

export interface TokenRouteParts extends GuardParts {
  data: SessionData;
  clock: Clock;
  audit: Audit;
  /** Absent where tokens are signed elsewhere: without a shared secret, or in open access. */
  mint: TokenMint | undefined;
}

const tags = ['access'];
const tokenRoute = described(
  'tokens',
  {
    operationId: 'tokens',
    summary: 'Make an access token',
    description: 'For a doctor, a patient or a guest, within what your own token is for.',
    tags,
  },
  { body: tokenBody },
  tokenAnswer,
);
const invitationRoute = described(
  'invitations',
  {
    operationId: 'invitations',
    summary: 'Make an invitation',
    description:
      'For a link in a letter or message: redeemed once for an access token to one room.',
    tags,
  },
  { body: invitationBody },
  invitationAnswer,
);
const redeemRoute = described(
  null,
  {
    operationId: 'redeemInvitation',
    summary: 'Redeem an invitation',
    description: 'Whoever holds an invitation needs no token; it is good once.',
    tags,
  },
  { body: redeemBody },
  redeemedAnswer,
);

/** Tokens for people without a backend of their own (SPEC AUTH-7, AUTH-8). */
export function addTokenRoutes(app: FastifyInstance, parts: TokenRouteParts): void {
  app.post('/tokens', tokenRoute, async (request) => {
    const identity = await guard(parts, 'tokens', request);
    const asked = request.body as TokenBody;
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

  app.post('/invitations', invitationRoute, async (request) => {
    const identity = await guard(parts, 'invitations', request);
    const { goodForSeconds, ...asked } = request.body as InvitationBody;
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
  app.post('/invitations/redeem', redeemRoute, async (request) => {
    const { invitation } = request.body as RedeemBody;
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
const grantOf = ({ role, subject, namespaces, room }: TokenBody) =>
  ({ 'for-role': role, 'for-subject': subject, namespaces, 'room-id': room }) satisfies Omit<
    AuditFact,
    'action'
  >;

/** Tells that two lines are about the same invitation, and cannot be redeemed. */
const idOf = (invitation: string): string =>
  createHash('sha256').update(invitation).digest('hex').slice(0, 16);

const iso = (time: number): string => new Date(time).toISOString();
