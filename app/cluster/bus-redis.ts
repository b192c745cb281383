import { SignalingError } from '../errors/signaling-error.ts';
import { attempt, type Redis, redisClient } from '../redis/link.ts';
import {
  type Asked,
  type Bus,
  type BusCounts,
  type BusListener,
  EXPIRES_MS,
  MAX_WAITING,
  MAX_WAITING_BYTES,
  PATIENCE_MS,
} from './bus.ts';
import { channelOf } from './redis/names.ts';

export interface RedisBusPlace {
  /** The name of this node. */
  node: string;
  url: string;
  /** What the names of all channels begin with. */
  prefix: string;
  onError: (error: unknown) => void;
}

/** What goes over a channel, as JSON: a question, or the answer to one. */
interface Envelope {
  from: string;
  /** Counts what this node has sent that one: a gap tells that something did not come. */
  seq: number;
  /** When it is too late to take it, by the clock of Redis; milliseconds. */
  until: number;
  /** The asker's number for the question. */
  ask: number;
  question?: unknown;
  answer?: unknown;
}

interface Waiting {
  settle: (asked: Asked) => void;
  timer: NodeJS.Timeout;
  bytes: number;
}

/** How many other nodes' sequence numbers are remembered. */
const NODES_KNOWN = 1000;

/** How often this process's clock is compared with that of Redis, in milliseconds. */
const CLOCK_MS = 30_000;

/**
 * The bus over Redis: every node subscribes to one channel of its own. PUBLISH tells how many heard it,
 * so that a node that is gone is known at once.
 */
export class RedisBus implements Bus {
  readonly node: string;
  readonly counts: BusCounts = { asked: 0, answered: 0, expired: 0, lost: 0, waiting: 0 };
  readonly #prefix: string;
  readonly #onError: (error: unknown) => void;
  readonly #publisher: Redis;
  readonly #subscriber: Redis;
  readonly #waiting = new Map<number, Waiting>();
  readonly #sent = new Map<string, number>();
  readonly #heard = new Map<string, number>();
  #listener: BusListener | undefined;
  #waitingBytes = 0;
  #lastAsk = 0;
  #clockOffset = 0;
  #clockTimer: NodeJS.Timeout | undefined;

  constructor({ node, url, prefix, onError }: RedisBusPlace) {
    this.node = node;
    this.#prefix = prefix;
    this.#onError = onError;
    this.#publisher = redisClient({ url, prefix, onError });
    this.#subscriber = redisClient({ url, prefix, onError });
  }

  get isUp(): boolean {
    return this.#publisher.isReady && this.#subscriber.isReady;
  }

  /** @throws SignalingError `store-unavailable` if Redis cannot be reached now */
  async listen(listener: BusListener): Promise<void> {
    this.#listener = listener;
    await attempt(async () => {
      await Promise.all([this.#publisher.connect(), this.#subscriber.connect()]);
      await this.#readClock();
      await this.#subscriber.subscribe(this.#channelOf(this.node), (text) => this.#hearAny(text));
    });
    this.#publisher.on('ready', () => void this.#readClock().catch(this.#onError));
    // What was sent while this node did not listen is lost.
    this.#subscriber.on('ready', () => listener.back());
    this.#clockTimer = setInterval(() => {
      if (this.#publisher.isReady) void this.#readClock().catch(this.#onError);
    }, CLOCK_MS);
  }

  async ask(node: string, question: unknown): Promise<Asked> {
    this.#lastAsk += 1;
    const ask = this.#lastAsk;
    const text = this.#seal(node, { ask, question }, EXPIRES_MS);
    if (
      this.#waiting.size >= MAX_WAITING ||
      this.#waitingBytes + text.length > MAX_WAITING_BYTES ||
      !this.#publisher.isReady
    ) {
      throw new SignalingError('store-unavailable');
    }
    this.counts.asked += 1;
    const answered = this.#wait(ask, text.length);
    this.#post(node, text).then(
      (listeners) => {
        if (listeners === 0) this.#settle(ask, { outcome: 'gone' });
      },
      // It may have gone out all the same: the answer comes, or does not.
      this.#onError,
    );
    return answered;
  }

  async close(): Promise<void> {
    clearInterval(this.#clockTimer);
    for (const ask of [...this.#waiting.keys()]) this.#settle(ask, { outcome: 'silent' });
    for (const client of [this.#subscriber, this.#publisher]) client.destroy();
  }

  #wait(ask: number, bytes: number): Promise<Asked> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(ask, { outcome: 'silent' }), PATIENCE_MS);
      this.#waiting.set(ask, { settle: resolve, timer, bytes });
      this.#waitingBytes += bytes;
      this.counts.waiting = this.#waiting.size;
    });
  }

  #settle(ask: number, asked: Asked): void {
    const waiting = this.#waiting.get(ask);
    if (waiting === undefined) return;
    this.#waiting.delete(ask);
    this.#waitingBytes -= waiting.bytes;
    this.counts.waiting = this.#waiting.size;
    clearTimeout(waiting.timer);
    waiting.settle(asked);
  }

  #post(node: string, text: string): Promise<number> {
    return this.#publisher.publish(this.#channelOf(node), text);
  }

  #seal(
    node: string,
    content: Pick<Envelope, 'ask' | 'question' | 'answer'>,
    forMs: number,
  ): string {
    const seq = (this.#sent.get(node) ?? 0) + 1;
    remember(this.#sent, node, seq);
    const until = this.#now() + forMs;
    return JSON.stringify({ from: this.node, seq, until, ...content });
  }

  /** What no node has written is for the log, and for nobody else. */
  #hearAny(text: string): void {
    try {
      this.#hear(JSON.parse(text) as Envelope);
    } catch (error) {
      this.#onError(error);
    }
  }

  #hear({ from, seq, until, ask, ...content }: Envelope): void {
    const expected = (this.#heard.get(from) ?? seq - 1) + 1;
    remember(this.#heard, from, seq);
    if (seq > expected) {
      this.counts.lost += seq - expected;
      this.#listener?.missed();
    }
    if ('answer' in content) {
      this.#settle(ask, { outcome: 'answered', answer: content.answer });
    } else if (until < this.#now()) {
      // The asker will not take an answer any more, and has seen to it otherwise.
      this.counts.expired += 1;
      this.#listener?.missed(content.question);
    } else void this.#answer(from, ask, content.question);
  }

  async #answer(from: string, ask: number, question: unknown): Promise<void> {
    try {
      const answer = (await this.#listener?.answer(from, question)) ?? null;
      this.counts.answered += 1;
      await this.#post(from, this.#seal(from, { ask, answer }, PATIENCE_MS));
    } catch (error) {
      this.#onError(error);
    }
  }

  async #readClock(): Promise<void> {
    const before = Date.now();
    const [seconds, micros] = await this.#publisher.sendCommand<[string, string]>(['TIME']);
    const theirs = Number(seconds) * 1000 + Number(micros) / 1000;
    this.#clockOffset = theirs - (before + Date.now()) / 2;
  }

  #now(): number {
    return Date.now() + this.#clockOffset;
  }

  #channelOf(node: string): string {
    return channelOf(this.#prefix, node);
  }
}

/** Nodes come and go: the one not spoken to for longest is forgotten first. */
function remember(numbers: Map<string, number>, node: string, seq: number): void {
  numbers.delete(node);
  numbers.set(node, seq);
  if (numbers.size > NODES_KNOWN) numbers.delete(numbers.keys().next().value ?? '');
}
