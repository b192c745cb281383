import type { RedisPlace } from '../config/redis-address.ts';
import { COMMANDS, type Redis } from './client.ts';

/** One connection that several share. */
interface Shared {
  redis: Redis;
  connecting: Promise<unknown>;
  listeners: Set<(error: unknown) => void>;
  users: number;
}

/**
 * Connections to the Redis of a cluster, one to each, for whoever asks for one: it is closed when the last
 * has let go of it. One that was lost is not given to anybody any more.
 */
export function sharing(open: (place: RedisPlace) => Redis): (place: RedisPlace) => Redis {
  const all = new Map<string, Shared>();

  function sharedAt(key: string, place: RedisPlace): Shared {
    const known = all.get(key);
    if (known !== undefined) return known;
    const redis = open(place);
    const listeners = new Set<(error: unknown) => void>();
    redis.on('error', (error) => {
      forget(key, shared);
      for (const listener of [...listeners]) listener(error);
    });
    const shared: Shared = { redis, listeners, users: 0, connecting: redis.connect() };
    // Whoever waits for it hears of it.
    shared.connecting.catch(() => forget(key, shared));
    all.set(key, shared);
    return shared;
  }

  function forget(key: string, shared: Shared): void {
    if (all.get(key) === shared) all.delete(key);
  }

  return (place) => {
    const key = `${place.host} ${place.port}`;
    const shared = sharedAt(key, place);
    const { redis, listeners } = shared;
    shared.users += 1;
    let isHeld = true;
    const mine = new Set<(error: unknown) => void>();
    const own = {
      get isReady() {
        return isHeld && redis.isReady;
      },
      connect: () => shared.connecting,
      subscribe: (channel: string, listener: (text: string) => void) =>
        redis.subscribe(channel, listener),
      on(event: 'ready' | 'error', listener: (error?: unknown) => void) {
        if (event !== 'error') return;
        mine.add(listener);
        listeners.add(listener);
      },
      destroy() {
        if (!isHeld) return;
        isHeld = false;
        for (const listener of mine) listeners.delete(listener);
        shared.users -= 1;
        if (shared.users > 0) return;
        forget(key, shared);
        redis.destroy();
      },
    };
    const commands = COMMANDS.map((name) => [
      name,
      (redis[name] as (...args: unknown[]) => unknown).bind(redis),
    ]);
    return Object.assign(own, Object.fromEntries(commands)) as unknown as Redis;
  };
}
