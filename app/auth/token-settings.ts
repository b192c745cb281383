import { isSafeAddress } from '../config/safe-address.ts';

/** What access tokens are held against. At least one of `secrets`, `publicKeyPem`, `jwksUrl` is needed. */
export interface TokenSettings {
  /** The `iss` that a token has to carry, exactly. */
  readonly issuer: string;
  /** The `aud` that a token has to carry, alone or among others. */
  readonly audience: string;
  /** Shared secrets for HS256, the one in use first: at most two, each at least 32 bytes of UTF-8. */
  readonly secrets: readonly string[];
  /** Public key in PEM: RSA (RS256), P-256 (ES256) or Ed25519 (EdDSA). */
  readonly publicKeyPem?: string | undefined;
  /** Where public keys are published as a JSON Web Key Set: https, or http on this machine. */
  readonly jwksUrl?: string | undefined;
  /** How far away `exp` may lie. */
  readonly maxLifetimeSeconds?: number | undefined;
  /** How far the clocks of signer and server may be apart. */
  readonly leewaySeconds?: number | undefined;
}

export const DEFAULT_MAX_LIFETIME_SECONDS = 24 * 60 * 60;
export const DEFAULT_LEEWAY_SECONDS = 60;
const MIN_SECRET_BYTES = 32;

const MAX_SECRETS = 2;

/**
 * @throws TypeError naming every mistake at once, and never a secret. What is wrong with a PEM is found
 * by `publicKey`.
 */
export function assertTokenSettings(settings: TokenSettings): void {
  const mistakes = [...mistakesIn(settings)];
  if (mistakes.length > 0) throw new TypeError(mistakes.join(' '));
}

function* mistakesIn(settings: TokenSettings): Generator<string> {
  const { issuer, audience, secrets, publicKeyPem, jwksUrl } = settings;
  if (issuer === '') yield 'The issuer of tokens must not be empty.';
  if (audience === '') yield 'The audience of tokens must not be empty.';
  if (secrets.length === 0 && publicKeyPem === undefined && jwksUrl === undefined)
    yield 'There is no key for tokens: give a secret, a public key or a JWKS address.';
  if (secrets.length > MAX_SECRETS) yield 'At most two secrets can be good at once.';
  if (secrets.some((secret) => Buffer.byteLength(secret) < MIN_SECRET_BYTES))
    yield `A secret for tokens needs at least ${MIN_SECRET_BYTES} bytes.`;
  // Whoever can change the keys under way can sign anything.
  if (jwksUrl !== undefined && !isSafeAddress(jwksUrl))
    yield 'The JWKS address must be an https URL, or http on this machine, without a password in it.';
  if (!isWholeFrom(1, settings.maxLifetimeSeconds ?? DEFAULT_MAX_LIFETIME_SECONDS))
    yield 'The longest lifetime of a token must be a whole number of seconds, at least 1.';
  if (!isWholeFrom(0, settings.leewaySeconds ?? DEFAULT_LEEWAY_SECONDS))
    yield 'The leeway must be a whole number of seconds.';
}

const isWholeFrom = (least: number, value: number): boolean =>
  Number.isSafeInteger(value) && value >= least;
