import { redisAddress } from '../config/redis-address.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { clientTo, RETRY_MS, type Redis } from './client.ts';
import { following } from './following.ts';
import { hashSlot } from './hash-slot.ts';
import { primaryBySentinel, primaryBySlot } from './primary.ts';

export type { Redis } from './client.ts';

export interface RedisLinkPlace {
  /** An address as `REDIS_URL` has it. */
  url: string;
  /** What all names begin with; with a hash tag in it, where they go to a Redis Cluster. */
  prefix: string;
  onError: (error: unknown) => void;
}

/**
 * A connection to Redis that is not there when Redis is not: commands fail at once while it is down, and
 * one that has hung for two seconds is down. It comes back by itself, with Sentinel or a Redis Cluster to
 * whichever Redis is the primary then.
 */
export function redisClient({ url, prefix, onError }: RedisLinkPlace): Redis {
  const address = redisAddress(url);
  if (address === undefined) throw new Error('This is no address of a Redis.');
  const client =
    address.kind === 'one'
      ? clientTo({ url }, (tries) =>
          Math.min(RETRY_MS.first * 2 ** Math.min(tries, 8), RETRY_MS.most),
        )
      : following(
          address.kind === 'sentinel'
            ? primaryBySentinel(address)
            : primaryBySlot(address)(hashSlot(prefix)),
          (place) => clientTo({ ...address, place }, false),
          address.kind === 'cluster' ? prefix : undefined,
        );
  // One outage is one line in the log, however often it is tried again.
  let isTold = false;
  client.on('error', (error: unknown) => {
    if (!isTold) onError(error);
    isTold = true;
  });
  client.on('ready', () => {
    isTold = false;
  });
  return client;
}

/** @throws SignalingError `store-unavailable` for whatever Redis, or the way to it, does not like */
export async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof SignalingError) throw cause;
    const error = new SignalingError('store-unavailable');
    error.cause = cause;
    throw error;
  }
}
