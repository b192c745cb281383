import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { AuditTrail } from './audit/trail.ts';
import { type Access, openAccess, tokenAccess } from './auth/access.ts';
import { createTokenVerifier } from './auth/access-token.ts';
import { createTokenMint, type TokenMint } from './auth/mint.ts';
import { openBackends } from './backends.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { openSqliteAuditLog } from './data/audit-log-sqlite.ts';
import { SignalingError } from './errors/signaling-error.ts';
import { createAddressOf } from './http/client-address.ts';
import { FailedAttempts } from './http/failed-attempts.ts';
import { OpenConnections } from './http/open-connections.ts';
import { createIceServers } from './ice/ice-servers.ts';
import { createApp } from './index.ts';
import { createIo, type Io } from './io.ts';
import { remove } from './namespaces/namespace.ts';
import { countedAccess } from './ops/metrics/access.ts';
import { countedBus, countedRegister } from './ops/metrics/cluster.ts';
import { createCounts } from './ops/metrics/counts.ts';
import { createRegistry } from './ops/metrics/registry.ts';
import { RoomCensus } from './ops/metrics/room-census.ts';
import { countedStore } from './ops/metrics/store.ts';
import { listenApart, type OwnPort } from './ops/own-port.ts';
import { ReadinessWatch } from './ops/readiness-watch.ts';
import type { Readiness } from './ops/routes.ts';
import { StoreHealth } from './ops/store-health.ts';
import { Sweeper } from './ops/sweeper.ts';
import { readingsOf } from './readings.ts';
import { RecentLengths } from './rooms/recent-lengths.ts';
import type { RoomParts } from './rooms/room.ts';
import { auditedIce, auditOfClients } from './socket/audited.ts';
import { Delivery } from './socket/delivery.ts';
import { Directory } from './socket/directory.ts';
import { Live } from './socket/live.ts';
import { Patrol } from './socket/patrol.ts';
import { createPerform } from './socket/perform.ts';
import type { Pulse } from './socket/pulse.ts';
import { QueueBoard } from './socket/queue-board.ts';
import { linkWebhooks } from './webhook-link.ts';

export interface StartParts {
  logger: Logger;
  clock?: Clock;
  ids?: { uuid(): string };
  /** Called when an operator wants this node to go: its clients are to be sent away, and it is to end. */
  onDrain?: () => void;
}

export interface Running {
  /** Where it listens, as an address that a browser on this machine can open. */
  readonly url: string;
  /** The port of its own on which figures are to be had, if there is one. */
  readonly metricsPort: number | undefined;
  /** Whether new clients should be sent here. */
  isReady(): Readiness;
  /** Ends now what has run out by the clock, after what is under way, instead of at the next tick. */
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
  const directory = new Directory();
  const counts = createCounts();
  const onError = (error: unknown) => {
    // That the store fails is told once, and not again by everything that waits for it.
    if (error instanceof SignalingError && error.code === 'store-unavailable') {
      logger.debug('a timed job waits for the store');
      return;
    }
    counts.faults.add('timed job');
    logger.error({ err: error }, 'a timed job failed');
  };
  const census = new RoomCensus(counts, (clientId) => directory.get(clientId) !== undefined);
  const health = new StoreHealth((why, error) => {
    if (why === null) logger.info('the store works again');
    else logger.error({ why, err: error }, 'the store fails');
  });
  const { store, cluster } = await openBackends(
    config,
    directory,
    (error) => logger.error({ err: error }, 'Redis cannot be reached'),
    {
      store: (opened) => countedStore(opened, { counts, census, health }),
      bus: (bus) => countedBus(bus, counts),
      register: (register) => countedRegister(register, counts),
    },
  );
  const { records } = store;
  const data = cluster?.memory.data ?? store.data;
  const windows = windowsByRole(config);
  // In a cluster others live on: whose clients are lost is found out by the leases of their nodes.
  if (cluster === undefined) await data.loseAllClients(clock.now(), windows);

  const log = await openSqliteAuditLog({ dataDir: config.dataDir }).catch(async (error) => {
    await data.close();
    throw error;
  });
  const trail = new AuditTrail({
    log,
    clock,
    keptMs: config.retention.auditMs,
    onFault: (error) => {
      counts.auditFaults.add();
      logger.error({ err: error }, 'the audit trail cannot be written');
    },
    onHead: ({ seq, hash }) => logger.info({ seq, hash }, 'head of the audit trail'),
  });

