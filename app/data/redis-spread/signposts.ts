import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SignalingError } from '../../errors/signaling-error.ts';
import { shardOf } from '../../redis/shards.ts';
import type { Shard } from '../redis/shard.ts';

export type Kind = 'room' | 'client';

/** Where something is, or was: what is there decides. No two say the same text. */
export interface Signpost {
  shard: number;
  text: string;
}

/** How many whereabouts a process remembers. */
const REMEMBERED = 100_000;

/** For how long a shard is remembered that has rooms of a client who is elsewhere, in seconds. */
const ELSEWHERE_SECONDS = 30 * 24 * 60 * 60;

const TURN = readFileSync(new URL('./turn.lua', import.meta.url), 'utf8');

export const signpostTo = (shard: number): Signpost => ({
  shard,
  text: `${shard}/${randomUUID()}`,
});

const read = (text: string | null): Signpost | undefined =>
  text === null ? undefined : { shard: Number.parseInt(text, 10), text };

/**
 * Where rooms and clients are, who are known by their ids alone. Each id has a home, the shard of its name,
 * and a signpost there that leads to where it is: it may lead to nothing, and never past something.
 */
export class Signposts {
  readonly #shards: readonly Shard[];
  /** What this process has seen: a hint, which whoever goes by it has to check. */
  readonly #seen = new Map<string, { shard: number; since: number }>();
  /** Counts how often signposts may have been lost. */
  #epoch = 1;

  constructor(shards: readonly Shard[]) {
    this.#shards = shards;
  }

  /** The number of the shard that a name belongs to. */
  homeOf(name: string): number {
    return shardOf(name, this.#shards.length);
  }

  shard(n: number): Shard {
    return this.#shards[n] as Shard;
  }

  /** `isSure`: there is a signpost, too. */
  hint(kind: Kind, id: string): { shard: number; isSure: boolean } | undefined {
    const seen = this.#seen.get(`${kind} ${id}`);
    return seen && { shard: seen.shard, isSure: seen.since === this.#epoch };
  }

  /** There is a signpost to it. The one not spoken of for longest is forgotten first. */
  remember(kind: Kind, id: string, shard: number, since = this.#epoch): void {
    const name = `${kind} ${id}`;
    this.#seen.delete(name);
    this.#seen.set(name, { shard, since });
    if (this.#seen.size > REMEMBERED) this.#seen.delete(this.#seen.keys().next().value ?? '');
  }

  /** It was met there, not looked for. */
  meet(kind: Kind, id: string, shard: number): void {
    if (this.#seen.get(`${kind} ${id}`)?.shard !== shard) this.remember(kind, id, shard, 0);
  }

  /** A Redis that was away may have lost signposts: none is taken for granted that is not seen again. */
  doubt(): void {
    this.#epoch += 1;
  }

  forget(kind: Kind, id: string): void {
    this.#seen.delete(`${kind} ${id}`);
  }

  async find(kind: Kind, id: string): Promise<Signpost | undefined> {
    const { store, keys } = this.shard(this.homeOf(id));
    return read(await store.read([], (redis) => redis.get(keys.at(kind, id))));
  }

  /** False if it says something else by now than it did. */
  async turn(
    kind: Kind,
    id: string,
    was: Signpost | undefined,
    becomes: Signpost | undefined,
  ): Promise<boolean> {
    const { store, keys } = this.shard(this.homeOf(id));
    const given = { keys: [keys.at(kind, id)], arguments: [was?.text ?? '', becomes?.text ?? ''] };
    return (await store.read([], (redis) => redis.eval(TURN, given))) === 1;
  }

  /** Notes that this shard has, or will have, rooms of a client whose own text is in another. */
  async noteElsewhere(clientId: string, shard: number): Promise<void> {
    const { store, keys } = this.shard(this.homeOf(clientId));
    const key = keys.elsewhere(clientId);
    await store.read([], async (redis) => {
      await redis.sAdd(key, String(shard));
      await redis.sendCommand(['EXPIRE', key, String(ELSEWHERE_SECONDS)]);
    });
  }

  /**
   * Which other shards have rooms of this client. While the master that knows is away: none, since no use case
   * makes such rooms, and a client of a practice that goes on must not wait for it (SPEC CLUSTER-12).
   */
  async elsewhere(clientId: string): Promise<number[]> {
    const { store, keys } = this.shard(this.homeOf(clientId));
    const noted = store.read([], (redis) => redis.sMembers(keys.elsewhere(clientId)));
    return (await noted.catch(noneIfUnavailable)).map(Number);
  }
}

function noneIfUnavailable(error: unknown): string[] {
  if (error instanceof SignalingError && error.code === 'store-unavailable') return [];
  throw error;
}
