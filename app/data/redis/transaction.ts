import { readFileSync } from 'node:fs';
import { SignalingError } from '../../errors/signaling-error.ts';
import { attempt, type Redis } from '../../redis/link.ts';

/** A command in words, as Redis takes it. */
export type Command = string[];

/** What a change is made of: what it read, and what it writes if nothing of that has changed. */
export class Changes {
  readonly conditions: { read: Command; answer: string }[] = [];
  readonly commands: Command[] = [];
  readonly redis: Redis;

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

/** What a call is about: calls about the same take effect in the order in which they were made. */
export type Subject = `${'namespace' | 'room' | 'client'} ${string}`;

/** Reads and changes Redis. A change is optimistic: it is made anew when another node was faster. */
export class Transactions {
  readonly redis: Redis;
  /** The last change of each subject that has not been made yet. */
  readonly #pending = new Map<Subject, Promise<unknown>>();
  #isClosed = false;

  constructor(redis: Redis) {
    this.redis = redis;
  }

  /** @throws SignalingError `store-unavailable` */
  read<T>(subjects: readonly Subject[], work: (redis: Redis) => Promise<T>): Promise<T> {
    return this.#changed(subjects).then(() => this.#attempt(() => work(this.redis)));
  }

  /** What `decide` answers, once what it wants written is. @throws SignalingError `store-unavailable` */
  change<T>(subjects: readonly Subject[], decide: (changes: Changes) => Promise<T>): Promise<T> {
    const changing = this.#changed(subjects).then(() => this.#attempt(() => this.#change(decide)));
    const settled: Promise<void> = changing.then(
      () => this.#forget(subjects, settled),
      () => this.#forget(subjects, settled),
    );
    for (const subject of subjects) this.#pending.set(subject, settled);
    return changing;
  }

  close(): void {
    if (!this.#isClosed) this.redis.destroy();
    this.#isClosed = true;
  }

  #changed(subjects: readonly Subject[]): Promise<unknown> {
    return Promise.all(subjects.map((subject) => this.#pending.get(subject)));
  }

  #forget(subjects: readonly Subject[], mine: Promise<void>): void {
    for (const subject of subjects) {
      if (this.#pending.get(subject) === mine) this.#pending.delete(subject);
    }
  }

  async #change<T>(decide: (changes: Changes) => Promise<T>): Promise<T> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const changes = new Changes(this.redis);
      const result = await decide(changes);
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

  #attempt<T>(work: () => Promise<T>): Promise<T> {
    return attempt(() => {
      if (this.#isClosed) throw new Error('The store is closed.');
      return work();
    });
  }
}