  const lengths = new RecentLengths({ records, clock });
  const addressOf = createAddressOf(config.trustedProxies);
  const audit = auditOfClients(trail, directory, addressOf);
  let io: Io | undefined;
  const delivery = new Delivery({
    data,
    directory,
    audit,
    counts,
    log: logger,
    limits,
    onQueueChanged: (namespaceId) => board.changed(namespaceId),
    onNamespaceClosed: (namespaceId) => {
      board.forget(namespaceId);
      lengths.forget(namespaceId);
      forget(namespaceId);
      cluster?.memory.forgetNamespace(namespaceId);
      io?.forgetNamespace(namespaceId);
    },
  });
  const rooms: RoomParts = {
    data,
    records,
    lengths,
    clock,
    limits,
    windows: config.windows,
  };
  const neighbours = cluster?.neighbours({
    clock,
    delivery,
    rooms,
    windows,
    limits,
    onChange: (namespaceId, changed) => {
      lengths.forget(namespaceId);
      census.learn(changed);
    },
    onError,
    figures: () => live.figures(),
  });
  const { perform, lanes, forget } = createPerform({ data, directory, delivery, neighbours });
  const webhooks = linkWebhooks({
    config,
    outbox: store.webhooks,
    data,
    clock,
    logger,
    count: (outcome) => counts.webhooks.add(outcome),
  });
  const board = new QueueBoard({ data, lengths, directory, neighbours, perform, onError });
  const patrol = new Patrol({ directory, counts, log: logger, limits });
  const sweeper = new Sweeper({
    data,
    records,
    clock,
    perform,
    rooms,
    counts,
    retention: config.retention,
    isStoreUp: () => cluster?.isUp !== false,
    patrol: async (now) => {
      await patrol.round(now);
      live.tick();
      void health.probe(data);
      watch.look();
    },
    onError,
  });

  let pulse: Pulse | undefined;
  let apart: OwnPort | undefined;
  let isDraining = false;
  const readiness = (): Readiness => {
    const why = isDraining ? 'This node goes.' : (pulse?.failure ?? health.failure);
    return why === null ? { ready: true } : { ready: false, why };
  };
  const watch = new ReadinessWatch(readiness, logger);
  const access = countedAccess(createAccess(config, clock, logger), counts);
  const failures = new FailedAttempts({
    attempts: limits.failedAttempts,
    ...FAILURES,
    onTooMany: () => counts.rateLimited.add('failed-attempts'),
  });
  const registry = createRegistry(
    counts,
    readingsOf({ directory, census, cluster, readiness, connections: () => io?.connections ?? 0 }),
  );
  const live = new Live({
    directory,
    census,
    counts,
    clock,
    readiness,
    connections: () => io?.connections ?? 0,
    neighbours,
  });
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
    webhooks: store.webhooks,
    clock,
    perform,
    ids,
    readiness,
    counts,
    registry,
    console: {
      state: () => live.state(),
      drain: given.onDrain ?? (() => {}),
      addressOf,
      closeNamespace: async (id, from) => {
        const by = { role: 'operator', from } as const;
        return (await perform(id, () => remove({ data, clock }, id, by))).removed;
      },
    },
    logger,
  });
  const connections = new OpenConnections(app.server);
  io = createIo({
    httpServer: app.server,
    data,
    clock,
    directory,
    neighbours,
    delivery,
    perform,
    rooms,
    windows,
    access,
    addressOf,
    failures,
    audit,
    counts,
    log: logger,
    ice: auditedIce(ice, audit),
    onAnswer: webhooks?.onAnswer,
    limits,
    publicLimits: inWords(limits),
    allowedOrigins: config.allowedOrigins,
    heartbeat: config.heartbeat,
    onFault: (event, error, connection) => {
      counts.faults.add('event');
      logger.error({ connection, event, err: error }, 'an event failed');
    },
  });

  try {
    pulse = await cluster?.join(perform);
    apart = config.metrics && (await listenApart(config.metrics, registry, { readiness }));
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await apart?.close();
    await cluster?.leave();
    await trail.close();
    await data.close();
    throw error;
  }
  sweeper.start();
  webhooks?.courier.start();
  const tidying = setInterval(() => void trail.tidy(), TIDY_MS);

  return {
    url: urlOf(app.server.address() as AddressInfo),
    metricsPort: apart?.port,
    isReady: readiness,
    async sweep() {
      await lanes.idle();
      await pulse?.beat();
      await sweeper.sweep();
      await trail.tidy();
      await webhooks?.courier.deliver();
    },
    async close(drainMs = 0) {
      isDraining = true;
      logger.info({ connections: io?.connections ?? 0, overMs: drainMs }, 'the node drains');
      clearInterval(tidying);
      await sweeper.stop();
      await io?.drain(drainMs);
      board.close();
      await lanes.idle();
      await connections.cutAfter(GOODBYE_MS, io.close());
      await app.close();
      await lanes.idle();
      await webhooks?.courier.stop();
      await cluster?.leave();
      await trail.close();
      await data.close();
      await apart?.close();
      logger.info('the node has ended');
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
