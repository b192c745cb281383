import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';

// biome-ignore lint/suspicious/noExplicitAny: what the server says is what the tests look at
export type Heard = Record<string, any>;

/** The connection was lost before the answer came: nobody knows whether it took effect. */
export const UNANSWERED = Symbol('unanswered');

export interface LeanOptions {
  /** How long it waits before it tries again, in milliseconds; it varies by half. None: it stays away. */
  retryMs?: number;
}

/**
 * One client of very many: it speaks Socket.IO frame by frame over a plain WebSocket, at a fraction of what
 * a whole socket.io-client costs; it resumes by itself and says how much it has heard.
 */
export class LeanClient {
  readonly namespaceId: string;
  /** What `welcome` said on each of its connections. */
  readonly welcomes: Heard[] = [];
  /** Called at every event but `welcome`. */
  onEvent: (event: string, data: Heard) => void = () => {};
  readonly #url: () => string;
  readonly #retryMs: number | undefined;
  #ws: WebSocket | undefined;
  #at = '';
  #isIn = false;
  #isClosed = false;
  #resume: string | undefined;
  #heard = 0;
  #acks = 0;
  readonly #asked = new Map<number, (answer: Heard | typeof UNANSWERED) => void>();
  readonly #awaited = new Map<string, ((data: Heard) => void)[]>();
  #wake: (() => void)[] = [];

  constructor(url: () => string, namespaceId: string, { retryMs }: LeanOptions = {}) {
    this.#url = url;
    this.namespaceId = namespaceId;
    this.#retryMs = retryMs;
    this.#connect();
  }

  get id(): string {
    return this.welcomes.at(-1)?.['client-id'];
  }

  /** Where its connection of now, or its last one, goes to. */
  get at(): string {
    return this.#at;
  }

  /** Whether it is in its namespace now. */
  get isIn(): boolean {
    return this.#isIn;
  }

  /** Resolves when it has been welcomed `times` times in all. */
  async welcomed(times = 1): Promise<this> {
    while (this.welcomes.length < times) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
    return this;
  }

  /** Resolves with what the next event of this name carries. */
  heard(event: string): Promise<Heard> {
    return new Promise((resolve) => {
      const known = this.#awaited.get(event) ?? [];
      this.#awaited.set(event, [...known, resolve]);
    });
  }

  /** Sends an event; answers the acknowledgement, or `UNANSWERED`. */
  say(event: string, payload: object): Promise<Heard | typeof UNANSWERED> {
    if (!this.#isIn) return Promise.resolve(UNANSWERED);
    this.#acks += 1;
    const ack = this.#acks;
    this.#ws?.send(`42/${this.namespaceId},${ack}${JSON.stringify([event, payload])}`);
    return new Promise((resolve) => this.#asked.set(ack, resolve));
  }

  /** Breaks the connection off; it comes back if it is one that does. */
  drop(): void {
    this.#ws?.terminate();
  }

  /** Goes for good, without a word. Resolves when the connection has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const ws = this.#ws;
    if (ws === undefined || ws.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      ws.once('close', () => resolve());
      ws.terminate();
    });
  }

  #connect(): void {
    this.#at = this.#url();
    const address = `${this.#at.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
    const ws = new WebSocket(address, { perMessageDeflate: false });
    this.#ws = ws;
    ws.on('error', () => {});
    ws.on('message', (frame) => this.#take(String(frame), ws));
    ws.once('close', () => this.#lost());
  }

  #take(frame: string, ws: WebSocket): void {
    const start = 3 + this.namespaceId.length + 1;
    if (frame === '2') ws.send('3');
    else if (frame.startsWith('0')) {
      const auth = this.#resume === undefined ? {} : { resume: this.#resume, heard: this.#heard };
      ws.send(`40/${this.namespaceId},${JSON.stringify(auth)}`);
    } else if (frame.startsWith('42'))
      this.#hear(...(JSON.parse(frame.slice(start)) as [string, Heard]));
    else if (frame.startsWith('43')) {
      const [, ack, answer] = /^(\d+)(.*)$/s.exec(frame.slice(start)) ?? [];
      this.#asked.get(Number(ack))?.(JSON.parse(answer ?? '')[0]);
      this.#asked.delete(Number(ack));
    } else if (frame.startsWith('44') || frame.startsWith('41')) ws.terminate();
  }

  #hear(event: string, data: Heard): void {
    if (event !== 'welcome') {
      this.#heard += 1;
      this.onEvent(event, data);
      for (const resolve of this.#awaited.get(event) ?? []) resolve(data);
      this.#awaited.delete(event);
      return;
    }
    this.#resume = data['resume-token'];
    this.#heard = 0;
    this.#isIn = true;
    this.welcomes.push(data);
    for (const wake of this.#wake.splice(0)) wake();
  }

  #lost(): void {
    this.#isIn = false;
    for (const answer of this.#asked.values()) answer(UNANSWERED);
    this.#asked.clear();
    if (this.#isClosed || this.#retryMs === undefined) return;
    void pause(this.#retryMs * (0.5 + Math.random())).then(() => {
      if (!this.#isClosed) this.#connect();
    });
  }
}
