import { EXAMPLE, EXAMPLE_INVITATION } from '@telemedicine-signaling/protocol';
import { z } from 'zod';
import { claimForms } from './access-claims.ts';

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

const WANTED = {
  role: 'patient',
  subject: EXAMPLE.patientId,
  namespaces: [EXAMPLE.namespace],
  room: EXAMPLE.room,
} as const;

/** What a `service` says to get a token for a person; for itself it signs where its secret is. */
export const tokenBody = z
  .object({
    role: claimForms.role.exclude(['service']),
    subject: claimForms.subject.meta({
      description: 'Who it is for, in your own words: 1–128 characters',
    }),
    namespaces: claimForms.namespaces,
    room: claimForms.room.meta({ description: 'The only room that it is good for' }),
    urgent: claimForms.urgent.meta({ description: 'This patient comes before all others' }),
    ttlSeconds: z.int().min(1).default(HOUR_SECONDS).meta({ description: 'How long it is good' }),
  })
  .meta({ examples: [WANTED] });
export type TokenBody = z.output<typeof tokenBody>;

/** The same for an invitation, which is for one room. */
export const invitationBody = tokenBody
  .extend({
    room: claimForms.room.unwrap(),
    goodForSeconds: z
      .int()
      .min(60)
      .max(30 * DAY_SECONDS)
      .default(DAY_SECONDS)
      .meta({ description: 'How long the invitation waits for whoever redeems it' }),
  })
  .meta({ examples: [WANTED] });
export type InvitationBody = z.output<typeof invitationBody>;

export const redeemBody = z
  .object({ invitation: z.string().length(43) })
  .meta({ examples: [{ invitation: EXAMPLE_INVITATION }] });
export type RedeemBody = z.output<typeof redeemBody>;
