import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RedisServer } from '../../test/support/redis-server.ts';
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
});
