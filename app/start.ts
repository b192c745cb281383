import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { AuditTrail } from './audit/trail.ts';
import { type Access, openAccess, tokenAccess } from './auth/access.ts';
import { createTokenVerifier } from './auth/access-token.ts';
import { createTokenMint, type TokenMint } from './auth/mint.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { openSqliteAuditLog } from './data/audit-log-sqlite.ts';
import { openSqliteStore } from './data/sqlite-store.ts';
import { createAddressOf } from './http/client-address.ts';
import { FailedAttempts } from './http/failed-attempts.ts';
import { OpenConnections } from './http/open-connections.ts';
import { createIceServers } from './ice/ice-servers.ts';
import { createApp } from './index.ts';
import { createIo, type Io } from './io.ts';
import { Sweeper } from './ops/sweeper.ts';
import { RecentLengths } from './rooms/recent-lengths.ts';
import type { RoomParts } from './rooms/room.ts';
import { auditedIce, auditOfClients } from './socket/audited.ts';
import { Delivery } from './socket/delivery.ts';
import { Directory } from './socket/directory.ts';
import { Patrol } from './socket/patrol.ts';
import { createPerform } from './socket/perform.ts';
import { QueueBoard } from './socket/queue-board.ts';

export interface StartParts {
  logger: Logger;
  clock?: Clock;
  ids?: { uuid(): string };
}

export interface Running {
  /** Where it listens, as an address that a browser on this machine can open. */
  readonly url: string;
  /** Ends now what has run out by the clock, instead of at the next tick. */
  sweep(): Promise<void>;
  /**
   * Lets nobody in any more, sends the clients away to come back by themselves, spread over `drainMs`
   * milliseconds, finishes what is under way, and closes.
   */
  close(drainMs?: number): Promise<void>;
}

/**
 * Puts the parts together and listens.
 * @throws StoreOpenError the store cannot be opened; the error of `listen` if the port is taken
 */
export async function start(config: Config, given: StartParts): Promise<Running> {
  const { logger, clock = systemClock, ids = { uuid: randomUUID } } = given;
  const { limits } = config;
  const { data, records } = await openSqliteStore({
    dataDir: config.dataDir,
    keepsConsultations: config.retention.consultationMs > 0,
  });
  const windows = windowsByRole(config);
  await data.loseAllClients(clock.now(), windows);

  const log = await openSqliteAuditLog({ dataDir: config.dataDir }).catch(async (error) => {
    await data.close();
    throw error;
  });
  const trail = new AuditTrail({
    log,
    clock,
    keptMs: config.retention.auditMs,
    onFault: (error) => logger.error({ err: error }, 'the audit trail cannot be written'),
    onHead: ({ seq, hash }) => logger.info({ seq, hash }, 'head of the audit trail'),
  });

  const lengths = new RecentLengths({ records, clock });
  const directory = new Directory();
  const addressOf = createAddressOf(config.trustedProxies);
  const audit = auditOfClients(trail, directory, addressOf);
  let io: Io | undefined;
  const delivery = new Delivery({
    data,
    directory,
    audit,
    limits,
    onQueueChanged: (namespaceId) => board.changed(namespaceId),
    onNamespaceClosed: (namespaceId) => {
      board.forget(namespaceId);
      lengths.forget(namespaceId);
      forget(namespaceId);
      io?.forgetNamespace(namespaceId);
    },
  });
  const { perform, lanes, forget } = createPerform({ data, directory, delivery });
  const onError = (error: unknown) => logger.error({ err: error }, 'a timed job failed');
  const board = new QueueBoard({ data, lengths, directory, perform, onError });
  const rooms: RoomParts = {
    data,
    records,
    lengths,
    clock,
    limits,
    windows: config.windows,
  };
  const patrol = new Patrol({ directory, limits });
  const sweeper = new Sweeper({
    data,
    records,
    clock,
    perform,
    rooms,
    retention: config.retention,
    patrol: (now) => patrol.round(now),
    onError,
  });

  const access = createAccess(config, clock, logger);
  const failures = new FailedAttempts({ attempts: limits.failedAttempts, ...FAILURES });
  const ice = createIceServers(config.ice, clock);
  const app = await createApp({
    access,
    addressOf,
    failures,
    audit: trail,
    ice,
    mint: createMint(config, clock),
    config,
    data,
    records,
    clock,
    perform,
    ids,
    logger,
  });
  const connections = new OpenConnections(app.server);
  io = createIo({
    httpServer: app.server,
    data,
    clock,
    directory,
    delivery,
    perform,
    rooms,
    windows,
    access,
    addressOf,
    failures,
    audit,
    ice: auditedIce(ice, audit),
    limits,
    publicLimits: inWords(limits),
    allowedOrigins: config.allowedOrigins,
    heartbeat: config.heartbeat,
    onFault: (event, error) => logger.error({ event, err: error }, 'an event failed'),
  });

  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await trail.close();
    await data.close();
    throw error;
  }
  sweeper.start();
  const tidying = setInterval(() => void trail.tidy(), TIDY_MS);

  return {
    url: urlOf(app.server.address() as AddressInfo),
    async sweep() {
      await sweeper.sweep();
      await trail.tidy();
    },
    async close(drainMs = 0) {
      clearInterval(tidying);
      await sweeper.stop();
      await io?.drain(drainMs);
      board.close();
      await lanes.idle();
      await connections.cutAfter(GOODBYE_MS, io.close());
      await app.close();
      await lanes.idle();
      await trail.close();
      await data.close();
    },
  };
}

/** How long a connection may take to say goodbye, in milliseconds: one that is half-open never does. */
const GOODBYE_MS = 2000;

/** How often the audit trail does what has come due, in milliseconds. */
const TIDY_MS = 10_000;

/** The protocol spells keys with hyphens. */
const inWords = (limits: Config['limits']): Record<string, number> =>
  Object.fromEntries(
    Object.entries(limits).map(([name, limit]) => [
      name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      limit,
    ]),
  );

function createAccess({ auth, tokens }: Config, clock: Clock, logger: Logger): Access {
  if (auth === 'open') return openAccess;
  const onKeyTrouble = (why: string) => logger.warn({ why }, 'keys for access tokens are missing');
  const verifier = createTokenVerifier(tokens, clock, onKeyTrouble);
  // Keys that cannot be had now are fetched again when a token comes: no reason to stay down.
  verifier.prepare().catch((error: Error) => onKeyTrouble(error.message));
  return tokenAccess(verifier);
}

function createMint({ auth, tokens }: Config, clock: Clock): TokenMint | undefined {
  const canSign = auth === 'jwt' && tokens.secrets.length > 0;
  return canSign ? createTokenMint({ settings: tokens, clock }) : undefined;
}

/** Failed attempts count for half an hour; whoever made too many is slowed down for half of that. */
const FAILURES = { withinMs: 30 * 60_000, blockMs: 15 * 60_000 };

const windowsByRole = ({ windows }: Config) => ({
  doctor: windows.doctorMs,
  patient: windows.patientMs,
  guest: windows.guestMs,
  service: 0,
});

function urlOf({ address, port }: AddressInfo): string {
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
