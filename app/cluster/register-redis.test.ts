import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RedisServer } from '../../test/support/redis-server.ts';
import { RedisShards } from '../../test/support/redis-shards.ts';
import { RedisBus } from './bus-redis.ts';
import { describeRegister } from './register.contract.ts';
import { TURN_MS } from './register.ts';
import { RedisRegister } from './register-redis.ts';

let redis: RedisServer;
let prefix = '';
let count = 0;
const open: (RedisRegister | RedisBus)[] = [];

beforeAll(async () => {
  redis = await RedisServer.start();
});

afterAll(() => redis.stop());

beforeEach(() => {
  count += 1;
  prefix = `test-${count}:`;
});

afterEach(async () => {
  for (const register of open.splice(0)) await register.close();
});

const placeOf = (node: string) => ({ node, url: redis.url, prefix, onError: () => {} });

/** The register of a node that listens to its channel. */
async function registerOf(node: string): Promise<RedisRegister> {
  const bus = new RedisBus(placeOf(node));
  await bus.listen({ answer: () => null, missed: () => {}, back: () => {} });
  const register = await RedisRegister.open(placeOf(node));
  open.push(register, bus);
  return register;
}

describeRegister('Redis', async () => ({ open: registerOf, destroy: async () => {} }));

describe('the register in Redis', () => {
  test('CLUSTER-1 the turn of a node that died in it is to be had soon', async () => {
    const dead = await RedisRegister.open(placeOf('dead'));
    open.push(dead);
    await dead.takeTurn('desk');
    const two = await registerOf('two');
    const began = performance.now();
    await (await two.takeTurn('desk')).end(false);
    expect(performance.now() - began).toBeLessThan(TURN_MS);
  });

  test('CLUSTER-9 it is noticed that Redis has lost everything', async () => {
    const one = await registerOf('one');
    await one.renew();
    await redis.kill();
    await redis.run();
    const isNew = () =>
      one.renew().then(
        (renewed) => renewed.isNew,
        () => undefined,
      );
    await expect.poll(isNew, { timeout: 9000 }).toBe(true);
    expect(await isNew()).toBe(false);
  });

  test('CLUSTER-9 CLUSTER-12 so it is of one master of a Redis Cluster, and that it was away', async () => {
    const shards = await RedisShards.start();
    const place = { node: 'one', url: shards.url, prefix: '{register}:', onError: () => {} };
    const one = await RedisRegister.open(place);
    open.push(one);
    expect(await one.renew()).toEqual({ wasLapsed: false, isNew: false, dead: [] });
    const base = await shards.ownerOf('{register}:');
    const other = shards.masters.find((master) => master !== base);
    const namespaces = Array.from({ length: 30 }, (_, n) => `practice-${n}`);
    const turns = async () => {
      const taken = await Promise.allSettled(namespaces.map((id) => one.takeTurn(id)));
      return taken.filter(({ status }) => status === 'fulfilled').length;
    };
    expect(await turns()).toBe(30);
    expect(one.reach).toBe(1);
    await other?.kill();
    await expect.poll(turns, { timeout: 9000 }).toBeLessThan(30);
    // The others have their turns, and this node is alive.
    expect(await turns()).toBeGreaterThan(0);
    expect(one.isUp).toBe(true);
    expect(one.reach).toBeCloseTo(2 / 3, 1);
    expect((await one.renew()).isNew).toBe(false);
    await other?.run();
    const seen = new Set<boolean>();
    await expect
      .poll(
        async () => {
          const { isNew } = await one.renew();
          seen.add(isNew);
          return turns();
        },
        { timeout: 20_000 },
      )
      .toBe(30);
    seen.add((await one.renew()).isNew);
    expect(seen).toContain(true);
    await expect.poll(one.renew.bind(one)).toEqual({ wasLapsed: false, isNew: false, dead: [] });
    await one.close();
    await shards.stop();
  }, 60_000);
});
