import type { Tally } from './tally.ts';

/** How long a message may take that was acknowledged, before it counts as lost, in milliseconds. */
const ARRIVES_MS = 15_000;

/** Numbered messages one way between two people, and what became of each. */
export class Line {
  readonly id: string;
  readonly #tally: Tally;
  readonly #sentAt = new Map<number, number>();
  /** Acknowledged, and not heard yet. */
  readonly #missing = new Set<number>();
  readonly #arrived = new Set<number>();
  #count = 0;
  #last = -1;
  #onComplete: () => void = () => {};

  constructor(id: string, tally: Tally) {
    this.id = id;
    this.#tally = tally;
  }

  /** The number of the next message. */
  next(): number {
    this.#count += 1;
    return this.#count - 1;
  }

  sent(n: number): void {
    this.#sentAt.set(n, performance.now());
  }

  /** @param answer `unanswered`: whether it will arrive is not known */
  answered(n: number, answer: 'now' | 'held' | 'unanswered'): void {
    const { messages } = this.#tally;
    if (answer === 'unanswered') {
      messages.unanswered += 1;
      return;
    }
    messages.sent += 1;
    if (answer === 'held') messages.held += 1;
    if (!this.#arrived.has(n)) this.#missing.add(n);
  }

  /** @param hearerCameAt since when whoever heard it has been connected */
  heard(n: number, hearerCameAt: number): void {
    const { messages, times } = this.#tally;
    if (this.#arrived.has(n)) {
      messages.duplicated += 1;
      return;
    }
    messages.received += 1;
    if (n < this.#last) messages.reordered += 1;
    this.#last = Math.max(this.#last, n);
    this.#arrived.add(n);
    this.#missing.delete(n);
    const sentAt = this.#sentAt.get(n);
    // How long somebody was away is not the server's doing.
    if (sentAt !== undefined && sentAt > hearerCameAt)
      times.message.push(performance.now() - sentAt);
    if (this.#missing.size === 0) this.#onComplete();
  }

  /** Once nothing more is said: waits for what was acknowledged, and counts what does not come as lost. */
  async complete(arrivesMs = ARRIVES_MS): Promise<void> {
    if (this.#missing.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#onComplete = resolve;
      timer = setTimeout(resolve, arrivesMs);
    });
    clearTimeout(timer);
    this.#tally.messages.lost += this.#missing.size;
  }
}
