import { accessModeOf, contradictionsIn } from './config/access.ts';
import { ConfigError, type Environment, readVariables } from './config/read.ts';
import { VARIABLES, type Values } from './config/variables.ts';
import { webhookSettings } from './config/webhooks.ts';

export { ConfigError };

const HOUR_MS = 60 * 60 * 1000;

/** The server's settings: validated, in one unit per kind, and never changed again. */
export type Config = DeepReadonly<ReturnType<typeof arrange>>;

/**
 * The settings that an environment asks for, with the defaults of the rest.
 * @throws ConfigError naming every mistake at once
 */
export function loadConfig(environment: Environment): Config {
  return deepFreeze(arrange(readVariables(VARIABLES, environment, contradictionsIn)));
}

function arrange(values: Values) {
  return {
    mode: values.NODE_ENV,
    host: values.HOST ?? (values.NODE_ENV === 'production' ? '0.0.0.0' : '127.0.0.1'),
    port: values.EXPRESS_PORT ?? values.PORT,
    /** Without a slash at its end; `undefined`: nobody has said. */
    publicUrl: values.PUBLIC_URL?.replace(/\/$/, ''),
    dataDir: values.DATA_DIR,
    /** `undefined`: this process is alone. */
    cluster:
      values.REDIS_URL === undefined
        ? undefined
        : { redisUrl: values.REDIS_URL, nodeName: values.NODE_ID },
    logLevel: values.LOG_LEVEL,
    /** Where figures are to be had on a port of their own; `undefined`: nowhere. */
    metrics:
      values.METRICS_PORT === undefined
        ? undefined
        : { host: values.METRICS_HOST, port: values.METRICS_PORT },
    operatorToken: values.OPERATOR_TOKEN,
    allowedOrigins: values.ALLOWED_ORIGINS,
    trustedProxies: values.TRUSTED_PROXIES,
    auth: accessModeOf(values),
    tokens: {
      issuer: values.JWT_ISSUER,
      audience: values.JWT_AUDIENCE,
      secrets: given(values.JWT_SECRET, values.JWT_SECRET_PREVIOUS),
      publicKeyPem: values.JWT_PUBLIC_KEY?.replaceAll('\\n', '\n'),
      jwksUrl: values.JWKS_URL,
      maxLifetimeSeconds: Math.round(values.JWT_MAX_LIFETIME_HOURS * 3600),
    },
    ice: {
      static: values.ICE_SERVERS,
      turnUrls: values.TURN_URLS,
      turnSecrets: given(values.TURN_SECRET, values.TURN_SECRET_PREVIOUS),
      ttlSeconds: values.TURN_TTL_SECONDS,
    },
    limits: {
      /** One Socket.IO message, or one HTTP body. */
      messageBytes: values.MAX_MESSAGE_BYTES,
      /** What `create` may carry: it is stored. */
      metadataBytes: values.MAX_METADATA_BYTES,
      payloadDepth: values.MAX_PAYLOAD_DEPTH,
      namespacesPerConnection: values.MAX_NAMESPACES_PER_CONNECTION,
      /** Socket.IO CONNECT packets over one connection's life. */
      connectsPerConnection: values.MAX_CONNECTS_PER_CONNECTION,
      roomsPerClient: values.MAX_ROOMS_PER_CLIENT,
      membersPerRoom: values.MAX_MEMBERS_PER_ROOM,
      waitingRoomSize: values.MAX_WAITING_ROOM_SIZE,
      heldMessages: values.MAX_HELD_MESSAGES,
      heldBytes: values.MAX_HELD_BYTES,
      eventBurst: values.EVENT_BURST,
      eventsPerSecond: values.EVENTS_PER_SECOND,
      descriptionBytes: values.MAX_DESCRIPTION_BYTES,
      candidates: values.MAX_CANDIDATES,
      connectionsPerAddress: values.MAX_CONNECTIONS_PER_ADDRESS,
      failedAttempts: values.MAX_FAILED_ATTEMPTS,
      firstEventSeconds: values.FIRST_EVENT_SECONDS,
      backlogBytes: values.MAX_BACKLOG_BYTES,
      backlogSeconds: values.MAX_BACKLOG_SECONDS,
    },
    windows: {
      doctorMs: inMs(values.WINDOW_DOCTOR_SECONDS),
      patientMs: inMs(values.WINDOW_PATIENT_SECONDS),
      guestMs: inMs(values.WINDOW_GUEST_SECONDS),
      knockMs: inMs(values.KNOCK_SECONDS),
    },
    heartbeat: { intervalMs: values.PING_INTERVAL_MS, timeoutMs: values.PING_TIMEOUT_MS },
    drainMs: inMs(values.DRAIN_SECONDS),
    retention: {
      /** `null` means never. */
      namespaceIdleMs:
        values.NAMESPACE_IDLE_HOURS === 0
          ? null
          : Math.round(values.NAMESPACE_IDLE_HOURS * HOUR_MS),
      unusedRoomMs: Math.round(values.UNUSED_ROOM_HOURS * HOUR_MS),
      endedRoomMs: Math.round(values.ENDED_ROOM_HOURS * HOUR_MS),
      /** 0 means that no record is kept at all. */
      consultationMs: values.CONSULTATION_DAYS * 24 * HOUR_MS,
      /** `null` means for ever. */
      auditMs: values.AUDIT_DAYS === 0 ? null : values.AUDIT_DAYS * 24 * HOUR_MS,
    },
    /** `undefined`: nobody is told. */
    webhooks: webhookSettings(values),
  };
}

const given = (...texts: (string | undefined)[]): string[] =>
  texts.filter((text) => text !== undefined);

const inMs = (seconds: number): number => Math.round(seconds * 1000);

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

function deepFreeze<T>(value: T): DeepReadonly<T> {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value as DeepReadonly<T>;
}
