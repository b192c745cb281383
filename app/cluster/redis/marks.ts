import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RedisShard } from '../../redis/shards.ts';

const SCRIPT = readFileSync(new URL('./mark.lua', import.meta.url), 'utf8');

export interface Seen {
  /** A link was lost since the last look, and is there again. */
  wasCut: boolean;
  /** One of them is not the Redis of last time, or has lost what it had. */
  isNew: boolean;
}

/**
 * Finds out whether the masters of a Redis Cluster still have what they had. A link that was lost is looked at
 * when it is back; of the others one at a time, in turn.
 */
export class Marks {
  readonly #shards: readonly RedisShard[];
  readonly #known = new Map<number, string>();
  readonly #toSee = new Set<number>();
  #next = 0;

  constructor(shards: readonly RedisShard[]) {
    this.#shards = shards;
    for (const [n, { redis }] of shards.entries()) {
      this.#toSee.add(n);
      redis.on('ready', () => this.#toSee.add(n));
    }
  }

  /** One that cannot be asked now is asked next time. */
  async look(): Promise<Seen> {
    const back = [...this.#toSee].filter((n) => this.#shards[n]?.redis.isReady);
    const wasCut = back.some((n) => this.#known.has(n));
    this.#next = (this.#next + 1) % Math.max(1, this.#shards.length);
    const asked = [...new Set([...back, this.#next])].map((n) => this.#isNew(n));
    const isNew = (await Promise.all(asked)).includes(true);
    return { wasCut, isNew };
  }

  async #isNew(n: number): Promise<boolean> {
    const shard = this.#shards[n];
    if (shard === undefined) return false;
    this.#toSee.delete(n);
    const given = { keys: [`${shard.prefix}cluster:mark`], arguments: [randomUUID()] };
    const mark = await shard.redis.eval(SCRIPT, given).catch(() => undefined);
    if (mark === undefined) {
      this.#toSee.add(n);
      return false;
    }
    const known = this.#known.get(n);
    this.#known.set(n, String(mark));
    return known !== undefined && known !== String(mark);
  }
}
