import { redisAddress } from '../config/redis-address.ts';
import { clientTo, type Redis } from './client.ts';
import { following } from './following.ts';
import { hashSlot, SLOTS } from './hash-slot.ts';
import { type RedisLinkPlace, redisClient } from './link.ts';
import { sharing } from './pool.ts';
import { primaryBySlot } from './primary.ts';

/** A hash slot in which all names begin with the same prefix, and the way to it. */
export interface RedisShard {
  readonly redis: Redis;
  readonly prefix: string;
}

/** Where names lie: in one Redis all in the same place, in a Redis Cluster spread over its masters. */
export interface RedisShards {
  /** For what is not spread. */
  readonly base: RedisShard;
  readonly all: readonly [RedisShard, ...RedisShard[]];
  connect(): Promise<void>;
  destroy(): void;
}

/** In how many hash slots of a Redis Cluster the data lie: more masters than that have nothing to do. */
export const SHARDS = 64;

/** The number of the shard that whatever has this name belongs to. */
export const shardOf = (name: string, count: number): number => hashSlot(name) % count;

/**
 * A link to each shard, which is up when the master is up that has the hash slot; to each master there is
 * one connection. Where there is no Redis Cluster there is one shard, and its names begin with the prefix
 * itself.
 */
export function redisShards(place: RedisLinkPlace): RedisShards {
  const address = redisAddress(place.url);
  if (address?.kind !== 'cluster') {
    const base = { redis: redisClient(place), prefix: place.prefix };
    return {
      base,
      all: [base],
      connect: async () => void (await base.redis.connect()),
      destroy: () => base.redis.destroy(),
    };
  }
  const primaryOf = primaryBySlot(address);
  const connectionTo = sharing((at) => clientTo({ ...address, place: at }, false));
  const linkTo = (prefix: string): RedisShard => {
    return { prefix, redis: following(primaryOf(hashSlot(prefix)), connectionTo, prefix) };
  };
  const base = linkTo(place.prefix);
  const all = shardPrefixes(place.prefix).map(linkTo) as [RedisShard, ...RedisShard[]];
  const links = [base, ...all].map(({ redis }) => redis);
  tellOnce(links, place.onError);
  return {
    base,
    all,
    connect: async () => void (await Promise.all(links.map((redis) => redis.connect()))),
    destroy() {
      for (const redis of links) redis.destroy();
    },
  };
}

/** One outage is one line in the log, however many links it cuts and however often they are tried again. */
function tellOnce(links: readonly Redis[], onError: (error: unknown) => void): void {
  let isTold = false;
  for (const redis of links) {
    redis.on('error', (error) => {
      if (!isTold) onError(error);
      isTold = true;
    });
    redis.on('ready', () => {
      if (links.every(({ isReady }) => isReady)) isTold = false;
    });
  }
}

/**
 * The prefix of each shard: the n-th lies in the n-th part of all hash slots, so that masters with equal
 * parts of these have equal shares.
 */
function shardPrefixes(prefix: string): string[] {
  const name = prefix.replace(/[{}:]/g, '');
  const found = new Map<number, string>();
  for (let n = 0; found.size < SHARDS; n += 1) {
    const candidate = `{${name}.${n}}:`;
    const part = Math.floor((hashSlot(candidate) * SHARDS) / SLOTS);
    if (!found.has(part)) found.set(part, candidate);
  }
  return Array.from({ length: SHARDS }, (_, part) => found.get(part) ?? '');
}
