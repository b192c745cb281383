import type { Register } from '../cluster/register.ts';
import type { Perform } from '../outcome.ts';
import { comeHome, type HomeParts, takeOn } from './homecoming.ts';
import type { Memory } from './memory.ts';

export interface PulseParts extends HomeParts {
  register: Register;
  memory: Memory;
  perform: Perform;
  onError: (error: unknown) => void;
}

/** How many namespaces are looked after at the same time. */
const AT_ONCE = 16;

/** How many beats pass between two tidyings of the memory. */
const TIDY_EVERY = 60;

/**
 * The life sign of this node in the cluster, about once a second. What it learns by it, it sees to: the
 * clients of nodes that died, a register that was emptied, and that it was cut off itself.
 */
export class Pulse {
  readonly #parts: PulseParts;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();
  #beats = 0;
  #isBehind = false;
  #isEmptied = false;
  #failure: string | null = 'This node has not shown itself to the others yet.';

  constructor(parts: PulseParts) {
    this.#parts = parts;
  }

  /** Why this node does not work with the others at the moment; `null`: it does. */
  get failure(): string | null {
    return this.#parts.register.isUp ? this.#failure : 'Redis cannot be reached.';
  }

  start(everyMs = 1000): void {
    this.#timer = setInterval(() => void this.beat(), everyMs);
  }

  /** Something that others said may not have come through. */
  missed(): void {
    this.#isBehind = true;
    // Soon, and once for many.
    void this.beat();
  }

  /** Resolves when what this node has to see to was seen to. */
  beat(): Promise<void> {
    this.#running = this.#running
      .then(() => this.#beat())
      .catch((error) => {
        // What it missed while it could not be reached it has to look up.
        this.#isBehind = true;
        if (this.#failure === null) this.#parts.onError(error);
        this.#failure = 'Redis does not answer as it should.';
      });
    return this.#running;
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#running;
  }

  async #beat(): Promise<void> {
    const { register, memory } = this.#parts;
    const { wasLapsed, isNew, dead } = await register.renew();
    this.#isEmptied ||= isNew;
    if (wasLapsed || isNew) this.#isBehind = true;
    if (this.#isBehind) {
      const isEmptied = this.#isEmptied;
      this.#isBehind = false;
      await this.#comeHome(isEmptied);
      if (isEmptied) this.#isEmptied = false;
    }
    this.#failure = null;
    for (const node of dead) await this.#takeOn(node);
    this.#beats += 1;
    if (this.#beats % TIDY_EVERY === 0) memory.tidy();
  }

  async #comeHome(isEmptied: boolean): Promise<void> {
    const { register, memory, directory, perform, clock } = this.#parts;
    register.forgetPlaces();
    const own = [...directory.all()].map(({ namespaceId }) => namespaceId);
    const namespaces = new Set([...own, ...(isEmptied ? memory.namespaces() : [])]);
    await eachOf([...namespaces], (namespaceId) =>
      perform(namespaceId, async () => {
        if (isEmptied) await memory.putBack(namespaceId, clock.now());
        return comeHome(this.#parts, namespaceId);
      }),
    );
  }

  /** Done twice by two nodes it is done once: the second finds nobody without a node. */
  async #takeOn(node: string): Promise<void> {
    const { register, perform } = this.#parts;
    await eachOf(await register.namespacesOf(node), (namespaceId) =>
      perform(namespaceId, async () => {
        const outcome = await takeOn(this.#parts, namespaceId);
        await register.strike(node, namespaceId);
        return outcome;
      }),
    );
    await register.bury(node);
  }
}

async function eachOf(namespaces: string[], see: (namespaceId: string) => Promise<unknown>) {
  const rest = [...namespaces];
  const next = async (): Promise<void> => {
    for (let one = rest.pop(); one !== undefined; one = rest.pop()) await see(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}
