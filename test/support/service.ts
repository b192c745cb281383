import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadConfig } from '../../app/config.ts';
import { type Running, start } from '../../app/start.ts';
import { type ConnectOptions, TestClient } from './clients.ts';
import { RedisServer } from './redis-server.ts';
import { RedisShards } from './redis-shards.ts';

/** On how many nodes the service runs where a test does not say so; more than one share a Redis. */
const NODES = Number(process.env.CLUSTER_NODES ?? 1);

/** What they share: one Redis, or `shards`, a Redis Cluster. */
const SHARED = process.env.CLUSTER_REDIS === 'shards' ? RedisShards : RedisServer;

/** A clock that stands still until a test moves it. */
export class TestClock {
  #now = Date.UTC(2030, 0, 1);
  now = (): number => this.#now;
  advance(ms: number): void {
    this.#now += ms;
  }
}

/**
 * A whole server in this process, on a free port, with a real store in a directory of its own. With several
 * nodes each connection and each request goes to any of them.
 */
export class Service {
  readonly clock = new TestClock();
  readonly dataDir: string;
  readonly #env: Record<string, string>;
  readonly #clients: TestClient[] = [];
  readonly #count: number;
  #nodes: Running[] = [];
  #ports: string[] = [];
  #redis: RedisServer | RedisShards | undefined;

  private constructor(dataDir: string, env: Record<string, string>, count: number) {
    this.#count = count;
    this.dataDir = dataDir;
    this.#env = { EXPRESS_PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: dataDir, ...env };
  }

  static async start(env: Record<string, string> = {}, nodes = NODES): Promise<Service> {
    const service = new Service(await mkdtemp(join(tmpdir(), 'signaling-test-')), env, nodes);
    await service.run();
    return service;
  }

  get url(): string {
    const node = this.#nodes[Math.floor(Math.random() * this.#nodes.length)];
    if (node === undefined) throw new Error('the service does not run');
    return node.url;
  }

  /** The nodes that it runs on. */
  get nodes(): readonly Running[] {
    return this.#nodes;
  }

  /** The Redis that several nodes share. */
  get redis(): RedisServer {
    if (this.#redis instanceof RedisServer) return this.#redis;
    throw new Error('this service has not one Redis');
  }

  /** A connection to a namespace; `ready()` on it waits for `welcome`. */
  connect(namespaceId: string, options?: ConnectOptions): TestClient {
    return this.connectTo(this.url, namespaceId, options);
  }

  /** The same by another way to the service: through a proxy, or to where it was. */
  connectTo(url: string, namespaceId: string, options?: ConnectOptions): TestClient {
    const client = new TestClient(url, namespaceId, options);
    this.#clients.push(client);
    return client;
  }

  /** A client that was welcomed. */
  join(namespaceId: string, options?: ConnectOptions): Promise<TestClient> {
    return this.connect(namespaceId, options).ready();
  }

  /** A doctor at the desk of this namespace. */
  async doctor(namespaceId: string, options?: ConnectOptions): Promise<TestClient> {
    const doctor = await this.join(namespaceId, options);
    await doctor.say('doctor-joined', { 'namespace-id': namespaceId, 'client-id': doctor.id });
    return doctor;
  }

  /** A patient who waits in this room. */
  async patient(
    namespaceId: string,
    roomId: string,
    metadata: Record<string, unknown> = {},
    options?: ConnectOptions,
  ): Promise<TestClient> {
    const patient = await this.join(namespaceId, options);
    await patient.say('create', { 'room-id': roomId, 'client-id': patient.id, ...metadata });
    return patient;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, { headers });
  }

  /** Calls one of the five routes and answers its JSON. */
  async call(route: string, fields: Record<string, string> = {}): Promise<Record<string, unknown>> {
    const answer = await this.get(`/${route}?${new URLSearchParams(fields)}`);
    return (await answer.json()) as Record<string, unknown>;
  }

  /** Lets time pass and ends what has run out by then. */
  async pass(ms: number): Promise<void> {
    // Nodes wait for each other: what is under way has its time from now.
    if (this.#count > 1) for (const node of this.#nodes) await node.sweep();
    this.clock.advance(ms);
    for (const node of this.#nodes) await node.sweep();
  }

  /** Another setting, from the next `run` on. */
  set(env: Record<string, string>): void {
    Object.assign(this.#env, env);
  }

  async run(): Promise<void> {
    const logger = pino({ level: 'silent' });
    if (this.#count === 1) {
      this.#nodes = [await start(loadConfig(this.#env), { logger, clock: this.clock })];
      return;
    }
    this.#redis ??= await SHARED.start();
    for (let n = 0; n < this.#count; n += 1) {
      const own = {
        DATA_DIR: join(this.dataDir, `node-${n}`),
        EXPRESS_PORT: this.#ports[n] ?? '0',
        REDIS_URL: this.#redis.url,
        NODE_ID: `node-${n}`,
      };
      const config = loadConfig({ ...this.#env, ...own });
      const node = await start(config, { logger, clock: this.clock });
      this.#nodes.push(node);
      if (this.#env.EXPRESS_PORT !== '0') this.#ports[n] = new URL(node.url).port;
    }
  }

  /** Goes down, spread over `drainMs` milliseconds; the store stays. */
  async goDown(drainMs = 0): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.close(drainMs)));
    this.#nodes = [];
  }

  /** Goes down and comes up again over the same store. */
  async restart(): Promise<void> {
    await this.goDown();
    await this.run();
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.goDown();
    await this.#redis?.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
