import { createHmac } from 'node:crypto';

/** What the headers of one try say (Standard Webhooks 1.0.0). */
export type SignedHeaders = Record<
  'webhook-id' | 'webhook-timestamp' | 'webhook-signature',
  string
>;

/**
 * Signs one try (SPEC HOOK-3): HMAC-SHA256 over id, time and body, by each of the secrets.
 * @param secrets In base64, with or without the `whsec_` before it.
 * @param now When it is sent, in milliseconds.
 */
export function signedHeaders(
  secrets: readonly string[],
  id: string,
  now: number,
  body: string,
): SignedHeaders {
  const timestamp = String(Math.floor(now / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
