import { readFileSync } from 'node:fs';
import { SignalingError } from '../../errors/signaling-error.ts';
import { attempt, type Redis } from '../../redis/link.ts';
import { Lanes, type Subject } from './lanes.ts';

/** A command in words, as Redis takes it. */
export type Command = string[];

/** What a change is made of: what it read, and what it writes if nothing of that has changed. */
export class Changes {
  readonly conditions: { read: Command; answer: string }[] = [];
  readonly commands: Command[] = [];
  readonly redis: Redis;
  /** What it read was changed while it read: it has to be made anew. */
  isStale = false;
  /** Clients who come from another hash slot with it. */
  readonly arriving = new Set<string>();

  constructor(redis: Redis) {
    this.redis = redis;
  }

  /** The text under a key; `null` if there is none. */
  async get(key: string): Promise<string | null> {
    const text = await this.redis.get(key);
    this.conditions.push({ read: ['GET', key], answer: text ?? '' });
    return text;
  }

  async hasMember(key: string, member: string): Promise<boolean> {
    return (await this.score(key, member)) !== null;
  }

  /** The score of a member of a sorted set; `null` if it is none. */
  async score(key: string, member: string): Promise<number | null> {
    const read = ['ZSCORE', key, member];
    const score = await this.redis.sendCommand<string | null>(read);
    this.conditions.push({ read, answer: score ?? '' });
    return score === null ? null : Number(score);
  }

  /** How many are in a sorted set. */
  async count(key: string): Promise<number> {
    const count = await this.redis.zCard(key);
    this.conditions.push({ read: ['ZCARD', key], answer: String(count) });
    return count;
  }

  /** Who is in a sorted set, smallest score first. */
  async line(key: string): Promise<string[]> {
    const all = await this.redis.zRange(key, 0, -1);
    this.conditions.push({ read: ['ZCARD', key], answer: String(all.length) });
    return all;
  }

  async members(key: string): Promise<string[]> {
    const all = await this.redis.sMembers(key);
    this.conditions.push({ read: ['SCARD', key], answer: String(all.length) });
    return all;
  }

  write(...command: (string | number)[]): void {
    this.commands.push(command.map(String));
  }
}

const TRIES = 20;

const SCRIPT = readFileSync(new URL('./apply.lua', import.meta.url), 'utf8');

/** Reads and changes Redis. A change is optimistic: it is made anew when another node was faster. */
export class Transactions {
  readonly redis: Redis;
  readonly #lanes = new Lanes();
  readonly #isPart: boolean;
  #isClosed = false;

  /** @param isPart whether there are other parts of the store, which may be reached when this one is not */
  constructor(redis: Redis, isPart: boolean) {
    this.redis = redis;
    this.#isPart = isPart;
  }

  /** @throws SignalingError `store-unavailable` */
  read<T>(subjects: readonly Subject[], work: (redis: Redis) => Promise<T>): Promise<T> {
    return this.#lanes.read(subjects, () => this.#attempt(() => work(this.redis)));
  }

  /** What `decide` answers, once what it wants written is. @throws SignalingError `store-unavailable` */
  change<T>(subjects: readonly Subject[], decide: (changes: Changes) => Promise<T>): Promise<T> {
    return this.#lanes.change(subjects, () => this.#attempt(() => this.#change(decide)));
  }

  close(): void {
    if (!this.#isClosed) this.redis.destroy();
    this.#isClosed = true;
  }

  async #change<T>(decide: (changes: Changes) => Promise<T>): Promise<T> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const changes = new Changes(this.redis);
      const result = await decide(changes);
      if (changes.isStale) continue;
      if (changes.commands.length === 0 || (await this.#apply(changes))) return result;
    }
    throw new SignalingError('store-unavailable');
  }

  async #apply({ conditions, commands }: Changes): Promise<boolean> {
    const words = [
      String(conditions.length),
      ...conditions.flatMap(({ read, answer }) => [String(read.length), ...read, answer]),
      ...commands.flatMap((command) => [String(command.length), ...command]),
    ];
    return (await this.redis.eval(SCRIPT, { keys: [], arguments: words })) === 1;
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await attempt(() => {
        if (this.#isClosed) throw new Error('The store is closed.');
        return work();
      });
    } catch (error) {
      const isCut = this.#isPart && !this.redis.isReady;
      if (error instanceof SignalingError && isCut) error.isPartial = true;
      throw error;
    }
  }
}
