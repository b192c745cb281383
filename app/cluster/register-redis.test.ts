import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RedisServer } from '../../test/support/redis-server.ts';
import { RedisBus } from './bus-redis.ts';
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
  await bus.listen({ answer: () => null, missed: () => {} });
  const register = await RedisRegister.open(placeOf(node));
  open.push(register, bus);
  return register;
}

describe('turns', () => {
  test('CLUSTER-1 one node at a time has the turn of a namespace, other namespaces go on', async () => {
    const [one, two] = [await registerOf('one'), await registerOf('two')];
    const first = await one.takeTurn('desk');
    await (await two.takeTurn('elsewhere')).end(false);
    const order: string[] = [];
    const second = two.takeTurn('desk').then((turn) => {
      order.push('two has it');
      return turn;
    });
    // A command of the other node that takes its way, too.
    await two.othersIn('desk');
    order.push('one gives it back');
    await first.end(false);
    await (await second).end(false);
    expect(order).toEqual(['one gives it back', 'two has it']);
  });

  test('CLUSTER-1 a busy node does not keep the others out', async () => {
    const [one, two] = [await registerOf('one'), await registerOf('two')];
    let isBusy = true;
    const busy = (async () => {
      while (isBusy) await (await one.takeTurn('desk')).end(false);
    })();
    for (let turn = 0; turn < 5; turn += 1) await (await two.takeTurn('desk')).end(false);
    isBusy = false;
    await busy;
    expect(isBusy).toBe(false);
  });

  test('CLUSTER-1 the turn of a node that died in it is to be had soon', async () => {
    const dead = await RedisRegister.open(placeOf('dead'));
    open.push(dead);
    await dead.takeTurn('desk');
    const two = await registerOf('two');
    const began = performance.now();
    await (await two.takeTurn('desk')).end(false);
    expect(performance.now() - began).toBeLessThan(TURN_MS);
  });

  test('CLUSTER-2 who takes the turn learns which other nodes have clients there', async () => {
    const [one, two] = [await registerOf('one'), await registerOf('two')];
    await (await one.takeTurn('desk')).end(true);
    const turn = await two.takeTurn('desk');
    expect(turn.others).toEqual(['one']);
    await turn.end(true);
    expect(await one.othersIn('desk')).toEqual(['two']);
    await (await one.takeTurn('desk')).end(false);
    expect(await two.othersIn('desk')).toEqual([]);
    expect([await two.namespacesOf('one'), await one.namespacesOf('two')]).toEqual([[], ['desk']]);
  });
});

describe('leases', () => {
  test('CLUSTER-3 a node that leaves is dead for the others until it is buried, and its places are known', async () => {
    const [one, two] = [await registerOf('one'), await registerOf('two')];
    expect(await one.renew()).toEqual({ wasLapsed: false, isNew: false, dead: [] });
    expect((await two.renew()).dead).toEqual([]);
    await (await one.takeTurn('desk')).end(true);
    await one.leave();
    expect((await two.renew()).dead).toEqual(['one']);
    expect(await two.namespacesOf('one')).toEqual(['desk']);
    await two.strike('one', 'desk');
    await two.bury('one');
    expect((await two.renew()).dead).toEqual([]);
    expect(await two.othersIn('desk')).toEqual([]);
    expect((await one.renew()).wasLapsed).toBe(true);
    expect((await one.renew()).wasLapsed).toBe(false);
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
