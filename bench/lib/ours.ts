import { createTokenMint } from '../../app/auth/mint.ts';
import { cpuMsOf, type Process, ServerProcess } from '../../test/support/process.ts';
import { RedisServer } from '../../test/support/redis-server.ts';
import type { Contestant, Stage } from './contestant.ts';
import { pinServer } from './pinned.ts';
import { SocketIoEnd } from './socketio-end.ts';

const NAME = 'telemedicine-signaling';
const SECRET = 'the secret of this benchmark: 0123456789abcdef';

/** All the load comes from one address, and as fast as it can. */
const WIDE: Readonly<Record<string, string>> = {
  NODE_ENV: 'production',
  LOG_LEVEL: 'info',
  EVENTS_PER_SECOND: '1000000',
  EVENT_BURST: '1000000',
  MAX_CONNECTIONS_PER_ADDRESS: '100000',
  MAX_WAITING_ROOM_SIZE: '100000',
  MAX_CANDIDATES: '100000',
};

interface Form {
  withTokens: boolean;
  withRedis: boolean;
  /** How many processes; more than one needs Redis. */
  nodes?: number;
  /** The two of a pair are at two nodes, instead of a practice at one. */
  isScattered?: boolean;
}

/** This server, running; what only it can do is here too. */
class OurStage implements Stage {
  readonly #servers: readonly ServerProcess[];
  readonly #form: Form;
  readonly #redis: RedisServer | undefined;
  readonly #mint: ReturnType<typeof createTokenMint> | undefined;
  #backend: { token?: string } | undefined;
  readonly #made = new Map<string, Promise<void>>();

  private constructor(
    servers: readonly ServerProcess[],
    redis: RedisServer | undefined,
    form: Form,
  ) {
    this.#servers = servers;
    this.#form = form;
    this.#redis = redis;
    const settings = { issuer: NAME, audience: NAME, secrets: [SECRET] };
    this.#mint = form.withTokens ? createTokenMint({ settings, clock: Date }) : undefined;
  }

  static async start(form: Form): Promise<OurStage> {
    const redis = form.withRedis ? await RedisServer.start() : undefined;
    const servers: ServerProcess[] = [];
    for (let node = 0; node < (form.nodes ?? 1); node += 1) {
      const server = await ServerProcess.start({
        ...WIDE,
        ...(form.withTokens ? { JWT_SECRET: SECRET } : { AUTH: 'open' }),
        ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
      });
      pinServer(server.process);
      servers.push(server);
    }
    return new OurStage(servers, redis, form);
  }

  get process(): Process {
    return this.#first.process;
  }

  get url(): string {
    return this.#first.url;
  }

  /** The time that processors have worked so far for all nodes, and for Redis, in milliseconds. */
  async cpuOfAll(): Promise<{ nodes: number; redis: number }> {
    const all = await Promise.all(this.#servers.map(({ process }) => process.cpuMs()));
    const nodes = all.reduce((sum, one) => sum + one, 0);
    return { nodes, redis: this.#redis === undefined ? 0 : await cpuMsOf(this.#redis.pid) };
  }

  get #first(): ServerProcess {
    const [first] = this.#servers;
    if (first === undefined) throw new Error('there is no node');
    return first;
  }

  async client(number: number): Promise<SocketIoEnd> {
    return this.open(await this.practice(0), 'patient', `waiting-${number}`);
  }

  async pair(number: number, namespace: number): Promise<[SocketIoEnd, SocketIoEnd]> {
    const namespaceId = await this.practice(namespace);
    const home = namespace % this.#servers.length;
    const there = this.#form.isScattered ? (home + 1) % this.#servers.length : home;
    const [doctor, patient] = await Promise.all([
      this.open(namespaceId, 'doctor', `doctor-${number}`, {}, home),
      this.open(namespaceId, 'patient', `patient-${number}`, {}, there),
    ]);
    const room = { 'room-id': `room-${namespace}-${number}` };
    await doctor.ask('doctor-joined', { 'namespace-id': namespaceId });
    await patient.ask('create', { ...room, patientID: `p-${number}` });
    await doctor.ask('join', { ...room, init: true });
    await patient.ask('ack-doctor-entered', { 'client-id': doctor.id });
    await doctor.ask('join', room);
    [doctor.peer, patient.peer] = [patient.id, doctor.id];
    return [doctor, patient];
  }

  async open(
    namespaceId: string,
    role: 'doctor' | 'patient',
    subject: string,
    auth: object = {},
    node = 0,
  ): Promise<SocketIoEnd> {
    const token = await this.#token(role, [namespaceId], subject);
    const url = this.#servers[node]?.url ?? this.url;
    return SocketIoEnd.open(url, namespaceId, { ...token, ...auth });
  }

  /** The id of a practice, which there is from here on. */
  async practice(number: number): Promise<string> {
    const namespaceId = `practice-${number}`;
    const making = this.#made.get(namespaceId) ?? this.#make(namespaceId);
    this.#made.set(namespaceId, making);
    await making;
    return namespaceId;
  }

  /** A request of the hospital's backend. */
  async ask(pathAndQuery: string): Promise<Response> {
    this.#backend ??= await this.#token('service', ['*'], 'backend');
    const { token } = this.#backend;
    return fetch(`${this.url}/${pathAndQuery}`, {
      headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    });
  }

  async #make(namespaceId: string): Promise<void> {
    const answer = await this.ask(`create-namespace?namespaceId=${namespaceId}`);
    if (!answer.ok) throw new Error(`no practice: ${await answer.text()}`);
  }

  /** Is killed, and started again. */
  async restart(): Promise<void> {
    await this.#first.signal('SIGKILL');
    await this.#first.start();
    pinServer(this.process);
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) await server.clear();
    await this.#redis?.stop();
  }

  async #token(
    role: 'doctor' | 'patient' | 'service',
    namespaces: string[],
    subject: string,
  ): Promise<{ token?: string }> {
    if (this.#mint === undefined) return {};
    const { token } = await this.#mint.mint({ role, subject, namespaces, ttlSeconds: 4 * 3600 });
    return { token };
  }
}

export interface OurContestant extends Contestant {
  start(): Promise<OurStage>;
}

const ours = (name: string, form: Form): OurContestant => ({
  name,
  start: () => OurStage.start(form),
});

export const OPEN = ours('this server, open', { withTokens: false, withRedis: false });
export const TOKENS = ours('this server, access tokens', { withTokens: true, withRedis: false });
const twoNodes = { withTokens: true, withRedis: true, nodes: 2 };
export const TOGETHER = ours('two nodes, practices together', twoNodes);
export const SCATTERED = ours('two nodes, each call over both', { ...twoNodes, isScattered: true });
export const REDIS = ours('this server, tokens and Redis', { withTokens: true, withRedis: true });
