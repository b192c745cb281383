import { z } from 'zod';
import { ERROR_CODES } from './errors.ts';
import { iceKeys } from './ice.ts';
import { clientIdSchema, namespaceIdSchema, patientIdSchema, roomIdSchema } from './ids.ts';
import { ROLES } from './roles.ts';
import { END_REASONS } from './rooms.ts';

/** A message as a client sent it: an object whose unknown keys nobody looks into. */
const passed = z.looseObject({}).meta({ description: 'What the page sent, as it is' });
export type Passed = z.output<typeof passed>;

const from = clientIdSchema.meta({ description: 'client-id of the sender, its true one' });

/** A message as it arrives: what was sent, and `from`, the sender's true client-id (SPEC WHO-2). */
const fromClient = z.looseObject({ from });
export type FromClient = z.output<typeof fromClient>;

const time = z.iso.datetime().meta({ description: 'ISO 8601, UTC' });
const count = z.int().min(0);

/** What works on the patient's side. */
export const readinessSchema = z.object({
  camera: z.boolean(),
  microphone: z.boolean(),
  relay: z.boolean().optional().meta({
    description: 'Whether a relay can be reached; absent where none was tried',
  }),
});
export type Readiness = z.output<typeof readinessSchema>;

export const queueEntrySchema = z.object({
  'room-id': roomIdSchema,
  'client-id': clientIdSchema.meta({ description: "The waiting patient's client-id" }),
  metadata: passed.meta({ description: "What the patient's page sent with `create`" }),
  'waiting-since': time,
  connected: z.boolean(),
  state: z.enum(['waiting', 'knocking']),
  urgent: z.boolean(),
  ready: readinessSchema.optional().meta({
    description: "What the patient's page found out about itself with `ready`; absent until it did",
  }),
  'unanswered-knocks': count.meta({ description: 'How often a doctor knocked in vain' }),
});
export type QueueEntry = z.output<typeof queueEntrySchema>;

const welcomeSchema = z.object({
  'client-id': clientIdSchema,
  role: z.enum(ROLES),
  'namespace-id': namespaceIdSchema,
  'resume-token': z.string().meta({
    description: 'Brings this client back after its connection was lost; good once (RESUME-2)',
  }),
  resumed: z.boolean(),
  resynchronise: z.literal(true).optional().meta({
    description: 'More was sent meanwhile than could be kept: ask for the state anew (RESUME-5)',
  }),
  'window-seconds': z.number().min(0).meta({
    description: "How long this client's place is kept after its connection is lost",
  }),
  protocol: z.int(),
  features: z.array(z.string()).meta({
    description: 'What this server can do beyond the events of the first pages',
  }),
  ...iceKeys,
  polite: z.string().meta({
    description: 'Which of two peers is the polite one in a perfect negotiation (CALL-2)',
  }),
  limits: z.record(z.string(), z.number()).meta({ description: 'The limits of this server' }),
});
export type Welcome = z.output<typeof welcomeSchema>;

const roomKey = { 'room-id': roomIdSchema };
/** What is told of somebody who comes: what the page sent, under true ids. */
const comes = z.looseObject({ ...roomKey, 'client-id': clientIdSchema, from });
const ofClient = z.object({ 'client-id': clientIdSchema, ...roomKey });
const ended = fromClient.extend({ patientID: patientIdSchema });

/** What a client may hear: event name → the form of its payload (SPEC, "What a client may hear"). */
export const SERVER_EVENTS = {
  welcome: welcomeSchema,
  'new-patient': comes,
  'doctor-entered': comes,
  'ack-doctor-entered': fromClient.extend({ 'client-id': clientIdSchema }),
  'room-joined': comes,
  'send-metadata': fromClient,
  offer: fromClient,
  answer: fromClient,
  'ice-candidate': fromClient,
  rejected: fromClient,
  'patient-remove': z.looseObject({ patientID: patientIdSchema, ...roomKey }),
  'doctor-ended': ended,
  'patient-ended': ended,
  'client-disconnected': ofClient,
  'client-reconnected': ofClient,
  'client-left': ofClient,
  queue: z.object({ 'namespace-id': namespaceIdSchema, waiting: z.array(queueEntrySchema) }),
  'queue-position': z.object({
    ...roomKey,
    position: z.int().min(1).meta({ description: '1 is next' }),
    ahead: count,
    'estimated-wait-seconds': z
      .object({ from: z.number().min(0), to: z.number().min(0) })
      .optional()
      .meta({
        description: 'Absent for who is next, and while too few consultations were measured',
      }),
  }),
  'doctor-online': z.object({ 'namespace-id': namespaceIdSchema, online: z.boolean() }),
  'put-on-hold': z.object({ ...roomKey, from }),
  'returned-to-queue': z.object({ ...roomKey, from }),
  transferred: z.object({
    'room-id': roomIdSchema.optional().meta({
      description: 'Absent where the consultation has ended there before the patient heard of it',
    }),
    'to-namespace-id': namespaceIdSchema,
    'client-id': clientIdSchema,
    'resume-token': z.string().meta({ description: 'Lets this client in there, in `auth.resume`' }),
  }),
  'message-to-waiting': z.object({ ...roomKey, text: z.string(), from }),
  'answered-elsewhere': z.object(roomKey),
  'room-ended': z.object({
    ...roomKey,
    reason: z.enum(END_REASONS),
    by: z.enum(ROLES).optional().meta({ description: 'Absent where it was the clock' }),
  }),
  'namespace-removed': z.object({
    'namespace-id': namespaceIdSchema,
    'come-back': z.literal(false),
  }),
  'server-draining': z.object({ 'come-back': z.literal(true) }),
  superseded: z.object({ 'come-back': z.literal(false) }),
  'signaling-error': z.object({
    event: z.string().meta({ description: 'The event that was refused' }),
    code: z.enum(ERROR_CODES),
    msg: z.string(),
    retry: z.boolean(),
  }),
} as const;

export type ServerEvent = keyof typeof SERVER_EVENTS;
export type ServerEvents = { [E in ServerEvent]: z.output<(typeof SERVER_EVENTS)[E]> };
