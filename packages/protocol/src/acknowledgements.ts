import { z } from 'zod';
import type { ClientEvent } from './client-events.ts';
import { ERROR_CODES } from './errors.ts';
import { iceKeys } from './ice.ts';
import { clientIdSchema, roomIdSchema } from './ids.ts';
import { ROLES } from './roles.ts';
import { ROOM_STATES } from './rooms.ts';

const ok = z.object({ status: z.literal('ok') });

const delivered = ok.extend({
  delivered: z.enum(['now', 'held']).meta({
    description: '`held`: the peer is within its window, and gets it when it is back (RELAY-4)',
  }),
});

const ofRoom = ok.extend({ 'room-id': roomIdSchema });
const state = z.enum(ROOM_STATES);
const room = ofRoom.extend({
  state,
  members: z
    .array(z.object({ 'client-id': clientIdSchema, role: z.enum(ROLES) }))
    .meta({ description: 'Everybody who is in the room (ROOM-15)' }),
});

/** What answers an event that is granted: event → the form of its acknowledgement (SPEC IN-1). */
export const ACKNOWLEDGEMENTS = {
  'doctor-joined': ok,
  create: room,
  join: room,
  'ack-doctor-entered': delivered,
  'send-metadata': delivered,
  offer: delivered,
  answer: delivered,
  'ice-candidate': delivered,
  'doctor-rejected': ofRoom,
  'patient-left': ofRoom,
  'doctor-ended': ofRoom,
  'patient-ended': ofRoom,
  leave: ofRoom,
  'call-next': room.extend({
    'client-id': clientIdSchema.meta({ description: 'The patient who is called' }),
    metadata: z.looseObject({}).meta({ description: "What the patient's page sent with `create`" }),
  }),
  hold: ofRoom.extend({ state }),
  'return-to-queue': ofRoom.extend({ state }),
  transfer: ofRoom,
  'message-to-waiting': ok.extend({
    told: z.int().min(0).meta({ description: 'To how many patients it went' }),
  }),
  'set-priority': ofRoom.extend({ urgent: z.boolean() }),
  ready: ofRoom,
  'refresh-token': ok.extend({
    'expires-at': z.iso.datetime().optional().meta({ description: 'Absent in open access' }),
  }),
  'refresh-ice-servers': ok.extend(iceKeys),
  'call-report': ok,
} as const satisfies Record<ClientEvent, z.ZodObject>;

/** What answers an event that is refused. */
export const refusalSchema = z.object({
  status: z.literal('error'),
  code: z.enum(ERROR_CODES),
  msg: z.string().meta({ description: 'A sentence for people; its wording may change' }),
  retry: z.boolean().meta({ description: 'Whether the same can succeed later without a change' }),
});
