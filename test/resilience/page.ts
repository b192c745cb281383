import { io as connect48, type Socket } from 'socket.io-client';
import { io as connect41 } from 'socket.io-client-4.1';
import type { Transport } from '../support/clients.ts';
import { scaled } from './form.ts';

// biome-ignore lint/suspicious/noExplicitAny: what the server says is what the tests look at
type Heard = Record<string, any>;

/** How long something that has to come may take, outages included. Nothing waits for it to pass. */
export const PATIENCE_MS = 10_000 + scaled(120_000);

/**
 * The connection of a page, which comes back by itself however often it is lost, as socket.io-client does
 * by default. Every kind of page remembers all that it heard, over all of its connections.
 */
export abstract class Page {
  readonly socket: Socket;
  readonly heard: { event: string; data: Heard }[] = [];
  /** Its connections so far: each time it was let in. */
  connects = 0;
  #wake: (() => void)[] = [];

  constructor(connect: typeof connect48, url: string, namespaceId: string, transport: Transport) {
    this.socket = connect(`${url}/${namespaceId}`, {
      transports: [transport],
      forceNew: true,
      timeout: scaled(20_000),
      reconnectionDelay: scaled(1000),
      reconnectionDelayMax: scaled(5000),
      auth: (pass: (auth: object) => void) => pass(this.auth()),
    });
    this.socket.on('connect', () => {
      this.connects += 1;
      this.#changed();
    });
    this.socket.onAny((event: string, data: Heard) => {
      this.heard.push({ event, data });
      this.onEvent(event, data);
      this.#changed();
    });
  }

  /** What it shows at the door. */
  protected auth(): object {
    return {};
  }

  protected onEvent(_event: string, _data: Heard): void {}

  /** The client-id that its last `welcome` gave. */
  get id(): string {
    return this.all('welcome').at(-1)?.['client-id'];
  }

  all(event: string): Heard[] {
    return this.heard.filter((one) => one.event === event).map(({ data }) => data);
  }

  /** Which messages arrived, by the number that each carries. */
  numbers(event = 'send-metadata'): number[] {
    return this.all(event).map(({ n }) => n);
  }

  /** Resolves when `fits` holds, looked at whenever something was heard. */
  async until(what: string, fits: (page: this) => boolean): Promise<this> {
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        isLate = true;
        resolve();
      }, PATIENCE_MS);
    });
    while (!fits(this)) {
      if (isLate) throw new Error(`${what}: not within ${PATIENCE_MS} ms; ${this.#journal()}`);
      await Promise.race([late, new Promise<void>((resolve) => this.#wake.push(resolve))]);
    }
    clearTimeout(timer);
    return this;
  }

  /** Sends an event and answers the acknowledgement; on a lost connection it comes when that is back. */
  say(event: string, payload: object): Promise<Heard> {
    return new Promise((resolve) => this.socket.emit(event, payload, resolve));
  }

  close(): void {
    this.socket.disconnect();
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  #journal(): string {
    return `heard ${this.heard.map(({ event }) => event).join(' ')}`;
  }
}

export interface ResumingOptions {
  transport?: Transport;
  /** False for a page that does not say how much it has heard. */
  counts?: boolean;
}

/** A page as it can be today: it comes back as the same client, and says how much it has heard. */
export class ResumingPage extends Page {
  readonly #counts: boolean;
  #resume: string | undefined;
  #heard: number | undefined;

  constructor(
    url: string,
    namespaceId: string,
    { transport = 'websocket', counts = true }: ResumingOptions = {},
  ) {
    super(connect48, url, namespaceId, transport);
    this.#counts = counts;
  }

  protected override auth(): object {
    return { resume: this.#resume, heard: this.#counts ? this.#heard : undefined };
  }

  protected override onEvent(event: string, data: Heard): void {
    if (event === 'welcome') {
      this.#resume = data['resume-token'];
      this.#heard = 0;
    } else if (this.#heard !== undefined) this.#heard += 1;
  }

  /** Whether it is back as the client that it was. */
  get hasResumed(): boolean {
    return this.all('welcome').some(({ resumed }) => resumed);
  }
}

/** A page as it is deployed: Socket.IO 4.1, no resume token; at every connect it says again what it is. */
export class OldPage extends Page {
  constructor(
    url: string,
    namespaceId: string,
    introduction: { event: string; payload: object },
    transport: Transport = 'websocket',
  ) {
    super(connect41 as unknown as typeof connect48, url, namespaceId, transport);
    const { event, payload } = introduction;
    this.socket.on('connect', () => {
      this.socket.emit(event, { ...payload, 'client-id': this.socket.id });
    });
  }
}
