import { type CryptoKey, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Clock } from '../clock.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { type AccessClaims, badClaims, readAccessClaims } from './access-claims.ts';
import { type KeySource, publicKey, secretKeys } from './keys.ts';
import { RemoteKeys } from './remote-keys.ts';
import { assertClearClaims, readSignedText } from './signed-text.ts';
import {
  assertTokenSettings,
  DEFAULT_LEEWAY_SECONDS,
  DEFAULT_MAX_LIFETIME_SECONDS,
  type TokenSettings,
} from './token-settings.ts';

export interface TokenVerifier {
  /**
   * Whom this token lets in (SPEC AUTH-10 … AUTH-27). Time and claims count only after the signature.
   * @throws SignalingError `token-missing`, `token-invalid`, `token-expired`, `token-not-yet-valid`
   */
  verify(token: unknown): Promise<AccessClaims>;
  /**
   * Gets all keys, so that the first token need not wait. A server may go on without: they are fetched
   * again when a token comes.
   * @throws Error with a sentence about why keys are missing
   */
  prepare(): Promise<void>;
}

/**
 * @param onKeyTrouble hears why the JWKS address gave no keys, at most once in five seconds
 * @throws TypeError the settings cannot be used
 */
export function createTokenVerifier(
  settings: TokenSettings,
  clock: Clock,
  onKeyTrouble?: (why: string) => void,
): TokenVerifier {
  assertTokenSettings(settings);
  const sources = keySources(settings, clock, onKeyTrouble);
  const maxLifetime = settings.maxLifetimeSeconds ?? DEFAULT_MAX_LIFETIME_SECONDS;
  const leeway = settings.leewaySeconds ?? DEFAULT_LEEWAY_SECONDS;

  return {
    async verify(token) {
      const { text, header } = readSignedText(token);
      const nowMs = clock.now();
      const payload = await firstProven(sources, header, (key) =>
        prove(text, header.alg, key, nowMs),
      );
      assertClearClaims(text);
      const { claims, issuedAt = 0 } = readAccessClaims(payload);
      const now = Math.floor(nowMs / 1000);
      if (claims.expiresAt / 1000 > now + maxLifetime + leeway) throw badClaims(['exp']);
      if (issuedAt > now + leeway) throw new SignalingError('token-not-yet-valid');
      return claims;
    },
    async prepare() {
      await Promise.all(sources.map((source) => source.prepare()));
    },
  };

  /** The payload if this key proves it; undefined if it does not. */
  async function prove(
    text: string,
    algorithm: string,
    key: CryptoKey,
    nowMs: number,
  ): Promise<JWTPayload | undefined> {
    try {
      const { payload } = await jwtVerify(text, key, {
        algorithms: [algorithm],
        issuer: settings.issuer,
        audience: settings.audience,
        requiredClaims: ['exp'],
        clockTolerance: leeway,
        currentDate: new Date(nowMs),
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new SignalingError('token-expired');
      if (error instanceof errors.JWTClaimValidationFailed) throw refusal(error);
      return undefined;
    }
  }
}

function keySources(
  { secrets, publicKeyPem, jwksUrl }: TokenSettings,
  clock: Clock,
  onTrouble: ((why: string) => void) | undefined,
): KeySource[] {
  const sources: KeySource[] = [];
  if (secrets.length > 0) sources.push(secretKeys(secrets));
  if (publicKeyPem !== undefined) sources.push(publicKey(publicKeyPem));
  if (jwksUrl !== undefined) sources.push(new RemoteKeys({ address: jwksUrl, clock, onTrouble }));
  return sources;
}

/** A key is asked only about the algorithms that fit it: that is what rules out confusing them. */
async function firstProven(
  sources: readonly KeySource[],
  header: Parameters<KeySource['keysFor']>[0],
  prove: (key: CryptoKey) => Promise<JWTPayload | undefined>,
): Promise<JWTPayload> {
  for (const source of sources) {
    if (!source.algorithms.includes(header.alg)) continue;
    for (const key of await source.keysFor(header)) {
      const payload = await prove(key);
      if (payload !== undefined) return payload;
    }
  }
  throw new SignalingError('token-invalid');
}

const refusal = ({ claim, reason }: errors.JWTClaimValidationFailed): SignalingError =>
  claim === 'nbf' && reason === 'check_failed'
    ? new SignalingError('token-not-yet-valid')
    : badClaims([claim]);
