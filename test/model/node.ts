import { pino } from 'pino';
import { openAccess } from '../../app/auth/access.ts';
import { LocalBus, type LocalHub } from '../../app/cluster/bus-local.ts';
import { LocalRegister, LocalRegisterHub } from '../../app/cluster/register-local.ts';
import { type ClusterLink, clusterLinkOver } from '../../app/cluster-link.ts';
import { loadConfig } from '../../app/config.ts';
import type { ConsultationRecords } from '../../app/data/consultation-records.ts';
import type { SessionData } from '../../app/data/session-data.ts';
import { createAddressOf } from '../../app/http/client-address.ts';
import { FailedAttempts } from '../../app/http/failed-attempts.ts';
import { createIceServers } from '../../app/ice/ice-servers.ts';
import { create, remove } from '../../app/namespaces/namespace.ts';
import { createCounts } from '../../app/ops/metrics/counts.ts';
import { Sweeper } from '../../app/ops/sweeper.ts';
import type { Perform } from '../../app/outcome.ts';
import { makeRoom } from '../../app/rooms/lobby.ts';
import { RecentLengths } from '../../app/rooms/recent-lengths.ts';
import type { RoomParts } from '../../app/rooms/room.ts';
import { Delivery } from '../../app/socket/delivery.ts';
import { Directory } from '../../app/socket/directory.ts';
import { createPerform } from '../../app/socket/perform.ts';
import type { Pulse } from '../../app/socket/pulse.ts';
import { QueueBoard } from '../../app/socket/queue-board.ts';
import { type SocketParts, serve } from '../../app/socket/socket.ts';
import { NO_AUDIT } from '../support/no-audit.ts';
import type { TestClock } from '../support/service.ts';
import type { FakeSocket } from './fake-socket.ts';
import { ENVIRONMENT } from './rules.ts';
import { SlowBus } from './slow-bus.ts';
import { slowStore } from './slow-store.ts';

/** Where the nodes of one cluster find each other. */
export class Neighbourhood {
  readonly bus: LocalHub = new Map();
  readonly register = new LocalRegisterHub();
  #nodes = 0;

  /** No two nodes have the same name, be one of them gone. */
  nextName(): string {
    this.#nodes += 1;
    return `node-${this.#nodes}`;
  }
}

export interface NodeParts {
  store: SessionData;
  records: ConsultationRecords;
  clock: TestClock;
  random: () => number;
  /** Where there are other nodes. */
  neighbourhood: Neighbourhood | undefined;
  /** A fault of the server's own, which must never be. */
  onFault: (error: unknown) => void;
}

const { limits, windows, retention, ice } = loadConfig(ENVIRONMENT);
const WINDOWS = {
  doctor: windows.doctorMs,
  patient: windows.patientMs,
  guest: windows.guestMs,
  service: 0,
};

/** The parts of one server process as app/start.ts puts them together, without a network. */
export class ServerNode {
  readonly directory = new Directory();
  readonly perform: Perform;
  /** In which order the last sweep took what had run out together, of which nobody promises any. */
  readonly swept = { clients: [] as string[], rooms: [] as string[] };
  readonly #parts: SocketParts;
  readonly #sweeper: Sweeper;
  readonly #board: QueueBoard;
  /** Where there are other nodes. */
  readonly bus: SlowBus | undefined;
  readonly #slow: ReturnType<typeof slowStore>;
  readonly #lanesIdle: () => Promise<void>;
  readonly #neighbourhood: Neighbourhood | undefined;
  readonly #name: string;
  readonly #register: LocalRegister | undefined;
  readonly #cluster: ClusterLink | undefined;
  #pulse: Pulse | undefined;

