import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { ANY_NAMESPACE, claimForms, mayCover } from './access-claims.ts';
import { importSecret } from './keys.ts';
import {
  assertTokenSettings,
  DEFAULT_MAX_LIFETIME_SECONDS,
  type TokenSettings,
} from './token-settings.ts';

export type MintSettings = Pick<
  TokenSettings,
  'issuer' | 'audience' | 'secrets' | 'maxLifetimeSeconds'
>;

export interface MintParts {
  settings: MintSettings;
  clock: Clock;
  ids?: { uuid(): string };
}

export type MintRequest = z.input<ReturnType<typeof mintRequestSchema>>;

export interface MintedToken {
  token: string;
  /** The token's `jti`. */
  tokenId: string;
  /** Milliseconds since 1970-01-01T00:00Z, at a full second. */
  expiresAt: number;
}

export interface TokenMint {
  /**
   * Signs an access token with the first secret, HS256 (SPEC AUTH-28).
   * @throws SignalingError `invalid-payload`, naming each field that is not in form
   */
  mint(request: MintRequest): Promise<MintedToken>;
}

/** What a token can be asked for; `ttlSeconds` whole, and at most the longest lifetime. */
const mintRequestSchema = (maxLifetimeSeconds: number) =>
  z
    .strictObject({
      role: claimForms.role,
      subject: claimForms.subject,
      namespaces: claimForms.namespaces,
      room: claimForms.room,
      urgent: claimForms.urgent,
      ttlSeconds: z
        .int({ error: 'is a whole number' })
        .min(1, { error: 'is at least 1' })
        .max(maxLifetimeSeconds, { error: `is at most ${maxLifetimeSeconds}` }),
    })
    .refine(({ role, namespaces }) => mayCover(role, namespaces), {
      path: ['namespaces'],
      error: `hold ${ANY_NAMESPACE} for the role service only`,
    });

/** @throws TypeError there is no secret to sign with, or the settings cannot be used */
export function createTokenMint({
  settings,
  clock,
  ids = { uuid: randomUUID },
}: MintParts): TokenMint {
  const [secret] = settings.secrets;
  if (secret === undefined)
    throw new TypeError(
      'Without a shared secret (JWT_SECRET) tokens are made by whoever has the private key.',
    );
  assertTokenSettings(settings);
  const key = importSecret(secret, 'sign');
  const schema = mintRequestSchema(settings.maxLifetimeSeconds ?? DEFAULT_MAX_LIFETIME_SECONDS);

  return {
    async mint(request) {
      const { role, subject, namespaces, room, urgent, ttlSeconds } = read(schema, request);
      const issuedAt = Math.floor(clock.now() / 1000);
      const tokenId = ids.uuid();
      const token = await new SignJWT({ role, namespaces, room, urgent })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(settings.issuer)
        .setAudience(settings.audience)
        .setSubject(subject)
        .setJti(tokenId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ttlSeconds)
        .sign(await key);
      return { token, tokenId, expiresAt: (issuedAt + ttlSeconds) * 1000 };
    },
  };
}

function read<S extends z.ZodType>(schema: S, request: unknown): z.output<S> {
  const result = schema.safeParse(request);
  if (result.success) return result.data;
  const mistakes = result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new SignalingError(
    'invalid-payload',
    `No token can be made of this. ${mistakes.join('; ')}.`,
  );
}
