import {
  API_ROUTES,
  CLIENT_EVENTS,
  type ClientEvent,
  ERROR_CODES,
  HTTP_ROUTES,
  QUALITY_LEVELS,
  RECORD_END_REASONS,
  ROLES,
} from '@telemedicine-signaling/protocol';
import { counter, label, reading, timing } from './describe.ts';
import { STORE_OPERATIONS } from './operations.ts';

const role = label('role', ROLES);
const code = label('reason', [...ERROR_CODES], 'a code of [ERRORS.md](ERRORS.md)');

const TRANSPORTS = ['websocket', 'polling'] as const;

/** What became of an event: `held` was kept for a peer within its window. */
const RESULTS = ['ok', 'held', ...ERROR_CODES] as const;

/** An event that is not in the table counts under one name, since its own is the client's text. */
const EVENTS = [...(Object.keys(CLIENT_EVENTS) as ClientEvent[]), 'unknown'] as const;

const RESUMES = [
  'resumed',
  'resynchronise',
  'transferred',
  'unknown',
  'spent',
  'another-person',
] as const;

/** Socket.IO's reasons, in its words; what it may say beside them is `other`. */
const DISCONNECTS = [
  'transport close',
  'transport error',
  'ping timeout',
  'parse error',
  'client namespace disconnect',
  'server namespace disconnect',
  'server shutting down',
  'other',
] as const;
export const disconnectReason = (reason: string): (typeof DISCONNECTS)[number] =>
  DISCONNECTS.find((known) => known === reason) ?? 'other';

const KICKS = [
  'flood',
  'too-many-connects',
  'backlog-bytes',
  'backlog-seconds',
  'never-spoke',
  'token-expired',
  'superseded',
] as const;
export type KickReason = (typeof KICKS)[number];

/** `none`: the call was not set up. `unknown`: it ended before its page had looked. */
const PATHS = ['direct', 'relayed', 'unknown', 'none'] as const;

const GATE = ['draining', 'origin', 'connections-per-address'] as const;

/** Routes by their patterns. Pages and what they load are one. */
export const ROUTES = [
  ...Object.keys(HTTP_ROUTES),
  ...API_ROUTES.map((name) => `api/v1/${name}`),
  'healthz',
  'readyz',
  'metrics',
  'page',
  'none',
] as const;

const STATUSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

const FAST = [0.000_05, 0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1];
const SLOW = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const FIRST_MEDIA = [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 13, 20, 30];
const MINUTES = [15, 30, 60, 120, 300, 600, 900, 1200, 1800, 2700, 3600, 7200];

