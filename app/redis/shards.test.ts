import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { RedisShards as RedisCluster } from '../../test/support/redis-shards.ts';
import { hashSlot } from './hash-slot.ts';
import { type RedisShards, redisShards, SHARDS } from './shards.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const PATIENCE = { timeout: 30_000, interval: 50 };

let redis: RedisCluster;
const open: RedisShards[] = [];

beforeAll(async () => {
  redis = await RedisCluster.start();
});

afterAll(() => redis.stop());

afterEach(() => {
  for (const shards of open.splice(0)) shards.destroy();
});

async function links() {
  const errors: unknown[] = [];
  const place = {
    url: redis.url,
    prefix: '{links}:',
    onError: (error: unknown) => errors.push(error),
  };
  const shards = redisShards(place);
  open.push(shards);
  await shards.connect();
  return { ...shards, errors };
}

const put = ({ redis: link, prefix }: RedisShards['base'], text: string) =>
  link.sendCommand(['SET', `${prefix}n`, text]);

test('CLUSTER-12 a name lies in the hash slot that Redis says', async () => {
  const [one] = redis.masters;
  const names = ['desk', '{desk}:room', 'a{b}c{d}', 'a{b', 'a}b{c}', 'Süd', '123456789', '{}a'];
  const said = await Promise.all(names.map((name) => one?.say('CLUSTER', 'KEYSLOT', name)));
  expect(said.map((text) => /:(\d+)/.exec(text ?? '')?.[1])).toEqual(
    names.map((name) => String(hashSlot(name))),
  );
});

test('CLUSTER-12 every master has its share, over one connection', async () => {
  const { all } = await links();
  await Promise.all(all.map((shard) => put(shard, 'here')));
  for (const master of redis.masters) {
    const keys = Number(/:(\d+)/.exec(await master.say('DBSIZE'))?.[1]);
    expect([21, 22]).toContain(keys);
    // Besides who asks, and now and then somebody who looks for masters.
    const clients = async () => (await master.say('CLIENT', 'LIST')).match(/ cmd=(set|ping|role)/g);
    await expect.poll(clients, PATIENCE).toHaveLength(1);
  }
  expect(all).toHaveLength(SHARDS);
});

test('CLUSTER-12 when a master is away the others go on, and it is found again', async () => {
  const { all, errors } = await links();
  const [lost] = redis.masters;
  await lost?.kill();
  const answered = async () => {
    const tried = await Promise.allSettled(all.map((shard) => put(shard, 'again')));
    return tried.filter(({ status }) => status === 'fulfilled').length;
  };
  await expect.poll(answered, PATIENCE).toBeGreaterThanOrEqual(42);
  expect(all.filter(({ redis: link }) => link.isReady).length).toBeLessThan(SHARDS);
  await lost?.run();
  await expect.poll(answered, PATIENCE).toBe(SHARDS);
  expect(errors).toHaveLength(1);
});
