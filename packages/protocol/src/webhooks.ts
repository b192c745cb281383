import { z } from 'zod';
import { RECORD_END_REASONS } from './consultations.ts';
import { EXAMPLE } from './event-examples.ts';
import { clientIdSchema, namespaceIdSchema, roomIdSchema } from './ids.ts';
import { ROLES } from './roles.ts';

/** What every webhook tells: which consultation, in opaque ids. */
const consultation = {
  'namespace-id': namespaceIdSchema,
  'room-id': roomIdSchema,
  'client-id': clientIdSchema.meta({ description: "The patient's client-id, the latest one" }),
  sequence: z.int().min(1).meta({
    description: 'Counts the webhooks of one room, from 1 and without a gap',
  }),
};

const EXAMPLE_IDS = {
  'namespace-id': EXAMPLE.namespace,
  'room-id': EXAMPLE.room,
  'client-id': EXAMPLE.patient,
};

/** One type of webhook; `example`: what it says beside which consultation it is. */
function webhook<const T extends string, S extends z.ZodRawShape>(
  type: T,
  description: string,
  shape: S,
  example: object,
) {
  const data = z.object({ ...consultation, ...shape });
  return z
    .object({
      type: z.literal(type),
      timestamp: z.iso.datetime().meta({ description: 'When it happened: ISO 8601, UTC' }),
      data,
    })
    .meta({
      description,
      examples: [
        {
          type,
          timestamp: '2026-01-01T09:00:00.000Z',
          data: { ...EXAMPLE_IDS, ...example } as z.output<typeof data>,
        },
      ],
    });
}

/** Webhooks to the hospital's backend: type → the form of the body (SPEC HOOK-1). */
export const WEBHOOKS = {
  'consultation.waiting': webhook(
    'consultation.waiting',
    'A patient is in the waiting room.',
    {
      again: z.boolean().meta({
        description: 'Whether a doctor had been there, and the patient is back in the waiting room',
      }),
    },
    { sequence: 1, again: false },
  ),
  'consultation.turn-soon': webhook(
    'consultation.turn-soon',
    'The patient is among the first in line, as many as `WEBHOOK_TURN_SOON` says. Told once, until a doctor comes in.',
    {
      position: z.int().min(1).meta({ description: 'Place in the waiting room; 1 is next' }),
    },
    { sequence: 2, position: 1 },
  ),
  'consultation.admitted': webhook(
    'consultation.admitted',
    'A doctor has come in.',
    { by: clientIdSchema.nullable().meta({ description: "The doctor's client-id" }) },
    { sequence: 3, by: EXAMPLE.doctor },
  ),
  'consultation.connected': webhook(
    'consultation.connected',
    'Patient and doctor have agreed on a call: the first `answer` between them has passed.',
    {},
    { sequence: 4 },
  ),
  'consultation.ended': webhook(
    'consultation.ended',
    'It is over.',
    {
      reason: z
        .enum(RECORD_END_REASONS)
        .exclude(['abandoned'])
        .meta({ description: 'As in `room-ended`, or `transferred`' }),
      by: z.enum(ROLES).nullable().meta({ description: '`null` where it was the clock' }),
    },
    { sequence: 5, reason: 'doctor-ended', by: 'doctor' },
  ),
  'consultation.abandoned': webhook(
    'consultation.abandoned',
    'A waiting patient lost the connection and did not come back in time.',
    {},
    { sequence: 3 },
  ),
} as const;

export type WebhookType = keyof typeof WEBHOOKS;
export type WebhookBody = { [T in WebhookType]: z.output<(typeof WEBHOOKS)[T]> }[WebhookType];

/** How far a webhook has come: it is tried still, was taken, or is kept because nobody took it. */
export const WEBHOOK_STATES = ['waiting', 'delivered', 'given-up'] as const;
export type WebhookState = (typeof WEBHOOK_STATES)[number];
