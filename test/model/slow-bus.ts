import type { Asked, Bus, BusCounts, BusListener } from '../../app/cluster/bus.ts';
import { pause } from './random.ts';

/**
 * A bus that takes its time, as one over a network does. It keeps the port's promise that what one node
 * asks another is taken in the order in which it was asked; answers may overtake each other.
 */
export class SlowBus implements Bus {
  readonly #bus: Bus;
  readonly #random: () => number;
  /** What was asked of each node last has got there. */
  readonly #sent = new Map<string, Promise<void>>();
  /** By what is asked: until when the answer to the next such question is held up. */
  readonly #held = new Map<unknown, Promise<void>>();
  /** What is asked next under these names finds nobody who answers. */
  readonly #silent = new Set<unknown>();
  #isKilled = false;
  #underWay = 0;
  #asked = 0;

  constructor(bus: Bus, random: () => number) {
    this.#bus = bus;
    this.#random = random;
  }

  get node(): string {
    return this.#bus.node;
  }

  get counts(): Readonly<BusCounts> {
    return this.#bus.counts;
  }

  get isUp(): boolean {
    return this.#bus.isUp;
  }

  /** How many questions have no answer yet, and how many there were in all. */
  get underWay(): number {
    return this.#underWay;
  }

  get asked(): number {
    return this.#asked;
  }

  listen(listener: BusListener): Promise<void> {
    return this.#bus.listen(listener);
  }

  async ask(node: string, question: unknown): Promise<Asked> {
    this.#asked += 1;
    this.#underWay += 1;
    // As it is now, and not as it is when it gets there.
    const sent = structuredClone(question);
    const { ask } = sent as { ask?: unknown };
    const held = this.#held.get(ask);
    this.#held.delete(ask);
    const before = this.#sent.get(node);
    const there = (async () => {
      await before;
      await pause(this.#random);
    })();
    this.#sent.set(node, there);
    await there;
    if (this.#isKilled) await new Promise(() => {});
    const asked = this.#silent.delete(ask)
      ? ({ outcome: 'silent' } as const)
      : await this.#bus.ask(node, sent);
    await pause(this.#random);
    await held;
    if (this.#isKilled) await new Promise(() => {});
    this.#underWay -= 1;
    return asked;
  }

  /** The answer to what is asked next under this name (`Questions`) waits until what this returns is called. */
  hold(ask: string): () => void {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#held.set(ask, released);
    return release;
  }

  /** What is asked next under this name is not taken, by a node that is too busy. */
  silence(ask: string): void {
    this.#silent.add(ask);
  }

  /** The process that asked is gone: what has not got there never will, and nobody hears an answer. */
  kill(): void {
    this.#isKilled = true;
  }

  close(): Promise<void> {
    return this.#bus.close();
  }
}
