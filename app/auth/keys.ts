import { createPublicKey, type KeyObject } from 'node:crypto';
import { type CryptoKey, importSPKI } from 'jose';
import type { TokenHeader } from './signed-text.ts';

/** Keys of one origin, and the algorithms that fit them (SPEC AUTH-11). */
export interface KeySource {
  readonly algorithms: readonly string[];
  /** The keys that may have signed a token with this header, the likeliest first; perhaps none. */
  keysFor(header: TokenHeader): Promise<readonly CryptoKey[]>;
  /**
   * Gets the keys, so that the first token need not wait for them.
   * @throws Error with a sentence about why there are none now
   */
  prepare(): Promise<void>;
}

const HMAC = { name: 'HMAC', hash: 'SHA-256' };

/** The key that a shared secret is: its UTF-8 bytes as they stand, for HS256. */
export const importSecret = (secret: string, use: 'sign' | 'verify'): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', new TextEncoder().encode(secret), HMAC, false, [use]);

/** Shared secrets, tried in order whatever the `kid`: the new one, and the one it replaces (SPEC AUTH-14). */
export const secretKeys = (secrets: readonly string[]): KeySource =>
  fixedKeys('HS256', Promise.all(secrets.map((secret) => importSecret(secret, 'verify'))));

/**
 * One public key in PEM, for the one algorithm that fits it, whatever the `kid` (SPEC AUTH-15).
 * @throws TypeError the text is not such a key
 */
export function publicKey(pem: string): KeySource {
  const key = readPem(pem);
  const algorithm = algorithmFor(key);
  const spki = key.export({ type: 'spki', format: 'pem' }).toString();
  return fixedKeys(algorithm, Promise.all([importSPKI(spki, algorithm)]));
}

function fixedKeys(algorithm: string, keys: Promise<readonly CryptoKey[]>): KeySource {
  // Whoever asks for the keys gets the error; unasked it must not end the process.
  keys.catch(() => {});
  return {
    algorithms: [algorithm],
    keysFor: () => keys,
    prepare: async () => {
      await keys;
    },
  };
}

function readPem(pem: string): KeyObject {
  // Node would derive the public key, and a signing key would lie where none is needed.
  if (pem.includes('PRIVATE KEY-----'))
    throw new TypeError('The public key for tokens is a private one. Give the public half only.');
  try {
    return createPublicKey(pem);
  } catch {
    throw new TypeError('The public key for tokens is not a key in PEM form.');
  }
}

function algorithmFor({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  const { modulusLength = 0, namedCurve } = asymmetricKeyDetails ?? {};
  if (asymmetricKeyType === 'rsa' && modulusLength >= 2048) return 'RS256';
  if (asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return 'ES256';
  if (asymmetricKeyType === 'ed25519') return 'EdDSA';
  throw new TypeError(
    'The public key for tokens must be RSA of at least 2048 bits, EC on P-256, or Ed25519.',
  );
}
