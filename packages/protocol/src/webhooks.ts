import { z } from 'zod';
import { RECORD_END_REASONS } from './consultations.ts';
import { clientIdSchema, namespaceIdSchema, roomIdSchema } from './ids.ts';
import { ROLES } from './roles.ts';

/** What every webhook tells: which consultation, in opaque ids. */
const consultation = {
  'namespace-id': namespaceIdSchema,
  'room-id': roomIdSchema,
  'client-id': clientIdSchema.meta({ description: "The patient's client-id, the latest one" }),
  sequence: z.int().min(1).meta({
    description: 'Counts the webhooks of one consultation, from 1 and without a gap',
  }),
};

const webhook = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.object({
    type: z.literal(type),
    timestamp: z.iso.datetime().meta({ description: 'When it happened: ISO 8601, UTC' }),
    data: z.object({ ...consultation, ...shape }),
  });

/** Webhooks to the hospital's backend: type → the form of the body (SPEC HOOK-1). */
export const WEBHOOKS = {
  'consultation.waiting': webhook('consultation.waiting', {
    again: z.boolean().meta({
      description: 'Whether a doctor had been there, and the patient is back in the waiting room',
    }),
  }),
  'consultation.turn-soon': webhook('consultation.turn-soon', {
    position: z.int().min(1).meta({ description: 'Place in the waiting room; 1 is next' }),
  }),
  'consultation.admitted': webhook('consultation.admitted', {
    by: clientIdSchema.nullable().meta({ description: "The doctor's client-id" }),
  }),
  'consultation.connected': webhook('consultation.connected', {}),
  'consultation.ended': webhook('consultation.ended', {
    reason: z.enum(RECORD_END_REASONS).exclude(['abandoned']),
    by: z.enum(ROLES).nullable().meta({ description: '`null` where it was the clock' }),
  }),
  'consultation.abandoned': webhook('consultation.abandoned', {}),
} as const;

export type WebhookType = keyof typeof WEBHOOKS;
export type WebhookBody = { [T in WebhookType]: z.output<(typeof WEBHOOKS)[T]> }[WebhookType];

/** How far a webhook has come: it is tried still, was taken, or is kept because nobody took it. */
export const WEBHOOK_STATES = ['waiting', 'delivered', 'given-up'] as const;
export type WebhookState = (typeof WEBHOOK_STATES)[number];
