import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits (SPEC RESUME-2); the store keeps their hash only. */
export function newResumeToken(): { token: string; hash: string } {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: hashResumeToken(token) };
}

/** No salt or stretching: there is nothing to guess in 256 random bits. */
export const hashResumeToken = (token: string): string =>
  createHash('sha256').update(token).digest('hex');
