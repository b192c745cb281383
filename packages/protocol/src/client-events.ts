import { z } from 'zod';
import { clientIdSchema, namespaceIdSchema, patientIdSchema, roomIdSchema } from './ids.ts';

/** Every payload is an object in which keys that the server does not know pass through untouched. */
const keys = <S extends z.ZodRawShape>(shape: S) => z.looseObject(shape);

const toPeer = keys({ 'peer-id': clientIdSchema });

/** A client may name the room by either spelling; pages in use send `roomID`. */
const roomOrRoomID = keys({
  'room-id': roomIdSchema.optional(),
  roomID: roomIdSchema.optional(),
}).refine((data) => (data['room-id'] ?? data.roomID) !== undefined, {
  path: ['room-id'],
  message: 'room-id or roomID is needed',
});

const patientOrRoom = keys({
  patientID: patientIdSchema.optional(),
  'room-id': roomIdSchema.optional(),
});

/** How well a call goes, as the SDK judges it (SPEC CALL-7). */
export const QUALITY_LEVELS = ['good', 'fair', 'poor'] as const;

/**
 * How a call went (SPEC METRIC-5). Of a call that was not set up there is no more to be said.
 * `first-media-ms`: from when there was somebody to be connected with until the first picture or sound.
 */
const callReport = keys({
  'set-up': z.boolean(),
  'first-media-ms': z.int().min(0).max(3_600_000).optional(),
  relayed: z.boolean().optional(),
  quality: z.enum(QUALITY_LEVELS).optional(),
}).superRefine((report, { addIssue }) => {
  if (report['set-up']) return;
  for (const key of ['first-media-ms', 'relayed', 'quality'] as const) {
    if (report[key] === undefined) continue;
    addIssue({
      code: 'custom',
      path: [key],
      message: 'says nothing of a call that was not set up',
    });
  }
});

/** What a client may send: event name → the form of its payload (SPEC, "What a client may send"). */
export const CLIENT_EVENTS = {
  'doctor-joined': keys({
    'namespace-id': namespaceIdSchema.optional(),
    'client-id': clientIdSchema.optional(),
  }),
  create: keys({
    'room-id': roomIdSchema,
    'namespace-id': namespaceIdSchema.optional(),
    'client-id': clientIdSchema.optional(),
    patientID: patientIdSchema.optional(),
    'patient-id': patientIdSchema.optional(),
  }),
  join: keys({
    'room-id': roomIdSchema,
    'client-id': clientIdSchema.optional(),
    init: z.boolean().optional(),
  }),
  'ack-doctor-entered': keys({ 'client-id': clientIdSchema }),
  'send-metadata': toPeer,
  offer: toPeer,
  answer: toPeer,
  'ice-candidate': toPeer,
  'doctor-rejected': roomOrRoomID,
  'patient-left': patientOrRoom,
  'doctor-ended': patientOrRoom,
  'patient-ended': patientOrRoom,
  leave: keys({ 'room-id': roomIdSchema }),
  'call-next': keys({}),
  hold: keys({ 'room-id': roomIdSchema }),
  'return-to-queue': keys({ 'room-id': roomIdSchema }),
  transfer: keys({ 'room-id': roomIdSchema, 'to-namespace-id': namespaceIdSchema }),
  'message-to-waiting': keys({
    'room-id': roomIdSchema.optional(),
    text: z.string().min(1).max(500),
  }),
  'set-priority': keys({ 'room-id': roomIdSchema, urgent: z.boolean() }),
  ready: keys({
    camera: z.boolean(),
    microphone: z.boolean(),
    relay: z.boolean().optional(),
  }),
  'refresh-token': keys({ token: z.string() }),
  'refresh-ice-servers': keys({}),
  'call-report': callReport,
} as const;

export type ClientEvent = keyof typeof CLIENT_EVENTS;
export type ClientPayload<E extends ClientEvent> = z.infer<(typeof CLIENT_EVENTS)[E]>;

/** What the SDK says after a call's end. */
export type CallReport = Pick<
  ClientPayload<'call-report'>,
  'set-up' | 'first-media-ms' | 'relayed' | 'quality'
>;

/** The WebRTC set-up events: they go to one peer and nowhere else (SPEC RELAY-1). */
export const RELAY_EVENTS = ['send-metadata', 'offer', 'answer', 'ice-candidate'] as const;
export type RelayEvent = (typeof RELAY_EVENTS)[number];
