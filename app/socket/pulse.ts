import type { Bus } from '../cluster/bus.ts';
import { LEASE_MS, type Register } from '../cluster/register.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { Perform } from '../outcome.ts';
import { comeHome, type HomeParts, takeOn } from './homecoming.ts';
import type { Memory } from './memory.ts';

export interface PulseParts extends HomeParts {
  bus: Pick<Bus, 'isUp'>;
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
  #renewing: Promise<void> = Promise.resolve();
  /** What a beat has found to do. It may take longer than a lease, and holds up no beat. */
  #work: Promise<void> = Promise.resolve();
  #tasks = 0;
  #beats = 0;
  #isBehind = false;
  #isEmptied = false;
  readonly #dead = new Set<string>();
  #isWorkDue = false;
  #isRenewalDue = false;
  #failure: string | null = 'This node has not shown itself to the others yet.';
  /** When the lease of now began at the latest, by the process's own clock. */
  #renewedAt = performance.now();

  constructor(parts: PulseParts) {
    this.#parts = parts;
  }

  /** Why this node does not work with the others at the moment; `null`: it does. */
  get failure(): string | null {
    const { register, bus } = this.#parts;
    if (!register.isUp || !bus.isUp) return 'Redis cannot be reached.';
    // It may have stood still, and others count it as dead.
    const hasLapsed = performance.now() - this.#renewedAt > LEASE_MS;
    return hasLapsed ? (this.#failure ?? BEHIND) : this.#failure;
  }

  start(everyMs = 1000): void {
    this.#timer = setInterval(() => void this.#renew(), everyMs);
  }

  /** Something that others said may not have come through. */
  missed(): void {
    this.#isBehind = true;
    // First it has to be known whether the register is still the same.
    if (!this.#isRenewalDue) void this.#renew();
  }

  /** This node was cut off: until it has come home, others may have kept something for its clients. */
  back(): void {
    this.#failure ??= BEHIND;
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
    if (isNew) this.#isEmptied = true;
    if (wasLapsed || isNew) {
      this.#isBehind = true;
      this.#failure ??= BEHIND;
    }
    this.#renewedAt = began;
    for (const node of dead) this.#dead.add(node);
    if (this.#isBehind || this.#dead.size > 0) this.#workSoon();
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
    if (this.#isBehind) await this.#catchUp();
    if (!this.#isBehind) this.#failure = null;
    for (const node of this.#dead) {
      this.#dead.delete(node);
      // If not now: it is dead at the next beat, too.
      await this.#takeOn(node).catch(orThrow);
    }
  }

  async #catchUp(): Promise<void> {
    const isEmptied = this.#isEmptied;
    this.#isBehind = false;
    this.#isEmptied = false;
    try {
      await this.#comeHome(isEmptied);
    } catch (error) {
      // Another node may be too busy to answer. The next beat tries it again.
      this.#isBehind = true;
      this.#isEmptied ||= isEmptied;
      orThrow(error);
    }
  }

  /** What this node missed while Redis could not be reached it has to look up. */
  readonly #fail = (error: unknown): void => {
    this.#isBehind = true;
    if (this.#failure === null || this.#failure === BEHIND) this.#parts.onError(error);
    this.#failure = 'Redis does not answer as it should.';
  };

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
        // It may live again, and have come home before this turn.
        if (!(await register.hasLapsed(node))) return { reply: {}, steps: [] };
        const outcome = await takeOn(this.#parts, namespaceId);
        await register.strike(node, namespaceId);
        return outcome;
      }),
    );
    await register.bury(node);
  }
}

/** That something cannot be had now is for the next beat. */
function orThrow(error: unknown): void {
  if (!(error instanceof SignalingError) || error.code !== 'store-unavailable') throw error;
}

const BEHIND = 'This node finds out what it has missed.';

async function eachOf(namespaces: string[], see: (namespaceId: string) => Promise<unknown>) {
  const rest = [...namespaces];
  const next = async (): Promise<void> => {
    for (let one = rest.pop(); one !== undefined; one = rest.pop()) await see(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}
