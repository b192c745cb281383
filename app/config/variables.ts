import { z } from 'zod';
import { turnSecretSchema } from './ice-settings.ts';
import { iceServerList, proxyList, turnUrlList } from './lists.ts';
import { origins } from './origins.ts';
import { redisAddress } from './redis-address.ts';
import { isWebOrigin } from './safe-address.ts';
import { choice, decimal, optional, text, type Variable, whole } from './variable.ts';
import { webhookSecret, webhookUrl } from './webhooks.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const DAY_SECONDS = 24 * 60 * 60;
const TEN_YEARS_HOURS = 10 * 365 * 24;
const MIB = 1024 * 1024;

const port = (description: string) =>
  whole({ min: 0, max: 65535, fallback: 3000 }, { unit: 'TCP port', description });

const reconnectWindow = (who: string) =>
  decimal(
    { min: 0, max: DAY_SECONDS, fallback: 60 },
    { unit: 'seconds', description: `How long ${who} that lost its connection keeps its place.` },
  );

const tokenSecret = (description: string) =>
  text(
    z.string().refine((secret) => Buffer.byteLength(secret) >= 32),
    { fallback: '', allowed: 'at least 32 bytes' },
    { description, secret: true },
  );

/** Of characters that a header can carry as a bearer token (`b64token`, RFC 6750, section 2.1). */
const bearerToken = (description: string) =>
  text(
    z.string().regex(/^[A-Za-z0-9._~+/-]{32,}=*$/),
    { fallback: '', allowed: 'at least 32 characters of A–Z a–z 0–9 . _ ~ + / -' },
    { description, secret: true },
  );

const turnSecret = (description: string) =>
  text(
    turnSecretSchema,
    { fallback: '', allowed: '32 to 256 characters of A–Z a–z 0–9 + / = _ . ~ -' },
    { description, secret: true },
  );

const claim = (name: string) =>
  text(
    z.string().regex(/^[^\0]{1,512}$/),
    { fallback: 'telemedicine-signaling', allowed: 'a text' },
    { description: `What every access token has to carry as \`${name}\`.` },
  );

