import type { z } from 'zod';
import type { ACKNOWLEDGEMENTS } from './acknowledgements.ts';
import type { CLIENT_EVENTS, ClientEvent } from './client-events.ts';
import type { IceServer } from './ice.ts';
import type { ServerEvents } from './server-events.ts';

/** The people and places of the examples. */
export const EXAMPLE = {
  namespace: 'clinic-7',
  otherNamespace: 'clinic-8',
  room: '0b6bf2f0-6e35-4d3c-9d0c-5a5e3b1f3c54',
  doctor: 'hU7Zt3kGm2vQx0pNAAAB',
  patient: 'Lr9dWc5eYp1sTq8bAAAD',
  patientId: 'mrn-4711',
} as const;

const { namespace, otherNamespace, room, doctor, patient, patientId } = EXAMPLE;
const ROOM = { 'room-id': room };
const HERE = { 'namespace-id': namespace };
const FROM_DOCTOR = { from: doctor };
const FROM_PATIENT = { from: patient };
const ofPatient = { 'client-id': patient, ...ROOM };
const ok = { status: 'ok' } as const;
const now = { ...ok, delivered: 'now' } as const;
const ofRoom = { ...ok, ...ROOM };
const member = { 'client-id': patient, role: 'patient' } as const;
const alone = { ...ofRoom, state: 'waiting' as const, members: [member] };

