import { z } from 'zod';
import { ERROR_CODES } from './errors.ts';
import { namespaceIdSchema, roomIdSchema } from './ids.ts';
import { ROOM_STATES } from './rooms.ts';

const status = z.literal(200).meta({ description: 'The HTTP status again' });
const msg = z.string().meta({ description: 'A sentence for people; its wording may change' });

const said = z.object({ status, msg });

/**
 * The HTTP routes: name → the form of its fields and of its answer (SPEC HTTP-1). The fields are a
 * GET's query or a POST's JSON body; fields that the server does not know are left aside.
 */
export const HTTP_ROUTES = {
  'create-namespace': {
    fields: z.object({ namespaceId: namespaceIdSchema }),
    answer: said,
  },
  'remove-namespace': {
    fields: z.object({ namespaceId: namespaceIdSchema }),
    answer: said,
  },
  'check-availability': {
    fields: z.object({ namespaceId: namespaceIdSchema }),
    answer: z.object({
      status,
      msg,
      availability: z.boolean().meta({ description: 'Whether the namespace exists' }),
      'doctor-online': z.boolean().meta({ description: 'Whether a doctor is there now' }),
      'queue-length': z.int().min(0).meta({ description: 'How many patients wait' }),
    }),
  },
  'create-room': {
    fields: z.object({ namespaceId: namespaceIdSchema.optional() }),
    answer: z.object({ status, msg, 'room-id': z.uuidv4() }),
  },
  'join-room': {
    fields: z.object({ roomId: roomIdSchema }),
    answer: z.object({
      status,
      msg,
      'room-id': roomIdSchema,
      state: z.enum(ROOM_STATES).exclude(['ended']),
    }),
  },
} as const;

/** The resources for hospital backends, under `/api/v1/`. */
export const API_ROUTES = ['ice-servers', 'tokens', 'invitations', 'consultations'] as const;
export type ApiRoute = (typeof API_ROUTES)[number];

export type HttpRoute = keyof typeof HTTP_ROUTES;
export type HttpFields<R extends HttpRoute> = z.output<(typeof HTTP_ROUTES)[R]['fields']>;
export type HttpAnswer<R extends HttpRoute> = z.output<(typeof HTTP_ROUTES)[R]['answer']>;

/** What every error over HTTP looks like (SPEC HTTP-10); `retry` as in the error table. */
export const httpErrorSchema = z.object({
  status: z.int().min(400).max(599),
  code: z.enum(ERROR_CODES),
  msg,
  retry: z.boolean(),
});

export type HttpError = z.output<typeof httpErrorSchema>;

/** What a program gets at `/` while the server is up (SPEC HTTP-2). */
export const homeAnswerSchema = said;