/** Every environment variable that the server reads, in the order of the documentation. */
export const VARIABLES = {
  NODE_ENV: choice(['development', 'production', 'test'], 'development', {
    description:
      'What the server runs for. `production` listens on all addresses unless `HOST` is given.',
  }),
  HOST: optional(
    text(
      z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/),
      { fallback: '127.0.0.1', allowed: 'an IP address or a host name, without scheme and port' },
      { description: 'Address to listen on. `0.0.0.0` means all of this machine.' },
    ),
    '127.0.0.1; 0.0.0.0 when NODE_ENV=production',
  ),
  EXPRESS_PORT: optional(port('Port to listen on; 0 takes any free one.'), 'PORT, else 3000'),
  PORT: port('Port to listen on where `EXPRESS_PORT` is not given.'),
  PUBLIC_URL: optional(
    text(
      z.string().refine(isWebOrigin),
      { fallback: '', allowed: 'an address like https://calls.example.org, without a path' },
      {
        description:
          'Where browsers reach the server, through the proxy in front of it: `check` tries it from there.',
      },
    ),
    'none',
  ),
  DATA_DIR: text(
    z.string().regex(/^[^\0]{1,1024}$/),
    { fallback: './data', allowed: 'a path' },
    { description: 'Folder of the database. Made if it is not there.' },
  ),
  REDIS_URL: optional(
    text(
      z.string().refine((url) => redisAddress(url) !== undefined),
      {
        fallback: '',
        allowed:
          'an address like redis://host:6379, redis+sentinel://host,host/name or redis+cluster://host,host, or with rediss for TLS',
      },
      {
        description:
          'Redis that this and other nodes share: with it they are one server, and `DATA_DIR` holds only this node’s audit trail.',
        secret: true,
      },
    ),
    'none: one process, with its data in `DATA_DIR`',
  ),
  NODE_ID: optional(
    text(
      z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
      { fallback: '', allowed: '1 to 64 letters, digits, _ or -' },
      { description: 'What this node of a cluster is called, for people.' },
    ),
    'node',
  ),
  LOG_LEVEL: choice(LOG_LEVELS, 'info', { description: 'How much is logged.' }),
  METRICS_PORT: optional(
    whole(
      { min: 0, max: 65535, fallback: 0 },
      {
        unit: 'TCP port',
        description:
          'Port of its own on which `/metrics`, `/healthz` and `/readyz` answer whoever reaches it; 0 takes any free one.',
      },
    ),
    'none',
  ),
  METRICS_HOST: text(
    z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/),
    { fallback: '127.0.0.1', allowed: 'an IP address or a host name, without scheme and port' },
    { description: 'Address to listen on at `METRICS_PORT`.' },
  ),
  OPERATOR_TOKEN: optional(
    bearerToken(
      'What an operator shows as `Authorization: Bearer` to see `/metrics` on the port of everybody, `/ops`, and webhooks.',
    ),
    'none: these are not there',
  ),
  ALLOWED_ORIGINS: origins({
    description:
      'Origins whose pages may use this server, in CORS and for WebSockets; `*` means any.',
  }),
  AUTH: optional(
    choice(['open', 'jwt'], 'open', {
      description:
        'Who may come in. `open`: whoever can reach the server, as what it says it is. `jwt`: whoever shows an access token. `production` without keys needs it written out.',
    }),
    'jwt where there are keys, else open',
  ),
  JWT_SECRET: optional(
    tokenSecret('Shared secret that access tokens are signed with (HS256).'),
    'none',
  ),
  JWT_SECRET_PREVIOUS: optional(
    tokenSecret('The secret before it, still good while it is being replaced.'),
    'none',
  ),
  JWT_PUBLIC_KEY: optional(
    text(
      z.string().regex(/^-----BEGIN PUBLIC KEY-----[\s\S]+-----END PUBLIC KEY-----\s*$/),
      { fallback: '', allowed: 'a public key in PEM; its line breaks may be written as \\n' },
      { description: 'Public key of whoever signs access tokens: RS256, ES256 or EdDSA.' },
    ),
    'none',
  ),
  JWKS_URL: optional(
    text(
      z.url({ protocol: /^https?$/ }),
      { fallback: '', allowed: 'an https address, or http on this machine' },
      { description: 'Where the public keys of whoever signs access tokens are published.' },
    ),
    'none',
  ),
  JWT_ISSUER: claim('iss'),
  JWT_AUDIENCE: claim('aud'),
  JWT_MAX_LIFETIME_HOURS: decimal(
    { min: 0.1, max: 24 * 366, fallback: 24 },
    { unit: 'hours', description: 'How far away the end (`exp`) of an access token may lie.' },
  ),

  ICE_SERVERS: iceServerList({
    description: 'STUN and TURN servers that are the same for every client.',
  }),
  TURN_URLS: turnUrlList({
    description: 'Addresses of the TURN server for which short-lived credentials are made.',
  }),
  TURN_SECRET: optional(turnSecret('Its `static-auth-secret`.'), 'none'),
  TURN_SECRET_PREVIOUS: optional(
    turnSecret('The secret before it. Credentials are made with `TURN_SECRET` only.'),
    'none',
  ),
  TURN_TTL_SECONDS: whole(
    { min: 60, max: DAY_SECONDS, fallback: 3600 },
    { unit: 'seconds', description: 'How long TURN credentials are good.' },
  ),

  TRUSTED_PROXIES: proxyList({
    description: 'Proxies whose `X-Forwarded-For` tells where a connection comes from.',
  }),

  MAX_MESSAGE_BYTES: whole(
    { min: 1024, max: 16 * MIB, fallback: 65536 },
    { unit: 'bytes', description: 'Size of one Socket.IO message, and of one HTTP body.' },
  ),
  MAX_METADATA_BYTES: whole(
    { min: 256, max: 16 * MIB, fallback: 16384 },
    { unit: 'bytes', description: 'Size of what `create` may carry, which is stored.' },
  ),
  MAX_PAYLOAD_DEPTH: whole(
    { min: 1, max: 256, fallback: 32 },
    { unit: 'levels', description: 'How deep a payload may be nested.' },
  ),
  MAX_NAMESPACES_PER_CONNECTION: whole(
    { min: 1, max: 1000, fallback: 5 },
    { unit: 'namespaces', description: 'Namespaces open at once on one connection.' },
  ),
  MAX_CONNECTS_PER_CONNECTION: whole(
    { min: 1, max: 10000, fallback: 20 },
    { unit: 'packets', description: 'Socket.IO CONNECT packets in the life of one connection.' },
  ),
  MAX_ROOMS_PER_CLIENT: whole(
    { min: 1, max: 1000, fallback: 10 },
    { unit: 'rooms', description: 'Rooms that one client is in at once.' },
  ),
  MAX_MEMBERS_PER_ROOM: whole(
    { min: 2, max: 1000, fallback: 10 },
    { unit: 'clients', description: 'Clients in one room at once.' },
  ),
  MAX_WAITING_ROOM_SIZE: whole(
    { min: 1, max: 100_000, fallback: 500 },
    { unit: 'patients', description: 'Patients waiting at once in one namespace.' },
  ),
  MAX_HELD_MESSAGES: whole(
    { min: 0, max: 10_000, fallback: 256 },
    { unit: 'messages', description: 'Messages kept for a client within its window.' },
  ),
  MAX_HELD_BYTES: whole(
    { min: 0, max: 16 * MIB, fallback: 262_144 },
    { unit: 'bytes', description: 'Their size together.' },
  ),

  EVENT_BURST: whole(
    { min: 1, max: 1_000_000, fallback: 150 },
    { unit: 'events', description: 'Events that one client may send at once after a silence.' },
  ),
  EVENTS_PER_SECOND: decimal(
    { min: 0.1, max: 1_000_000, fallback: 50 },
    { unit: 'events a second', description: 'Events that one client may send for long.' },
  ),
  MAX_DESCRIPTION_BYTES: whole(
    { min: 1024, max: 16 * MIB, fallback: 32_768 },
    { unit: 'bytes', description: 'Size of one session description (SDP).' },
  ),
  MAX_CANDIDATES: whole(
    { min: 1, max: 100_000, fallback: 200 },
    { unit: 'candidates', description: 'ICE candidates one way in one negotiation.' },
  ),
  MAX_CONNECTIONS_PER_ADDRESS: whole(
    { min: 1, max: 1_000_000, fallback: 1000 },
    {
      unit: 'connections',
      description: 'Connections at once from one address (IPv6: one /64). A clinic is one address.',
    },
  ),
  MAX_FAILED_ATTEMPTS: whole(
    { min: 1, max: 100_000, fallback: 10 },
    {
      unit: 'failures',
      description:
        'Invalid tokens from one address within half an hour, before its further failures are only `rate-limited` for a quarter of an hour.',
    },
  ),
  FIRST_EVENT_SECONDS: decimal(
    { min: 1, max: DAY_SECONDS, fallback: 600 },
    { unit: 'seconds', description: 'How long a connection may stay that never sends an event.' },
  ),
  MAX_BACKLOG_BYTES: whole(
    { min: 65_536, max: 64 * MIB, fallback: 1_048_576 },
    { unit: 'bytes', description: 'What may wait for a client that does not read.' },
  ),
  MAX_BACKLOG_SECONDS: decimal(
    { min: 1, max: 3600, fallback: 5 },
    { unit: 'seconds', description: 'How long it may wait.' },
  ),

  WINDOW_DOCTOR_SECONDS: reconnectWindow('a doctor’s client'),
  WINDOW_PATIENT_SECONDS: reconnectWindow('a patient’s client'),
  WINDOW_GUEST_SECONDS: reconnectWindow('a guest’s client'),
  KNOCK_SECONDS: decimal(
    { min: 1, max: 3600, fallback: 45 },
    { unit: 'seconds', description: 'How long a doctor’s knock holds a room without an answer.' },
  ),

  PING_INTERVAL_MS: whole(
    { min: 100, max: 300_000, fallback: 15_000 },
    { unit: 'milliseconds', description: 'Time between two heartbeats of a connection.' },
  ),
  PING_TIMEOUT_MS: whole(
    { min: 100, max: 300_000, fallback: 10_000 },
    {
      unit: 'milliseconds',
      description: 'Time to answer a heartbeat before the connection counts as lost.',
    },
  ),

  DRAIN_SECONDS: decimal(
    { min: 0, max: 3600, fallback: 5 },
    {
      unit: 'seconds',
      description: 'Over how long connections are closed, batch by batch, after SIGTERM.',
    },
  ),

  NAMESPACE_IDLE_HOURS: decimal(
    { min: 0, max: TEN_YEARS_HOURS, fallback: 0 },
    {
      unit: 'hours',
      description: 'After how long a namespace that nobody uses is removed; 0 means never.',
    },
  ),
  UNUSED_ROOM_HOURS: decimal(
    { min: 0.01, max: TEN_YEARS_HOURS, fallback: 24 },
    { unit: 'hours', description: 'After how long a room that nobody entered expires.' },
  ),
  ENDED_ROOM_HOURS: decimal(
    { min: 0.01, max: TEN_YEARS_HOURS, fallback: 24 },
    { unit: 'hours', description: 'How long an ended room is remembered as ended.' },
  ),
  CONSULTATION_DAYS: whole(
    { min: 0, max: 36_500, fallback: 90 },
    {
      unit: 'days',
      description:
        'How long the record of a consultation is kept after its end. 0 means that none is kept; then no waiting time is estimated either.',
    },
  ),
  AUDIT_DAYS: whole(
    { min: 0, max: 36_500, fallback: 365 },
    { unit: 'days', description: 'How long the audit trail is kept; 0 means for ever.' },
  ),

  WEBHOOK_URL: webhookUrl({
    description:
      'Where the hospital’s backend hears of consultations ([WEBHOOKS.md](WEBHOOKS.md)).',
  }),
  WEBHOOK_SECRET: webhookSecret({ description: 'What webhooks are signed with.' }),
  WEBHOOK_SECRET_PREVIOUS: webhookSecret({
    description: 'The secret before it: webhooks are signed with both while it is being replaced.',
  }),
  WEBHOOK_TURN_SOON: whole(
    { min: 0, max: 100, fallback: 2 },
    {
      unit: 'patients',
      description: 'So many at the head of a waiting room are told to be near their turn; 0: none.',
    },
  ),
  WEBHOOK_RETRY_HOURS: decimal(
    { min: 0.01, max: 720, fallback: 24 },
    { unit: 'hours', description: 'How long a webhook is tried before it is given up.' },
  ),
  WEBHOOK_DAYS: whole(
    { min: 1, max: 3650, fallback: 7 },
    {
      unit: 'days',
      description: 'How long webhooks that were delivered or given up are kept, to be sent again.',
    },
  ),
} satisfies Record<string, Variable<unknown>>;

/** What each variable gives, in the variable's own unit. */
export type Values = {
  [Name in keyof typeof VARIABLES]: (typeof VARIABLES)[Name]['fallback'];
};
