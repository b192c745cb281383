import type { Bus } from '../cluster/bus.ts';
import type { Register } from '../cluster/register.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { Asking, Questions } from './question.ts';

/** A node that does not answer in so many tries counts as dead before they are over. */
const HAND_OVER_TRIES = 3;

export type AskedFor<Q extends Asking> =
  | { outcome: 'answered'; answer: Questions[Q]['answers'] }
  | { outcome: 'gone' | 'silent' };

/** Asks other nodes, and knows what it means when one does not answer. */
export class Inquiry {
  readonly #bus: Pick<Bus, 'ask'>;
  readonly #register: Pick<Register, 'hasLapsed'>;

  constructor(bus: Pick<Bus, 'ask'>, register: Pick<Register, 'hasLapsed'>) {
    this.#bus = bus;
    this.#register = register;
  }

  /** The same of all these nodes; the answers in their order. @throws SignalingError as `one` */
  all<Q extends Asking>(nodes: readonly string[], ask: Q, asks: Questions[Q]['asks']) {
    return Promise.all(nodes.map((node) => this.one(node, ask, asks)));
  }

  /** As `all`, where what a node does not say must not count as a no. */
  async sureOf<Q extends Asking>(nodes: readonly string[], ask: Q, asks: Questions[Q]['asks']) {
    const all = await this.all(nodes, ask, asks);
    await this.assertNoneIsSilent(nodes, all);
    return all;
  }

  /** A node that lives and does not answer has its clients all the same; one whose lease has run out, none. */
  async assertNoneIsSilent(
    nodes: readonly string[],
    all: readonly AskedFor<Asking>[],
  ): Promise<void> {
    await this.assertNoneLives(nodes.filter((_, n) => all[n]?.outcome === 'silent'));
  }

  /** @throws SignalingError `store-unavailable`: the lease of one of these nodes runs */
  async assertNoneLives(nodes: readonly string[]): Promise<void> {
    for (const node of nodes) {
      if (!(await this.#register.hasLapsed(node))) {
        throw new SignalingError('store-unavailable');
      }
    }
  }

  /** @throws SignalingError what went wrong at that node, or on the way there */
  async one<Q extends Asking>(
    node: string,
    ask: Q,
    asks: Questions[Q]['asks'],
  ): Promise<AskedFor<Q>> {
    const asked = await this.#bus.ask(node, { ask, ...asks });
    if (asked.outcome !== 'answered') return asked;
    const said = asked.answer as { answer: Questions[Q]['answers'] } | { error: string };
    // It has taken it, and could not do it: so could not this node, with the same store.
    if ('error' in said) throw new SignalingError('store-unavailable');
    return { outcome: 'answered', answer: said.answer };
  }

  /** A node that is slow may have the client all the same, and something to be kept for it. */
  async handOver(node: string, asks: Questions['handOver']['asks']) {
    for (let tries = 1; ; tries += 1) {
      const asked = await this.one(node, 'handOver', asks);
      if (asked.outcome !== 'silent' || tries === HAND_OVER_TRIES) return asked;
      if (await this.#register.hasLapsed(node)) return asked;
    }
  }
}
