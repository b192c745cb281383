import { z } from 'zod';
import { ERROR_CODES, ERRORS } from './errors.ts';
import { EXAMPLE } from './event-examples.ts';
import { namespaceIdSchema, roomIdSchema } from './ids.ts';
import { ROOM_STATES } from './rooms.ts';

const status = z.literal(200).meta({ description: 'The HTTP status again' });
const msg = z.string().meta({ description: 'A sentence for people; its wording may change' });

const said = z.object({ status, msg });
/** What is said in an example. */
const saying = (text: string) => ({ status: 200, msg: text }) as const;

const namespaceId = namespaceIdSchema.meta({ examples: [EXAMPLE.namespace] });
const roomId = roomIdSchema.meta({ examples: [EXAMPLE.room] });

/**
 * The HTTP routes: name → the form of its fields and of its answer (SPEC HTTP-1). The fields are a
 * GET's query or a POST's JSON body; fields that the server does not know are left aside.
 */
export const HTTP_ROUTES = {
  'create-namespace': {
    fields: z.object({ namespaceId }),
    answer: said.meta({ examples: [saying('The namespace is made.')] }),
  },
  'remove-namespace': {
    fields: z.object({ namespaceId }),
    answer: said.meta({ examples: [saying('The namespace is removed.')] }),
  },
  'check-availability': {
    fields: z.object({ namespaceId }),
    answer: z
      .object({
        status,
        msg,
        availability: z.boolean().meta({ description: 'Whether the namespace exists' }),
        'doctor-online': z.boolean().meta({ description: 'Whether a doctor is there now' }),
        'queue-length': z.int().min(0).meta({ description: 'How many patients wait' }),
      })
      .meta({
        examples: [
          {
            ...saying('The namespace is there.'),
            availability: true,
            'doctor-online': false,
            'queue-length': 1,
          },
        ],
      }),
  },
  'create-room': {
    fields: z.object({ namespaceId: namespaceId.optional() }),
    answer: z.object({ status, msg, 'room-id': z.uuidv4() }).meta({
      examples: [{ ...saying('The room is made.'), 'room-id': EXAMPLE.room }],
    }),
  },
  'join-room': {
    fields: z.object({ roomId }),
    answer: z
      .object({
        status,
        msg,
        'room-id': roomIdSchema,
        state: z.enum(ROOM_STATES).exclude(['ended']),
      })
      .meta({
        examples: [{ ...saying('The room is there.'), 'room-id': EXAMPLE.room, state: 'waiting' }],
      }),
  },
} as const;

export type HttpRoute = keyof typeof HTTP_ROUTES;
export type HttpFields<R extends HttpRoute> = z.output<(typeof HTTP_ROUTES)[R]['fields']>;
export type HttpAnswer<R extends HttpRoute> = z.output<(typeof HTTP_ROUTES)[R]['answer']>;

const { http, ...notFound } = ERRORS['room-not-found'];

/** What every error over HTTP looks like (SPEC HTTP-10); `retry` as in the error table. */
export const httpErrorSchema = z
  .object({
    status: z.int().min(400).max(599).meta({ description: 'The HTTP status again' }),
    code: z.enum(ERROR_CODES),
    msg,
    retry: z.boolean().meta({
      description: 'Whether the same request can succeed later without a change',
    }),
  })
  .meta({
    id: 'Error',
    description: 'An error, from the one table',
    examples: [{ status: http, code: 'room-not-found', ...notFound }],
  });

export type HttpError = z.output<typeof httpErrorSchema>;

/** What a program gets at `/` while the server is up (SPEC HTTP-2). */
export const homeAnswerSchema = said.meta({
  examples: [saying('The signaling server is up.')],
});
