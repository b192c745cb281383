import { randomBytes } from 'node:crypto';
import { hmac, sign } from '../support/tokens/sign.ts';

export const SECRET = randomBytes(32).toString('base64');

/** The practices: none of the hostile ones is let into the first, only guests into the second. */
export const PRACTICES = ['elsewhere', 'ward', 'market', 'bazaar'] as const;
export type Practice = (typeof PRACTICES)[number];

/** An access token that this server takes. */
export function tokenFor(role: string, subject: string, namespaces: readonly string[]): string {
  const iss = 'telemedicine-signaling';
  const exp = Math.floor(Date.now() / 1000) + 12 * 3600;
  const payload = { iss, aud: iss, sub: subject, role, namespaces, exp };
  return sign({ payload, signer: hmac(SECRET) });
}
