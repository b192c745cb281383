import type { Agent } from 'node:https';
import type { ClientEvent, ErrorCode, ServerEvent } from '@telemedicine-signaling/protocol';
import { io as connect48, type Socket } from 'socket.io-client';
import { io as connect41 } from 'socket.io-client-4.1';
import { assertAnsweredInForm, assertHeardInForm } from './conformity.ts';

/** The clients that have to work: the version that deployed pages use, and today's. */
export const CLIENT_VERSIONS = ['4.1', '4.8'] as const;
export const TRANSPORTS = ['websocket', 'polling'] as const;

type ClientVersion = (typeof CLIENT_VERSIONS)[number];
export type Transport = (typeof TRANSPORTS)[number];

export interface ConnectOptions {
  version?: ClientVersion;
  transport?: Transport;
  auth?: Record<string, unknown>;
  headers?: Record<string, string>;
  reconnection?: boolean;
  /** By which it connects: whom it trusts, and from which address it comes. */
  agent?: Agent;
}

// biome-ignore lint/suspicious/noExplicitAny: what the server says is what the tests look at
type Heard = Record<string, any>;

export type Answer = Heard & { status: 'ok' | 'error'; code?: ErrorCode };

/**
 * How long a test waits for something that has to come, before it fails. Nothing waits for it to pass. A
 * night's run of an hour meets more of what else a machine does.
 */
const PATIENCE_MS = process.env.NIGHTLY === '1' ? 60_000 : 5000;

/** One socket of a page, with an ear that remembers everything it heard, in order. */
export class TestClient {
  readonly socket: Socket;
  readonly heard: { event: string; data: Heard }[] = [];
  #ended: Promise<string>;
  #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(url: string, namespaceId: string, options: ConnectOptions = {}) {
    const {
      version = '4.8',
      transport = 'websocket',
      auth = {},
      headers,
      reconnection,
      agent,
    } = options;
    const connect = version === '4.1' ? (connect41 as unknown as typeof connect48) : connect48;
    this.socket = connect(`${url}/${namespaceId}`, {
      transports: [transport],
      forceNew: true,
      reconnection: reconnection ?? false,
      auth,
      ...(headers === undefined ? {} : { extraHeaders: headers }),
      // Its types know agents by name only, which is how Node's own take none.
      ...(agent === undefined ? {} : { agent: agent as unknown as string }),
    });
    this.socket.onAny((event: string, data: Heard) => {
      assertHeardInForm(event, data);
      this.heard.push({ event, data });
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.#ended = new Promise((resolve) => this.socket.once('disconnect', resolve));
  }

  /** The client-id that `welcome` gave; there is none before it was heard. */
  get id(): string {
    return this.welcome['client-id'];
  }

  get welcome(): Heard {
    const found = this.heard.find(({ event }) => event === 'welcome');
    if (found === undefined) throw new Error('welcome was not heard yet');
    return found.data;
  }

  /** Resolves with `welcome`; rejects with what `connect_error` says. */
  async ready(): Promise<this> {
    const refused = new Promise<never>((_, reject) => this.socket.once('connect_error', reject));
    await Promise.race([this.first('welcome'), refused]);
    return this;
  }

  /** Sends an event and answers the acknowledgement. */
  async say(event: ClientEvent | (string & {}), ...args: unknown[]): Promise<Answer> {
    const answer = await within(
      `the acknowledgement of ${event}`,
      new Promise<Answer>((resolve) => this.socket.emit(event, ...args, resolve)),
    );
    assertAnsweredInForm(event, answer);
    return answer;
  }

  /** The first event of this name that fits, heard already or yet to come. */
  first(event: ServerEvent, fits: (data: Heard) => boolean = () => true): Promise<Heard> {
    return this.#find(event, fits, 0).then(({ data }) => data);
  }

  /** The next event of this name that fits: looks on from where the last `next` found something. */
  async next(event: ServerEvent, fits: (data: Heard) => boolean = () => true): Promise<Heard> {
    const { data, index } = await this.#find(event, fits, this.#taken);
    this.#taken = index + 1;
    return data;
  }

  /** All that was heard under this name so far. */
  all(event: ServerEvent): Heard[] {
    return this.heard.filter((one) => one.event === event).map(({ data }) => data);
  }

  /** Names of what was heard so far, without those that only tell how things stand. */
  names(): string[] {
    const state = ['welcome', 'queue', 'queue-position', 'doctor-online'];
    return this.heard.map(({ event }) => event).filter((event) => !state.includes(event));
  }

  /**
   * Whatever the server had sent to this client when this was called has been heard when it resolves:
   * an acknowledgement comes after it on the same connection.
   */
  async caughtUp(): Promise<void> {
    await this.say('are-we-there-yet', {});
  }

  /** Resolves with the reason when the server or the network has ended the connection. */
  ended(): Promise<string> {
    return within('the end of the connection', this.#ended);
  }

  /** Loses the connection the way a network does: the other end is not told in the protocol. */
  drop(): void {
    this.socket.io.reconnection(false);
    this.socket.io.engine.close();
  }

  close(): void {
    this.socket.disconnect();
  }

  #find(
    event: string,
    fits: (data: Heard) => boolean,
    from: number,
  ): Promise<{ data: Heard; index: number }> {
    const search = (resolve: (found: { data: Heard; index: number }) => void): void => {
      const index = this.heard.findIndex(
        (one, at) => at >= from && one.event === event && fits(one.data),
      );
      const found = this.heard[index];
      if (found !== undefined) resolve({ data: found.data, index });
      else this.#waiting.push(() => search(resolve));
    };
    return within(`the event ${event}`, new Promise(search));
  }
}

async function within<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fail = () => reject(new Error(`${what} did not come within ${PATIENCE_MS} ms`));
    timer = setTimeout(fail, PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
