import { afterEach, describe, expect, test, vi } from 'vitest';
import { RedisSentinels } from '../../test/support/redis-sentinels.ts';
import type { RedisServer } from '../../test/support/redis-server.ts';
import { RedisShards } from '../../test/support/redis-shards.ts';
import { type Redis, redisClient } from './link.ts';

vi.setConfig({ testTimeout: 60_000 });

/** An election takes its time; nothing waits for it to pass. */
const PATIENCE = { timeout: 30_000, interval: 50 };

const toEnd: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of toEnd.splice(0).reverse()) await end();
});

function clientOf(url: string) {
  const seen = { ready: 0, errors: [] as unknown[], heard: [] as string[] };
  const onError = (error: unknown) => seen.errors.push(error);
  const redis = redisClient({ url, prefix: '{link}:', onError });
  toEnd.push(() => redis.destroy());
  redis.on('ready', () => {
    seen.ready += 1;
  });
  return { redis, seen };
}

/** A message to itself, over the primary of now. */
const heardBy = (publisher: Redis, text: string) => publisher.publish('{link}:news', text);

async function goesOver({ url, fail }: { url: string; fail: () => Promise<void> }) {
  const { redis, seen } = clientOf(url);
  const listener = clientOf(url);
  await Promise.all([redis.connect(), listener.redis.connect()]);
  await listener.redis.subscribe('{link}:news', (text) => listener.seen.heard.push(text));
  await redis.eval("return redis.call('SET', '{link}:n', '1')", { keys: [], arguments: [] });
  expect(await heardBy(redis, 'before')).toBe(1);
  // That it was counted does not say that it has been sent.
  await expect.poll(() => listener.seen.heard, PATIENCE).toEqual(['before']);

  await fail();
  await expect
    .poll(() => redis.incr('{link}:n').catch(() => 'down'), PATIENCE)
    .toBeTypeOf('number');
  await expect.poll(() => heardBy(redis, 'after').catch(() => 0), PATIENCE).toBe(1);
  await expect.poll(() => listener.seen.heard).toContain('after');
  expect([seen.ready, listener.seen.ready]).toEqual([2, 2]);
  // One line for the log, and the connection itself knows when it is down.
  expect(seen.errors).toHaveLength(1);
  expect(redis.isReady).toBe(true);
}

describe('with Sentinel', () => {
  async function sentinels(): Promise<[RedisSentinels, RedisServer]> {
    const all = await RedisSentinels.start();
    toEnd.push(() => all.stop());
    return [all, await all.primary()];
  }

  test('CLUSTER-11 the way to Redis leads to whichever is the primary, be the former one dead', async () => {
    const [{ url }, primary] = await sentinels();
    await goesOver({ url, fail: () => primary.kill() });
  });

  test('CLUSTER-11 or stands still', async () => {
    const [all, primary] = await sentinels();
    await goesOver({ url: all.url, fail: async () => primary.freeze() });
    expect(await all.primary()).not.toBe(primary);
  });
});

test('CLUSTER-11 with a Redis Cluster the way leads to the master of the hash slot, and to the next one', async () => {
  const shards = await RedisShards.start({ replicas: true });
  toEnd.push(() => shards.stop());
  const owner = await shards.ownerOf('{link}:n');
  await goesOver({ url: shards.url, fail: () => owner.kill() });
  expect(await shards.ownerOf('{link}:n')).not.toBe(owner);
});

test('CLUSTER-11 without anybody to ask commands fail at once, and it goes on asking', async () => {
  const { redis, seen } = clientOf('redis+sentinel://127.0.0.1:1,127.0.0.1:2/desks');
  const connected = redis.connect();
  await expect.poll(() => seen.errors.length).toBe(1);
  await expect(redis.get('n')).rejects.toThrow('no connection');
  redis.destroy();
  await connected;
  expect(redis.isReady).toBe(false);
});
