import type { Register } from '../cluster/register.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { Perform } from '../outcome.ts';
import { comeHome, type HomeParts } from './homecoming.ts';
import type { Memory } from './memory.ts';

export interface CatchUpParts extends HomeParts {
  register: Register;
  memory: Memory;
  perform: Perform;
}

/** How many namespaces are looked after at the same time. */
const AT_ONCE = 16;

/**
 * What a node that may have missed something has to look up, namespace by namespace: where it does not know
 * which, in all of its own.
 */
export class CatchUp {
  readonly #parts: CatchUpParts;
  readonly #behind = new Set<string>();
  /** Of these, where others have counted this node as gone, and may have kept something for its clients. */
  readonly #away = new Set<string>();
  /** Of these, where what this node knows by heart has to be put back. */
  readonly #emptied = new Set<string>();
  /** The same for all that it is in when the work begins. */
  #isBehind = false;
  #isAway = false;
  #isEmptied = false;

  constructor(parts: CatchUpParts) {
    this.#parts = parts;
  }

  get isDue(): boolean {
    return this.#isBehind || this.#behind.size > 0;
  }

  /** Nothing is kept anywhere for a client of this node that is connected. */
  get isHome(): boolean {
    return !this.#isAway && this.#away.size === 0;
  }

  isHomeIn(namespaceId: string): boolean {
    return !this.#isAway && !this.#away.has(namespaceId);
  }

  /** Something may not have come through, of one namespace or, without a name, of any. */
  missed(namespaceId?: string): void {
    if (namespaceId === undefined) this.#isBehind = true;
    else this.#behind.add(namespaceId);
  }

  /** This node counted as gone. `isEmptied`: the store may have lost what it had, or the last of it. */
  wasAway(isEmptied = false): void {
    this.#isBehind = true;
    this.#isAway = true;
    this.#isEmptied ||= isEmptied;
  }

  /** Sees to what there is. What cannot be done now stays for the next time. */
  async run(): Promise<void> {
    if (this.#isBehind) this.#listAll();
    await eachOf(this.#behind, async (namespaceId) => {
      this.#behind.delete(namespaceId);
      try {
        await this.#comeHome(namespaceId);
        this.#away.delete(namespaceId);
        this.#emptied.delete(namespaceId);
      } catch (error) {
        this.#behind.add(namespaceId);
        orThrow(error);
      }
    });
  }

  #listAll(): void {
    const { register, memory, directory } = this.#parts;
    register.forgetPlaces();
    const all = [...directory.namespaceIds(), ...(this.#isEmptied ? memory.namespaces() : [])];
    for (const namespaceId of all) {
      this.#behind.add(namespaceId);
      if (this.#isAway) this.#away.add(namespaceId);
      if (this.#isEmptied) this.#emptied.add(namespaceId);
    }
    this.#isBehind = false;
    this.#isAway = false;
    this.#isEmptied = false;
  }

  #comeHome(namespaceId: string): Promise<unknown> {
    const { memory, perform, clock } = this.#parts;
    return perform(namespaceId, async () => {
      if (this.#emptied.has(namespaceId)) await memory.putBack(namespaceId, clock.now());
      return comeHome(this.#parts, namespaceId);
    });
  }
}

/** That something cannot be had now is for the next time. */
export function orThrow(error: unknown): void {
  if (!(error instanceof SignalingError) || error.code !== 'store-unavailable') throw error;
}

export async function eachOf(
  namespaces: Iterable<string>,
  see: (namespaceId: string) => Promise<unknown>,
): Promise<void> {
  const rest = [...namespaces];
  const next = async (): Promise<void> => {
    for (let one = rest.pop(); one !== undefined; one = rest.pop()) await see(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}
