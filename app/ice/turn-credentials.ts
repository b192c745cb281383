import { createHmac } from 'node:crypto';

export interface TurnCredentials {
  username: string;
  credential: string;
}

/**
 * Credentials that a relay can check by itself, knowing the secret alone: the "TURN REST API"
 * (draft-uberti-behave-turn-rest-00, section 2.2), which coturn speaks with `use-auth-secret`
 * (SPEC ICE-2). SHA-1 because the relay expects it; as a keyed hash it is not broken.
 *
 * @param expiresAt Seconds since 1970-01-01T00:00Z; the relay refuses a new allocation after it.
 * @param opaqueId Whose they are, in the relay's quotas and logs. Without a colon.
 */
export function turnCredentials(
  secret: string,
  expiresAt: number,
  opaqueId: string,
): TurnCredentials {
  const username = `${expiresAt}:${opaqueId}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}

/**
 * A name for a client that says nothing to whoever lacks `key`: 22 characters of base64url, the same
 * for the same client, since the relay counts allocations by it (SPEC ICE-4).
 */
export const opaqueIdOf = (clientId: string, key: Buffer): string =>
  createHmac('sha256', key).update(clientId).digest().toString('base64url', 0, 16);
