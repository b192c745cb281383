import type { Clock } from '../clock.ts';
import type { Webhook, WebhookOutbox } from '../data/webhook-outbox.ts';
import { nextTry } from './back-off.ts';
import { ANSWER_MS, post } from './post.ts';
import { signedHeaders } from './signature.ts';

export interface CourierParts {
  outbox: WebhookOutbox;
  clock: Clock;
  url: string;
  secrets: readonly string[];
  /** After how long nobody tries any more. */
  giveUpMs: number;
  /** How long what was delivered or given up is kept. */
  keptMs: number;
  /** Told of each try. */
  count: (outcome: 'delivered' | 'failed' | 'given-up') => void;
  log: {
    /** The first try that failed after one that was taken. */
    failed(why: string): void;
    /** The first that was taken after that. */
    recovered(): void;
    gaveUp(attempts: number): void;
  };
  /** The store cannot be asked: told once, until it can again. */
  onError: (error: unknown) => void;
}

/** How many are on their way at the same time. */
const AT_ONCE = 16;

/** How long a line is this node's once one of it is on its way: longer than a backend may take. */
const HOLD_MS = 2 * ANSWER_MS;

/** How long a server that stops waits for what is on its way. */
const LAST_MOMENT_MS = 2000;

/** How much of what is too old one round forgets. */
const BATCH = 500;

/**
 * Sends the webhooks that are due (SPEC HOOK-4 … HOOK-6). Of one room at most one is on its way: the
 * outbox hands out the next when that is settled. Several nodes may share one outbox.
 */
export class Courier {
  readonly #parts: CourierParts;
  readonly #working = new Set<Promise<void>>();
  readonly #tries = new Set<AbortController>();
  #timer: NodeJS.Timeout | null = null;
  #isFailing = false;
  #isCutOff = false;
  #isStopping = false;
  #isTooLate = false;

  constructor(parts: CourierParts) {
    this.#parts = parts;
  }

  start(everyMs = 500): void {
    this.#timer = setInterval(() => void this.deliver(), everyMs);
  }

  /** Resolves when nothing is due any more, and nothing on its way. */
  async deliver(): Promise<void> {
    this.#work();
    while (this.#working.size > 0) await Promise.all(this.#working);
  }

  /**
   * Nothing new goes out. What is on its way has a moment to be taken; then it is given up for now, and
   * goes out again at the next start, with the same id.
   */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#isStopping = true;
    const late = setTimeout(() => {
      this.#isTooLate = true;
      for (const trying of this.#tries) trying.abort();
    }, LAST_MOMENT_MS);
    while (this.#working.size > 0) await Promise.all(this.#working);
    clearTimeout(late);
  }

  /** One more that sends, unless there are enough. */
  #work(): void {
    if (this.#working.size >= AT_ONCE || this.#isStopping) return;
    const working = this.#sendAll()
      .catch(this.#cutOff)
      .finally(() => this.#working.delete(working));
    this.#working.add(working);
  }

  async #sendAll(): Promise<void> {
    const { outbox, clock, keptMs } = this.#parts;
    while (!this.#isStopping) {
      const now = clock.now();
      const webhook = await outbox.take(now, now + HOLD_MS);
      this.#isCutOff = false;
      if (webhook === undefined) break;
      // There may be more, and this one may take its time.
      this.#work();
      await this.#send(webhook);
    }
    await outbox.forgetSettled(clock.now() - keptMs, BATCH);
  }

  async #send(webhook: Webhook): Promise<void> {
    const { outbox, clock, url, secrets } = this.#parts;
    const { id, body } = webhook;
    const headers = signedHeaders(secrets, id, clock.now(), body);
    const trying = new AbortController();
    this.#tries.add(trying);
    const why = await post(url, headers, body, trying);
    this.#tries.delete(trying);
    if (why === undefined) {
      await outbox.settle(webhook, clock.now(), { state: 'delivered' });
      this.#parts.count('delivered');
      this.#recovered();
    } else await this.#failed(webhook, why);
  }

  async #failed(webhook: Webhook, why: string): Promise<void> {
    const { outbox, clock, giveUpMs, count, log } = this.#parts;
    const now = clock.now();
    if (this.#isTooLate) {
      await outbox.putOff(webhook, now, why);
      return;
    }
    if (!this.#isFailing) log.failed(why);
    this.#isFailing = true;
    const dueAt = nextTry(webhook, now, giveUpMs);
    count(dueAt === undefined ? 'given-up' : 'failed');
    if (dueAt !== undefined) await outbox.putOff(webhook, dueAt, why);
    else if (await outbox.settle(webhook, now, { state: 'given-up', lastError: why })) {
      log.gaveUp(webhook.attempts);
    }
  }

  readonly #cutOff = (error: unknown): void => {
    if (!this.#isCutOff) this.#parts.onError(error);
    this.#isCutOff = true;
  };

  #recovered(): void {
    if (this.#isFailing) this.#parts.log.recovered();
    this.#isFailing = false;
  }
}
