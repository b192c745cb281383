import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { SessionData, Time } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { MintedToken, MintRequest, TokenMint } from './mint.ts';

export interface InvitationParts {
  data: SessionData;
  clock: Clock;
  mint: TokenMint;
}

export interface Invitation {
  /** 256 random bits for a link's fragment; the store keeps their hash only. */
  invitation: string;
  expiresAt: Time;
}

/**
 * An invitation stands for an access token that does not exist yet: whoever redeems it first gets the
 * token, and nobody gets a second one (SPEC AUTH-8). `goodForSeconds` is how long the link waits.
 * @throws SignalingError `invalid-payload` if no such token could be made
 */
export async function invite(
  { data, clock, mint }: InvitationParts,
  request: MintRequest,
  goodForSeconds: number,
): Promise<Invitation> {
  await mint.mint(request);
  const invitation = randomBytes(32).toString('base64url');
  const expiresAt = clock.now() + goodForSeconds * 1000;
  await data.keepInvitation(hashOf(invitation), JSON.stringify(request), expiresAt);
  return { invitation, expiresAt };
}

/**
 * The access token that the invitation stands for; its time begins now.
 * @throws SignalingError `token-invalid`: unknown, redeemed or too old, with the same answer
 */
export async function redeem(
  { data, clock, mint }: InvitationParts,
  invitation: string,
): Promise<MintedToken> {
  const request = await data.takeInvitation(hashOf(invitation), clock.now());
  if (request === undefined) {
    throw new SignalingError(
      'token-invalid',
      'This invitation is not good any more. Ask for a new one.',
    );
  }
  return mint.mint(JSON.parse(request));
}

const hashOf = (invitation: string): string =>
  createHash('sha256').update(invitation).digest('hex');
