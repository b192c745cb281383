import { z } from 'zod';
import { EXAMPLE } from './event-examples.ts';
import { clientIdSchema, namespaceIdSchema, roomIdSchema } from './ids.ts';
import { ROLES } from './roles.ts';
import { END_REASONS } from './rooms.ts';

/** Why a record ended: as its room did, or because its patient waits on in another namespace. */
export const RECORD_END_REASONS = [...END_REASONS, 'transferred'] as const;
export type RecordEndReason = (typeof RECORD_END_REASONS)[number];

const time = z.iso.datetime().meta({ description: 'ISO 8601, UTC' });
const count = z.int().min(0);

const span = z.object({
  from: time,
  to: time.nullable().meta({ description: '`null` while it lasts' }),
});

/** The record of one consultation (SPEC RECORD-1): opaque ids and times, nothing that a page sent. */
export const consultationRecordSchema = z
  .object({
    'room-id': roomIdSchema,
    'client-id': clientIdSchema.meta({ description: "The patient's client-id, the latest one" }),
    'waited-from': time,
    'waited-again': z.array(span).meta({
      description: 'After a doctor had come in: while the patient was back in the waiting room',
    }),
    knocks: count,
    'unanswered-knocks': count.meta({ description: 'How many of them ran out' }),
    'admitted-at': time.nullable().meta({ description: 'When a doctor first came in' }),
    'admitted-by': clientIdSchema.nullable().meta({ description: "That doctor's client-id" }),
    holds: z.array(span),
    lost: z
      .array(
        z.object({
          role: z.enum(ROLES),
          'client-id': clientIdSchema,
          'lost-at': time,
          'back-at': time.nullable().meta({ description: '`null` for who did not come back' }),
        }),
      )
      .meta({ description: 'Connections that were lost' }),
    'ended-at': time.nullable(),
    'end-reason': z.enum(RECORD_END_REASONS).nullable(),
    'ended-by': z.enum(ROLES).nullable().meta({ description: '`null` where it was the clock' }),
  })
  .meta({ id: 'ConsultationRecord' });
export type ConsultationRecord = z.output<typeof consultationRecordSchema>;

/** `GET /api/v1/consultations`: the form of its fields and of its answer (SPEC RECORD-3). */
export const CONSULTATIONS_ROUTE = {
  fields: z.object({
    namespaceId: namespaceIdSchema.meta({ examples: [EXAMPLE.namespace] }),
    day: z.iso.date().meta({
      description: 'The day, in UTC, on which the waiting began',
      examples: ['2026-01-01'],
    }),
    skip: z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number)
      .default(0)
      .meta({ description: 'How many to leave out at the beginning: `next` of the answer before' }),
  }),
  answer: z
    .object({
      status: z.literal(200),
      msg: z.string(),
      consultations: z.array(consultationRecordSchema),
      next: z.int().nullable().meta({ description: '`null`: there are no more' }),
    })
    .meta({
      examples: [
        {
          status: 200,
          msg: 'In the order in which their waiting began.',
          consultations: [
            {
              'room-id': EXAMPLE.room,
              'client-id': EXAMPLE.patient,
              'waited-from': '2026-01-01T09:00:00.000Z',
              'waited-again': [],
              knocks: 1,
              'unanswered-knocks': 0,
              'admitted-at': '2026-01-01T09:04:00.000Z',
              'admitted-by': EXAMPLE.doctor,
              holds: [],
              lost: [],
              'ended-at': '2026-01-01T09:19:00.000Z',
              'end-reason': 'doctor-ended',
              'ended-by': 'doctor',
            },
          ],
          next: null,
        },
      ],
    }),
} as const;