const OFFER = { type: 'offer', sdp: 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n' };
const ANSWER = { type: 'answer', sdp: 'v=0\r\no=- 2 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n' };
const CANDIDATE = {
  candidate: 'candidate:1 1 udp 2122260223 192.0.2.7 49152 typ host',
  sdpMid: '0',
  sdpMLineIndex: 0,
};
const RELAY = {
  urls: ['turn:turn.example.org:3478?transport=udp'],
  username: '1767225600:p1J0bWVkaWNpbmU',
  credential: 'Zm9yIHRoaXMgY2xpZW50IGFsb25lCg==',
} satisfies IceServer;
const ICE = { 'ice-servers': [RELAY], 'ice-expires-at': '2026-01-01T00:00:00.000Z' };
const ENTRY = { name: 'Ada', patientID: patientId };
const RESUME = 'q0n9yq5hT0wJp2rUe8mZ1vXc3bN6sKd4fGa7LiH5oRk';

type Sent<E extends ClientEvent> = z.input<(typeof CLIENT_EVENTS)[E]>;
type Answered<E extends ClientEvent> = z.input<(typeof ACKNOWLEDGEMENTS)[E]>;

/** One example of each event that a client may send, and of what answers it. Tests run them all. */
export const CLIENT_EVENT_EXAMPLES: {
  readonly [E in ClientEvent]: { sent: Sent<E>; answered: Answered<E> };
} = {
  'doctor-joined': { sent: { ...HERE, 'client-id': doctor }, answered: ok },
  create: { sent: { ...ROOM, 'client-id': patient, ...ENTRY }, answered: alone },
  join: {
    sent: { ...ROOM, 'client-id': doctor, init: true },
    answered: { ...alone, state: 'knocking' },
  },
  'ack-doctor-entered': { sent: { 'client-id': doctor }, answered: now },
  'send-metadata': { sent: { 'peer-id': patient, language: 'hi' }, answered: now },
  offer: { sent: { 'peer-id': patient, offer: OFFER }, answered: now },
  answer: { sent: { 'peer-id': doctor, answer: ANSWER }, answered: now },
  'ice-candidate': { sent: { 'peer-id': patient, candidate: CANDIDATE }, answered: now },
  'doctor-rejected': { sent: ROOM, answered: ofRoom },
  'patient-left': { sent: { patientID: patientId }, answered: ofRoom },
  'doctor-ended': { sent: ROOM, answered: ofRoom },
  'patient-ended': { sent: ROOM, answered: ofRoom },
  leave: { sent: ROOM, answered: ofRoom },
  'call-next': {
    sent: {},
    answered: {
      ...alone,
      state: 'knocking',
      'client-id': patient,
      metadata: { ...ROOM, 'client-id': patient, ...ENTRY },
    },
  },
  hold: { sent: ROOM, answered: { ...ofRoom, state: 'on-hold' } },
  'return-to-queue': { sent: ROOM, answered: { ...ofRoom, state: 'waiting' } },
  transfer: { sent: { ...ROOM, 'to-namespace-id': otherNamespace }, answered: ofRoom },
  'message-to-waiting': { sent: { text: 'A few minutes more.' }, answered: { ...ok, told: 1 } },
  'set-priority': { sent: { ...ROOM, urgent: true }, answered: { ...ofRoom, urgent: true } },
  ready: { sent: { camera: true, microphone: true, relay: true }, answered: ofRoom },
  'refresh-token': {
    sent: { token: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkci1ob3BwZXIifQ.c2lnbmVk' },
    answered: { ...ok, 'expires-at': '2026-01-01T08:00:00.000Z' },
  },
  'refresh-ice-servers': { sent: {}, answered: { ...ok, ...ICE } },
  'call-report': {
    sent: { 'set-up': true, 'first-media-ms': 840, relayed: false, quality: 'good' },
    answered: ok,
  },
};

/** One example of each event that a client may hear. Tests hear them all. */
export const SERVER_EVENT_EXAMPLES: ServerEvents = {
  welcome: {
    'client-id': patient,
    role: 'patient',
    ...HERE,
    'resume-token': RESUME,
    resumed: false,
    'window-seconds': 60,
    protocol: 1,
    features: ['resume', 'heard', 'ice-servers', 'refresh-token', 'call-next', 'hold'],
    ...ICE,
    polite: 'greater-client-id',
    limits: { 'message-bytes': 65536, 'members-per-room': 10, 'held-messages': 256 },
  },
  'new-patient': { ...ofPatient, ...ENTRY, ...FROM_PATIENT },
  'doctor-entered': { ...ROOM, 'client-id': doctor, init: true, ...FROM_DOCTOR },
  'ack-doctor-entered': { 'client-id': doctor, ...FROM_PATIENT },
  'room-joined': { ...ROOM, 'client-id': doctor, ...FROM_DOCTOR },
  'send-metadata': { 'peer-id': patient, language: 'hi', ...FROM_DOCTOR },
  offer: { 'peer-id': patient, offer: OFFER, ...FROM_DOCTOR },
  answer: { 'peer-id': doctor, answer: ANSWER, ...FROM_PATIENT },
  'ice-candidate': { 'peer-id': patient, candidate: CANDIDATE, ...FROM_DOCTOR },
  rejected: { ...ROOM, ...FROM_DOCTOR },
  'patient-remove': { patientID: patientId, ...ROOM, ...FROM_PATIENT },
  'doctor-ended': { patientID: patientId, ...ROOM, ...FROM_DOCTOR },
  'patient-ended': { patientID: patientId, ...ROOM, ...FROM_PATIENT },
  'client-disconnected': ofPatient,
  'client-reconnected': ofPatient,
  'client-left': { 'client-id': doctor, ...ROOM },
  queue: {
    ...HERE,
    waiting: [
      {
        ...ofPatient,
        metadata: { ...ofPatient, ...ENTRY },
        'waiting-since': '2026-01-01T09:00:00.000Z',
        connected: true,
        state: 'waiting',
        urgent: false,
        'unanswered-knocks': 0,
      },
    ],
  },
  'queue-position': { ...ROOM, position: 1, ahead: 0 },
  'doctor-online': { ...HERE, online: true },
  'put-on-hold': { ...ROOM, ...FROM_DOCTOR },
  'returned-to-queue': { ...ROOM, ...FROM_DOCTOR },
  transferred: {
    ...ROOM,
    'to-namespace-id': otherNamespace,
    'client-id': patient,
    'resume-token': RESUME,
  },
  'message-to-waiting': { ...ROOM, text: 'A few minutes more.', ...FROM_DOCTOR },
  'answered-elsewhere': ROOM,
  'room-ended': { ...ROOM, reason: 'doctor-ended', by: 'doctor' },
  'namespace-removed': { ...HERE, 'come-back': false },
  'server-draining': { 'come-back': true },
  superseded: { 'come-back': false },
  'signaling-error': {
    event: 'hold',
    code: 'room-not-found',
    msg: 'No such room here. Ask for a new one with create-room.',
    retry: false,
  },
};