/** Every metric of the server beside those of the process itself, in the order of the documentation. */
export const METRICS = {
  ready: reading(
    'gauge',
    'signaling_ready',
    '1 while new clients may come here, as `/readyz` says.',
  ),
  connections: reading(
    'gauge',
    'signaling_connections',
    'Connections that are in a namespace.',
    label('transport', TRANSPORTS),
    role,
  ),
  transports: reading(
    'gauge',
    'signaling_engine_connections',
    'Connections of Engine.IO, whether in a namespace or not yet.',
  ),
  lostClients: reading(
    'gauge',
    'signaling_lost_clients',
    'Clients without a connection whose window runs.',
    role,
  ),
  namespaces: reading(
    'gauge',
    'signaling_namespaces',
    'Namespaces of which this node has clients.',
  ),
  rooms: reading(
    'gauge',
    'signaling_rooms',
    'Rooms whose patient this node has, by state.',
    label('state', ['waiting', 'knocking', 'in-consultation', 'on-hold']),
  ),

  waited: timing(
    'signaling_waiting_seconds',
    'From the patient’s coming in to the first doctor’s, or to the end without one.',
    MINUTES,
    label('outcome', ['admitted', 'unseen']),
  ),
  consulted: timing(
    'signaling_consultation_seconds',
    'From the first doctor’s coming in to the end of the consultation.',
    MINUTES,
  ),
  ended: counter(
    'signaling_consultations_ended_total',
    'Consultations for which a patient waited, by why they ended.',
    label('reason', RECORD_END_REASONS),
  ),
  knocksUnanswered: counter(
    'signaling_knocks_unanswered_total',
    'Knocks of doctors whose time ran out.',
  ),

  calls: counter(
    'signaling_calls_total',
    'Calls as the pages on their ends reported them: each participant of a call does.',
    label('path', PATHS),
    label('quality', [...QUALITY_LEVELS, 'unknown']),
  ),
  firstMedia: timing(
    'signaling_first_media_seconds',
    'From when there was somebody to be connected with until the first picture or sound, as pages reported it.',
    FIRST_MEDIA,
  ),

  events: counter(
    'signaling_events_total',
    'Events of clients, by what became of them.',
    label('event', EVENTS, 'an event of the protocol, or `unknown`'),
    label('result', RESULTS, '`ok`, `held`, or a code of [ERRORS.md](ERRORS.md)'),
  ),
  relayed: timing(
    'signaling_relay_seconds',
    'From the arrival of an offer, answer, candidate or metadata to its writing to the peer, or keeping.',
    FAST,
    label('delivered', ['now', 'held']),
  ),
  changed: timing(
    'signaling_change_seconds',
    'From the arrival of any other event to its acknowledgement.',
    SLOW,
  ),

  resumes: counter(
    'signaling_resumes_total',
    'Connections that brought a resume token, by what became of them.',
    label('result', RESUMES),
  ),
  disconnects: counter(
    'signaling_disconnects_total',
    'Connections to a namespace that ended, by why. The first three are drops.',
    label('reason', DISCONNECTS),
  ),
  windowsEnded: counter(
    'signaling_windows_ended_total',
    'Clients that did not come back within their window.',
    role,
  ),
  kicks: counter(
    'signaling_kicks_total',
    'Connections that the server cut.',
    label('reason', KICKS),
  ),
  turnedAway: counter(
    'signaling_turned_away_total',
    'Connections that were refused before they began.',
    label('reason', GATE),
  ),
  refused: counter(
    'signaling_refused_total',
    'Connections that were not let into their namespace.',
    code,
  ),
  rateLimited: counter(
    'signaling_rate_limited_total',
    'What was refused since there was too much of it.',
    label('limit', ['events', 'failed-attempts']),
  ),
  tokenErrors: counter(
    'signaling_token_errors_total',
    'Access tokens that let nobody in, over sockets and HTTP.',
    label('code', ['token-missing', 'token-invalid', 'token-expired', 'token-not-yet-valid']),
  ),

  faults: counter(
    'signaling_faults_total',
    'Failures of the server’s own, each with a line of level error in the log.',
    label('where', ['event', 'request', 'timed job']),
  ),

  requests: counter(
    'signaling_http_requests_total',
    'Answers over HTTP.',
    label('route', [...ROUTES], 'a route without its prefix; `page` and `none` for all others'),
    label('status', STATUSES),
  ),
  requested: timing('signaling_http_request_seconds', 'Time to answer over HTTP.', SLOW),

  stored: timing(
    'signaling_store_seconds',
    'Time that the store took.',
    SLOW,
    label('kind', ['read', 'write']),
  ),
  storeErrors: counter(
    'signaling_store_errors_total',
    'Calls of the store that failed.',
    label('operation', STORE_OPERATIONS, 'a method of the store'),
  ),
  auditFaults: counter(
    'signaling_audit_faults_total',
    'Times that the audit trail could not be written; its lines wait.',
  ),
  webhooks: counter(
    'signaling_webhooks_total',
    'Tries to deliver a webhook, by what became of them: one that `failed` is tried again.',
    label('outcome', ['delivered', 'failed', 'given-up']),
  ),
  redisUp: reading(
    'gauge',
    'signaling_redis_up',
    '1 while Redis can be reached, 0 while it cannot; between them while masters of a Redis Cluster are away that have this share of practices. Absent without Redis.',
  ),
  turns: timing(
    'signaling_turn_seconds',
    'Time until a namespace’s turn in the cluster was had.',
    SLOW,
  ),
  asked: timing('signaling_bus_seconds', 'Time until another node had answered.', SLOW),
  questions: counter(
    'signaling_bus_questions_total',
    'Questions to other nodes, by what became of them.',
    label('outcome', ['answered', 'gone', 'silent', 'failed']),
  ),
  busLost: reading(
    'counter',
    'signaling_bus_lost_total',
    'Messages of other nodes that never came. Absent without Redis.',
  ),
  busExpired: reading(
    'counter',
    'signaling_bus_expired_total',
    'Questions of other nodes that came too late. Absent without Redis.',
  ),
  busWaiting: reading(
    'gauge',
    'signaling_bus_waiting',
    'Questions to other nodes that wait for their answers. Absent without Redis.',
  ),

  queuedMessages: reading(
    'gauge',
    'signaling_send_queue_messages',
    'Messages that wait for clients to take them.',
  ),
  queuedBytes: reading(
    'gauge',
    'signaling_send_queue_bytes',
    'Bytes that were handed to WebSockets and have not left.',
  ),
  longestQueue: reading(
    'gauge',
    'signaling_send_queue_longest',
    'Messages that wait for the one client for whom most do.',
  ),
} as const;

/** Those that are looked up when somebody asks, each by its key. */
export type ReadingKey = {
  [K in keyof typeof METRICS]: (typeof METRICS)[K]['kind'] extends 'reading' ? K : never;
}[keyof typeof METRICS];
