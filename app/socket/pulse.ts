import type { Bus } from '../cluster/bus.ts';
import { LEASE_MS } from '../cluster/register.ts';
import { CatchUp, type CatchUpParts, eachOf, orThrow } from './catch-up.ts';
import { takeOn } from './homecoming.ts';

export interface PulseParts extends CatchUpParts {
  bus: Pick<Bus, 'isUp'>;
  onError: (error: unknown) => void;
}

/** How many beats pass between two tidyings of the memory. */
const TIDY_EVERY = 60;

/**
 * The life sign of this node in the cluster, about once a second. What it learns by it, it sees to: the
 * clients of nodes that died, a register that was emptied, and that it was cut off itself.
 */
export class Pulse {
  readonly #parts: PulseParts;
  readonly #catchUp: CatchUp;
  #timer: NodeJS.Timeout | null = null;
  #renewing: Promise<void> = Promise.resolve();
  /** What a beat has found to do. It may take longer than a lease, and holds up no beat. */
  #work: Promise<void> = Promise.resolve();
  #tasks = 0;
  #beats = 0;
  readonly #dead = new Set<string>();
  #isWorkDue = false;
  #isRenewalDue = false;
  #failure: string | null = 'This node has not shown itself to the others yet.';
  /** When the lease of now began at the latest, by the process's own clock. */
  #renewedAt = performance.now();

  constructor(parts: PulseParts) {
    this.#parts = parts;
    this.#catchUp = new CatchUp(parts);
  }

  /** Why this node does not work with the others at the moment; `null`: it does. */
  get failure(): string | null {
    const { register, bus } = this.#parts;
    if (!register.isUp || !bus.isUp) return 'Redis cannot be reached.';
    return this.#failure ?? (this.#hasLapsed || !this.#catchUp.isHome ? BEHIND : null);
  }

  /** False while others may have kept something for this node's clients in a namespace. */
  isHomeIn(namespaceId: string): boolean {
    return this.#parts.bus.isUp && !this.#hasLapsed && this.#catchUp.isHomeIn(namespaceId);
  }

  start(everyMs = 1000): void {
    this.#timer = setInterval(() => void this.#renew(), everyMs);
  }

  /** Something that others said, of one namespace or of any, may not have come through. */
  missed(namespaceId?: string): void {
    this.#catchUp.missed(namespaceId);
    // First it has to be known whether the register is still the same.
    if (!this.#isRenewalDue) void this.#renew();
  }

  /** This node was cut off: until it has come home, others may have kept something for its clients. */
  back(): void {
    this.#catchUp.wasAway();
    this.missed();
  }

  /** Resolves when what this node has to see to was seen to. */
  async beat(): Promise<void> {
    await this.#renew();
    await this.#work;
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#renewing;
    await this.#work;
  }

  #renew(): Promise<void> {
    this.#isRenewalDue = true;
    this.#renewing = this.#renewing.then(() => this.#renewOnce()).catch(this.#fail);
    return this.#renewing;
  }

  async #renewOnce(): Promise<void> {
    const { register, memory } = this.#parts;
    this.#isRenewalDue = false;
    const began = performance.now();
    const { wasLapsed, isNew, dead } = await register.renew();
    if (wasLapsed || isNew) this.#catchUp.wasAway(isNew);
    this.#renewedAt = began;
    for (const node of dead) this.#dead.add(node);
    if (this.#catchUp.isDue || this.#dead.size > 0) this.#workSoon();
    else if (this.#tasks === 0) this.#failure = null;
    this.#beats += 1;
    if (this.#beats % TIDY_EVERY === 0) memory.tidy();
  }

  /** Once for all that is found before it begins. */
  #workSoon(): void {
    if (this.#isWorkDue) return;
    this.#isWorkDue = true;
    this.#tasks += 1;
    this.#work = this.#work
      .then(() => this.#doWork())
      .catch(this.#fail)
      .finally(() => {
        this.#tasks -= 1;
      });
  }

  async #doWork(): Promise<void> {
    this.#isWorkDue = false;
    await this.#catchUp.run();
    this.#failure = null;
    for (const node of this.#dead) {
      this.#dead.delete(node);
      await this.#takeOn(node);
    }
  }

  /** What this node missed while Redis could not be reached it has to look up. */
  readonly #fail = (error: unknown): void => {
    this.#catchUp.missed();
    if (this.#failure === null) this.#parts.onError(error);
    this.#failure = 'Redis does not answer as it should.';
  };

  /** It may have stood still, and others count it as dead. */
  get #hasLapsed(): boolean {
    return performance.now() - this.#renewedAt > LEASE_MS;
  }

  /**
   * Done twice by two nodes it is done once: the second finds nobody without a node. What cannot be done now
   * is done at the next beat, when the node is dead still.
   */
  async #takeOn(node: string): Promise<void> {
    const { register, perform } = this.#parts;
    let isDone = true;
    await eachOf(await register.namespacesOf(node), (namespaceId) =>
      perform(namespaceId, async () => {
        // It may live again, and have come home before this turn.
        if (!(await register.hasLapsed(node))) return { reply: {}, steps: [] };
        const outcome = await takeOn(this.#parts, namespaceId);
        await register.strike(node, namespaceId);
        return outcome;
      }).catch((error) => {
        orThrow(error);
        isDone = false;
      }),
    );
    if (isDone) await register.bury(node);
  }
}

const BEHIND = 'This node finds out what it has missed.';