  constructor({ store, records, clock, random, neighbourhood, onFault }: NodeParts) {
    this.#slow = slowStore(store, random);
    const { directory } = this;
    this.#neighbourhood = neighbourhood;
    this.#name = neighbourhood?.nextName() ?? '';
    if (neighbourhood !== undefined) {
      this.bus = new SlowBus(new LocalBus(this.#name, neighbourhood.bus), random);
      this.#register = new LocalRegister(this.#name, neighbourhood.register);
      this.#cluster = clusterLinkOver(this.bus, this.#register, this.#slow.store, directory);
    }
    const data = this.#cluster?.memory.data ?? this.#slow.store;
    const counts = createCounts();
    const log = pino({ level: 'silent' });
    const delivery = new Delivery({
      data,
      directory,
      audit: NO_AUDIT,
      counts,
      log,
      limits,
      onQueueChanged: (namespaceId) => this.#board.changed(namespaceId),
      onNamespaceClosed: (namespaceId) => {
        this.#board.forget(namespaceId);
        lengths.forget(namespaceId);
        forget(namespaceId);
        this.#cluster?.memory.forgetNamespace(namespaceId);
      },
    });
    const lengths = new RecentLengths({ records, clock });
    const rooms: RoomParts = { data, records, lengths, clock, limits, windows };
    const neighbours = this.#cluster?.neighbours({
      clock,
      delivery,
      rooms,
      windows: WINDOWS,
      limits,
      onChange: (namespaceId) => lengths.forget(namespaceId),
      figures: () => {
        throw new Error('no operator asks here');
      },
      onError: onFault,
    });
    const { perform, lanes, forget } = createPerform({ data, directory, delivery, neighbours });
    const noting = this.#noting(data);
    const onError = onFault;
    this.#board = new QueueBoard({ data, lengths, directory, neighbours, perform, onError });
    this.#sweeper = new Sweeper({
      data: noting,
      records,
      clock,
      perform,
      rooms: { ...rooms, data: noting },
      counts,
      retention,
      patrol: async () => {},
      onError: onFault,
    });
    this.#parts = {
      data,
      clock,
      directory,
      neighbours,
      delivery,
      perform,
      rooms,
      windows: WINDOWS,
      limits,
      publicLimits: {},
      access: openAccess,
      audit: NO_AUDIT,
      counts,
      log,
      isDraining: () => false,
      addressOf: createAddressOf([]),
      failures: new FailedAttempts({ attempts: Number.MAX_SAFE_INTEGER, withinMs: 0, blockMs: 0 }),
      ice: createIceServers(ice, clock),
      onFault: (_event, error) => onFault(error),
    };
    this.perform = perform;
    this.#lanesIdle = () => lanes.idle();
  }

  async start(): Promise<void> {
    const { data, clock } = this.#parts;
    if (this.#cluster === undefined) await data.loseAllClients(clock.now(), WINDOWS);
    else {
      this.#pulse = await this.#cluster.join(this.perform);
      // It beats when the test lets it.
      await this.#pulse.stop();
    }
  }

  /** `perform` is what this connection's jobs go through. */
  serve(socket: FakeSocket, perform: Perform): void {
    serve({ ...this.#parts, perform }, socket.asSocket, socket.namespaceId);
  }

  makeNamespace(namespaceId: string, perform: Perform): Promise<unknown> {
    return perform(namespaceId, () => create(this.#parts, namespaceId));
  }

  removeNamespace(namespaceId: string, perform: Perform): Promise<unknown> {
    return perform(namespaceId, () => remove(this.#parts, namespaceId));
  }

  makeRoom(roomId: string, namespaceId: string | undefined, perform: Perform): Promise<unknown> {
    const parts = { ...this.#parts, ids: { uuid: () => roomId } };
    return perform(namespaceId ?? '', () => makeRoom(parts, namespaceId));
  }

  get name(): string {
    return this.#name;
  }

  /** Whether it works with the others, as far as it knows. */
  get isHome(): boolean {
    return this.#pulse?.failure === null;
  }

  /** Its lease runs out, be it that it stood still. */
  async lapse(): Promise<void> {
    await this.#register?.leave();
  }

  /** Sees to what it learns from the others. */
  async beat(): Promise<void> {
    await this.#pulse?.beat();
  }

  async sweep(): Promise<void> {
    this.swept.clients = [];
    this.swept.rooms = [];
    await this.#sweeper.sweep();
  }

  /** Resolves when nothing is under way, nor anything that would follow from it. */
  async idle(): Promise<void> {
    do {
      await this.#lanesIdle();
      await new Promise<void>((resolve) => setImmediate(resolve));
    } while (this.#slow.underWay > 0 || (this.bus?.underWay ?? 0) > 0);
    await this.#lanesIdle();
  }

  /** How often it has asked its store or another node for something. */
  get calls(): number {
    return this.#slow.calls + (this.bus?.asked ?? 0);
  }

  /** SIGKILL: nothing that is under way goes on. */
  kill(): void {
    this.#slow.kill();
    this.#board.close();
    this.bus?.kill();
    this.#neighbourhood?.bus.delete(this.#name);
    // Its lease runs out, in which nobody knows of it.
    void this.#register?.leave();
    void this.#register?.close();
  }

  #noting(data: SessionData): SessionData {
    const note = async <T extends { id: string }>(ids: string[], found: Promise<T[]>) => {
      const rows = await found;
      ids.push(...rows.map(({ id }) => id));
      return rows;
    };
    return new Proxy(data, {
      get: (target, name) => {
        if (name === 'clientsLeasedUntil') {
          return (now: number, limit: number) =>
            note(this.swept.clients, target.clientsLeasedUntil(now, limit));
        }
        if (name === 'roomsOf') {
          return (id: string) => note(this.swept.rooms, target.roomsOf(id));
        }
        return Reflect.get(target, name);
      },
    });
  }
}
