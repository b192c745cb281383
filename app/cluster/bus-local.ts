import { SignalingError } from '../errors/signaling-error.ts';
import type { Asked, Bus, BusCounts, BusListener } from './bus.ts';
import { MAX_WAITING, MAX_WAITING_BYTES, PATIENCE_MS } from './bus.ts';

/** Where nodes of one process find each other. */
export type LocalHub = Map<string, BusListener>;

/** The bus within one process: nothing on it is ever late or lost, but a node may not be there. */
export class LocalBus implements Bus {
  readonly node: string;
  readonly counts: BusCounts = { asked: 0, answered: 0, expired: 0, lost: 0, waiting: 0 };
  readonly isUp = true;
  readonly #hub: LocalHub;
  #waitingBytes = 0;

  constructor(node: string, hub: LocalHub = new Map()) {
    this.node = node;
    this.#hub = hub;
  }

  listen(listener: BusListener): Promise<void> {
    const answer: BusListener['answer'] = (from, question) => {
      this.counts.answered += 1;
      return listener.answer(from, question);
    };
    this.#hub.set(this.node, { ...listener, answer });
    return Promise.resolve();
  }

  async ask(node: string, question: unknown): Promise<Asked> {
    const text = JSON.stringify(question);
    const listener = this.#hub.get(node);
    if (listener === undefined) return { outcome: 'gone' };
    const isFull =
      this.counts.waiting >= MAX_WAITING || this.#waitingBytes + text.length > MAX_WAITING_BYTES;
    if (isFull) throw new SignalingError('store-unavailable');
    this.counts.asked += 1;
    this.counts.waiting += 1;
    this.#waitingBytes += text.length;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Asked>((resolve) => {
      timer = setTimeout(() => resolve({ outcome: 'silent' }), PATIENCE_MS);
    });
    const answered = (async (): Promise<Asked> => {
      const answer = await listener.answer(this.node, JSON.parse(text));
      return { outcome: 'answered', answer: copyOf(answer) };
    })();
    try {
      return await Promise.race([answered.catch(() => late), late]);
    } finally {
      clearTimeout(timer);
      this.counts.waiting -= 1;
      this.#waitingBytes -= text.length;
    }
  }

  close(): Promise<void> {
    this.#hub.delete(this.node);
    return Promise.resolve();
  }
}

const copyOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
