import type { ErrorCode } from './errors.ts';
import type { Role } from './roles.ts';
import type { EndReason, RoomState } from './rooms.ts';

/** A message as a client sent it: an object whose unknown keys nobody looks into. */
export type Passed = Record<string, unknown>;

/** A message as it arrives: what was sent, and `from`, the sender's true client-id (SPEC WHO-2). */
export type FromClient = Passed & { from: string };

/** What works on the patient's side. */
export interface Readiness {
  camera: boolean;
  microphone: boolean;
  /** Whether a relay can be reached; absent where none was tried. */
  relay?: boolean;
}

export interface QueueEntry {
  'room-id': string;
  /** The waiting patient's client-id. */
  'client-id': string;
  /** The message that the patient's page sent with `create`. */
  metadata: Passed;
  /** ISO 8601, UTC. */
  'waiting-since': string;
  connected: boolean;
  state: Extract<RoomState, 'waiting' | 'knocking'>;
  urgent: boolean;
  /** What the patient's page found out about itself with `ready`; absent until it did. */
  ready?: Readiness;
  /** How often a doctor knocked and nobody answered. */
  'unanswered-knocks': number;
}

export interface Welcome {
  'client-id': string;
  role: Role;
  'namespace-id': string;
  /** Brings this client back after its connection was lost; good once (SPEC RESUME-2). */
  'resume-token': string;
  resumed: boolean;
  /** More was sent meanwhile than could be kept: ask for the state anew (SPEC RESUME-5). */
  resynchronise?: true;
  /** How long this client's place is kept after its connection is lost. */
  'window-seconds': number;
  protocol: number;
  /** What this server can do beyond the events of the first pages. */
  features: string[];
  /** STUN and TURN servers for `new RTCPeerConnection` (SPEC ICE-1). */
  'ice-servers': IceServer[];
  /** Until when their credentials are good, ISO 8601; `null` if nothing in them expires. */
  'ice-expires-at': string | null;
  /** Which of two peers is the polite one in a perfect negotiation (SPEC RELAY-6). */
  polite: string;
  limits: Record<string, number>;
}

/** An `RTCIceServer` (W3C WebRTC, 4.2.4). */
export interface IceServer {
  urls: string | readonly string[];
  username?: string | undefined;
  credential?: string | undefined;
}

/** What a client may hear: event name → its payload (SPEC, "What a client may hear"). */
export interface ServerEvents {
  welcome: Welcome;
  'new-patient': FromClient;
  'doctor-entered': FromClient;
  'ack-doctor-entered': FromClient;
  'room-joined': FromClient;
  'send-metadata': FromClient;
  offer: FromClient;
  answer: FromClient;
  'ice-candidate': FromClient;
  rejected: FromClient;
  'patient-remove': Passed & { patientID: string | number; 'room-id': string };
  'doctor-ended': FromClient & { patientID: string | number };
  'patient-ended': FromClient & { patientID: string | number };
  'client-disconnected': { 'client-id': string; 'room-id': string };
  'client-reconnected': { 'client-id': string; 'room-id': string };
  'client-left': { 'client-id': string; 'room-id': string };
  queue: { 'namespace-id': string; waiting: QueueEntry[] };
  'queue-position': {
    'room-id': string;
    position: number;
    ahead: number;
    /** Absent for who is next, and while too few consultations were measured (SPEC QUEUE-8). */
    'estimated-wait-seconds'?: { from: number; to: number };
  };
  'doctor-online': { 'namespace-id': string; online: boolean };
  'put-on-hold': { 'room-id': string; from: string };
  'returned-to-queue': { 'room-id': string; from: string };
  transferred: {
    /** Absent where the consultation has ended there before the patient heard of it. */
    'room-id'?: string;
    'to-namespace-id': string;
    'client-id': string;
    'resume-token': string;
  };
  'message-to-waiting': { 'room-id': string; text: string; from: string };
  'answered-elsewhere': { 'room-id': string };
  'room-ended': { 'room-id': string; reason: EndReason; by?: Role };
  'namespace-removed': { 'namespace-id': string; 'come-back': false };
  'server-draining': { 'come-back': true };
  superseded: { 'come-back': false };
  'signaling-error': { event: string; code: ErrorCode; msg: string; retry: boolean };
}

export type ServerEvent = keyof ServerEvents;
