import { z } from 'zod';
import { isSafeAddress } from './safe-address.ts';
import { optional, text, type Variable } from './variable.ts';

const HOUR_MS = 60 * 60 * 1000;

/** What is sent is signed, and not hidden. A fragment would not be sent. */
const isWebhookUrl = (address: string): boolean =>
  isSafeAddress(address) && new URL(address).hash === '';

/** `WEBHOOK_URL`. Some backends put a secret into it. */
export const webhookUrl = (about: { description: string }): Variable<string | undefined> =>
  optional(
    text(
      z.string().max(2048).refine(isWebhookUrl),
      {
        fallback: '',
        allowed: 'an https address, or http on this machine, without a password or # in it',
      },
      { ...about, secret: true },
    ),
    'none: nothing is sent',
  );

/** 24 to 64 bytes in base64, as Standard Webhooks has them. */
function isWebhookSecret(secret: string): boolean {
  const base64 = secret.replace(/^whsec_/, '');
  const bytes = Buffer.from(base64, 'base64');
  const isCanonical = bytes.toString('base64').replace(/=+$/, '') === base64.replace(/=+$/, '');
  return isCanonical && bytes.length >= 24 && bytes.length <= 64;
}

export const webhookSecret = (about: { description: string }): Variable<string | undefined> =>
  optional(
    text(
      z.string().refine(isWebhookSecret),
      {
        fallback: '',
        allowed:
          '24 to 64 bytes in base64 (openssl rand -base64 32), perhaps with whsec_ before them',
      },
      { ...about, secret: true },
    ),
    'none',
  );

interface WebhookValues {
  WEBHOOK_URL: string | undefined;
  WEBHOOK_SECRET: string | undefined;
  WEBHOOK_SECRET_PREVIOUS: string | undefined;
  WEBHOOK_TURN_SOON: number;
  WEBHOOK_RETRY_HOURS: number;
  WEBHOOK_DAYS: number;
}

/** `undefined` where nothing is sent. */
export function webhookSettings(values: WebhookValues) {
  const { WEBHOOK_URL: url, WEBHOOK_SECRET: secret, WEBHOOK_SECRET_PREVIOUS: previous } = values;
  if (url === undefined || secret === undefined) return undefined;
  return {
    url,
    /** The first is the one in use. */
    secrets: previous === undefined ? [secret] : [secret, previous],
    turnSoon: values.WEBHOOK_TURN_SOON,
    giveUpMs: Math.round(values.WEBHOOK_RETRY_HOURS * HOUR_MS),
    keptMs: values.WEBHOOK_DAYS * 24 * HOUR_MS,
  };
}

/** Settings of webhooks that do not fit together. */
export function* webhookContradictions(values: WebhookValues): Generator<string> {
  const { WEBHOOK_URL, WEBHOOK_SECRET, WEBHOOK_SECRET_PREVIOUS } = values;
  if (WEBHOOK_URL !== undefined && WEBHOOK_SECRET === undefined) {
    yield 'WEBHOOK_URL: what is sent there is signed with WEBHOOK_SECRET. Give that, too.';
  }
  if (WEBHOOK_SECRET_PREVIOUS !== undefined && WEBHOOK_SECRET === undefined) {
    yield 'WEBHOOK_SECRET_PREVIOUS: is good only beside WEBHOOK_SECRET.';
  }
}
