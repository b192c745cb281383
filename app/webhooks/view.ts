import { ID_PATTERN, WEBHOOK_STATES, type WebhookType } from '@telemedicine-signaling/protocol';
import { z } from 'zod';
import type { Webhook } from '../data/webhook-outbox.ts';

/** A webhook as an operator sees it (SPEC HOOK-9). */
export interface WebhookView {
  id: string;
  type: WebhookType;
  'namespace-id': string;
  'room-id': string;
  at: string;
  state: Webhook['state'];
  attempts: number;
  'last-error': string | null;
  'settled-at': string | null;
  /** What is sent. */
  body: unknown;
}

export const viewOf = (webhook: Webhook): WebhookView => ({
  id: webhook.id,
  type: webhook.type,
  'namespace-id': webhook.namespaceId,
  'room-id': webhook.roomId,
  at: new Date(webhook.at).toISOString(),
  state: webhook.state,
  attempts: webhook.attempts,
  'last-error': webhook.lastError,
  'settled-at': webhook.settledAt === null ? null : new Date(webhook.settledAt).toISOString(),
  body: JSON.parse(webhook.body),
});

/** How many webhooks one answer holds at most, and how many can be named to be sent again. */
export const PAGE = 500;

const state = z.enum(WEBHOOK_STATES);
const roomId = z.string().regex(ID_PATTERN);
const whole = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

/** What can be asked to be shown: those of a room, or else of a state. */
export const listFields = z.object({
  state: state.default('given-up'),
  roomId: roomId.optional(),
  before: whole.optional().meta({ description: '`next` of the answer before' }),
  limit: whole.pipe(z.int().min(1).max(PAGE)).default(PAGE),
});

/** What can be asked to be sent again: some by their ids, or all of a state since a time. */
export const replayFields = z.union([
  z.strictObject({ ids: z.array(z.string().min(1).max(100)).min(1).max(PAGE) }),
  z.strictObject({
    state: state.exclude(['waiting']),
    since: z.iso.datetime({ offset: true }).optional().meta({
      description: 'Of what happened before this nothing is sent again',
    }),
  }),
]);
export type ReplayFields = z.output<typeof replayFields>;
