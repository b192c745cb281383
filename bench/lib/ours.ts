import { createTokenMint } from '../../app/auth/mint.ts';
import { type Process, ServerProcess } from '../../test/support/process.ts';
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
}

/** This server, running; what only it can do is here too. */
class OurStage implements Stage {
  readonly #server: ServerProcess;
  readonly #redis: RedisServer | undefined;
  readonly #mint: ReturnType<typeof createTokenMint> | undefined;
  readonly #made = new Map<string, Promise<void>>();

  private constructor(server: ServerProcess, redis: RedisServer | undefined, form: Form) {
    this.#server = server;
    this.#redis = redis;
    const settings = { issuer: NAME, audience: NAME, secrets: [SECRET] };
    this.#mint = form.withTokens ? createTokenMint({ settings, clock: Date }) : undefined;
  }

  static async start(form: Form): Promise<OurStage> {
    const redis = form.withRedis ? await RedisServer.start() : undefined;
    const server = await ServerProcess.start({
      ...WIDE,
      ...(form.withTokens ? { JWT_SECRET: SECRET } : { AUTH: 'open' }),
      ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
    });
    pinServer(server.process);
    return new OurStage(server, redis, form);
  }

  get process(): Process {
    return this.#server.process;
  }

  get url(): string {
    return this.#server.url;
  }

  async client(number: number): Promise<SocketIoEnd> {
    return this.open(await this.practice(0), 'patient', `waiting-${number}`);
  }

  async pair(number: number, namespace: number): Promise<[SocketIoEnd, SocketIoEnd]> {
    const namespaceId = await this.practice(namespace);
    const [doctor, patient] = await Promise.all([
      this.open(namespaceId, 'doctor', `doctor-${number}`),
      this.open(namespaceId, 'patient', `patient-${number}`),
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
  ): Promise<SocketIoEnd> {
    const token = await this.#token(role, [namespaceId], subject);
    return SocketIoEnd.open(this.url, namespaceId, { ...token, ...auth });
  }

  /** The id of a practice, which there is from here on. */
  async practice(number: number): Promise<string> {
    const namespaceId = `practice-${number}`;
    const making = this.#made.get(namespaceId) ?? this.#make(namespaceId);
    this.#made.set(namespaceId, making);
    await making;
    return namespaceId;
  }

  async #make(namespaceId: string): Promise<void> {
    const { token } = await this.#token('service', ['*'], 'backend');
    const answer = await fetch(`${this.url}/create-namespace?namespaceId=${namespaceId}`, {
      headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    });
    if (!answer.ok) throw new Error(`no practice: ${await answer.text()}`);
  }

  /** Is killed, and started again. */
  async restart(): Promise<void> {
    await this.#server.signal('SIGKILL');
    await this.#server.start();
    pinServer(this.process);
  }

  async stop(): Promise<void> {
    await this.#server.clear();
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
export const REDIS = ours('this server, tokens and Redis', { withTokens: true, withRedis: true });
