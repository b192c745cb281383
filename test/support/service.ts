import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadConfig } from '../../app/config.ts';
import { type Running, start } from '../../app/start.ts';
import { type ConnectOptions, TestClient } from './clients.ts';

/** A clock that stands still until a test moves it. */
export class TestClock {
  #now = Date.UTC(2030, 0, 1);
  now = (): number => this.#now;
  advance(ms: number): void {
    this.#now += ms;
  }
}

/** A whole server in this process, on a free port, with a real store in a directory of its own. */
export class Service {
  readonly clock = new TestClock();
  readonly dataDir: string;
  readonly #env: Record<string, string>;
  readonly #clients: TestClient[] = [];
  #running: Running | undefined;

  private constructor(dataDir: string, env: Record<string, string>) {
    this.dataDir = dataDir;
    this.#env = { EXPRESS_PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: dataDir, ...env };
  }

  static async start(env: Record<string, string> = {}): Promise<Service> {
    const service = new Service(await mkdtemp(join(tmpdir(), 'signaling-test-')), env);
    await service.run();
    return service;
  }

  get url(): string {
    if (this.#running === undefined) throw new Error('the service does not run');
    return this.#running.url;
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
    this.clock.advance(ms);
    await this.#running?.sweep();
  }

  async run(): Promise<void> {
    const logger = pino({ level: 'silent' });
    this.#running = await start(loadConfig(this.#env), { logger, clock: this.clock });
  }

  /** Goes down, spread over `drainMs` milliseconds; the store stays. */
  async goDown(drainMs = 0): Promise<void> {
    await this.#running?.close(drainMs);
    this.#running = undefined;
  }

  /** Goes down and comes up again over the same store. */
  async restart(): Promise<void> {
    await this.goDown();
    await this.run();
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.#running?.close();
    this.#running = undefined;
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
