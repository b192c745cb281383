import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { TokenSettings } from '../../../app/auth/token-settings.ts';
import { base64url, ecdsa, eddsa, hmac, rsa, type Signer, sign } from './sign.ts';

/** 2027-01-15T08:00Z, in seconds: the time at which all cases are verified. */
export const NOW = 1_800_000_000;

export const ISSUER = 'telemedicine-signaling';
export const AUDIENCE = 'telemedicine-signaling';
export const SECRET = 'first secret, long enough: 0123456789abcdef';
export const OLD_SECRET = 'older secret, long enough: 0123456789abcdef';
export const STRANGE_SECRET = 'a stranger’s secret, also long: 0123456789ab';

/** Keys of the hospital, and of somebody who is not the hospital. */
export const keys = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ed: generateKeyPairSync('ed25519'),
};
export const strange = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ed: generateKeyPairSync('ed25519'),
};

export const pem = (key: KeyObject): string =>
  key.export({ type: 'spki', format: 'pem' }).toString();
export const der = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

const base = { issuer: ISSUER, audience: AUDIENCE, secrets: [] };

/** What a verifier may be given to hold tokens against. */
export const keyChoices = {
  secret: { ...base, secrets: [SECRET] },
  rotation: { ...base, secrets: [SECRET, OLD_SECRET] },
  rsa: { ...base, publicKeyPem: pem(keys.rsa.publicKey) },
  ec: { ...base, publicKeyPem: pem(keys.ec.publicKey) },
  ed: { ...base, publicKeyPem: pem(keys.ed.publicKey) },
  'secret and rsa': { ...base, secrets: [SECRET], publicKeyPem: pem(keys.rsa.publicKey) },
} satisfies Record<string, TokenSettings>;

export type KeyChoice = keyof typeof keyChoices;

/** Claims that are good in every respect, but for what is given; `undefined` leaves a claim out. */
export const claims = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'user-1',
  role: 'patient',
  namespaces: ['dr-1'],
  iat: NOW,
  exp: NOW + 3600,
  ...changes,
});

/** A token signed with the secret, all of it good but for what is given. */
export const hs = (changes?: Record<string, unknown>, header: object = {}): string =>
  sign({
    header: { alg: 'HS256', typ: 'JWT', ...header },
    payload: claims(changes),
    signer: hmac(SECRET),
  });

/** A token with good claims, signed by anybody under any header. */
export const signedBy = (signer: Signer, header: object): string =>
  sign({ header, payload: claims(), signer });

export const byRsa = (key = keys.rsa.privateKey, header: object = {}): string =>
  signedBy(rsa(key), { alg: 'RS256', ...header });
export const byEc = (key = keys.ec.privateKey, header: object = {}): string =>
  signedBy(ecdsa(key), { alg: 'ES256', ...header });
export const byEd = (key = keys.ed.privateKey, header: object = {}): string =>
  signedBy(eddsa(key), { alg: 'EdDSA', ...header });

/** Changes one part of a token and leaves the rest, the signature too, as it was. */
export function withPart(
  token: string,
  index: 0 | 1 | 2,
  change: (part: string) => unknown,
): string {
  const parts = token.split('.');
  const changed = change(parts[index] ?? '');
  parts[index] = typeof changed === 'string' ? changed : base64url(changed);
  return parts.join('.');
}
