import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RedisServer } from '../../test/support/redis-server.ts';
import { redisClient } from '../redis/link.ts';
import { describeBus } from './bus.contract.ts';
import { RedisBus } from './bus-redis.ts';

let redis: RedisServer;
let count = 0;

beforeAll(async () => {
  redis = await RedisServer.start();
});

afterAll(() => redis.stop());

const busIn = (prefix: string, node: string) =>
  new RedisBus({ node, url: redis.url, prefix, onError: () => {} });

const freshPrefix = () => {
  count += 1;
  return `test-${count}:`;
};

describeBus('Redis', async () => {
  const prefix = freshPrefix();
  return { make: (node) => busIn(prefix, node), destroy: async () => {} };
});

describe('the bus over Redis', () => {
  const open: RedisBus[] = [];

  afterEach(async () => {
    for (const bus of open.splice(0)) await bus.close();
  });

  async function pair() {
    const prefix = freshPrefix();
    const taken: unknown[] = [];
    const missed: string[] = [];
    const [one, two] = [busIn(prefix, 'one'), busIn(prefix, 'two')];
    open.push(one, two);
    const oneMissed = () => missed.push('one');
    const twoMissed = () => missed.push('two');
    await one.listen({ answer: () => null, missed: oneMissed, back: oneMissed });
    await two.listen({
      answer: (_, question) => {
        taken.push(question);
        return 'taken';
      },
      missed: twoMissed,
      back: twoMissed,
    });
    return { one, two, taken, missed, prefix };
  }

  test('BUS-6 while Redis does not answer a question is silent, soon refused, and never taken late', async () => {
    const { one, two, taken, missed } = await pair();
    redis.freeze();
    const asked = await one.ask('two', 'in vain').catch(({ code }) => code);
    expect(['store-unavailable', { outcome: 'silent' }]).toContainEqual(asked);
    await expect
      .poll(() => one.ask('two', 2).catch(({ code }) => code), { timeout: 9000 })
      .toBe('store-unavailable');
    redis.thaw();
    const back = () => one.ask('two', 'again').catch(({ code }) => code);
    await expect.poll(back, { timeout: 9000 }).toEqual({ outcome: 'answered', answer: 'taken' });
    expect(taken).not.toContain('in vain');
    expect(new Set(taken)).toEqual(new Set(['again']));
    expect(missed).toContain('two');
    expect(two.counts.waiting).toBe(0);
  }, 30_000);

  test('BUS-7 a gap in the sequence numbers is noticed', async () => {
    const { one, two, missed, prefix } = await pair();
    await one.ask('two', 1);
    const forger = redisClient({ url: redis.url, prefix, onError: () => {} });
    await forger.connect();
    const late = { from: 'one', seq: 5, until: 0, ask: 99, question: 'late' };
    await forger.publish(`${prefix}node:two`, JSON.stringify(late));
    // Nor does what is no message at all end the node.
    await forger.publish(`${prefix}node:two`, 'rubbish');
    forger.destroy();
    await expect.poll(() => two.counts).toMatchObject({ lost: 3, expired: 1, answered: 1 });
    expect(missed).toEqual(['two', 'two']);
    expect(await one.ask('two', 2)).toMatchObject({ outcome: 'answered' });
  });

  test('BUS-7 they find each other again after Redis was killed, and know that they may have missed something', async () => {
    const { one, missed } = await pair();
    await redis.kill();
    await expect.poll(() => one.ask('two', 1).catch(({ code }) => code)).toBe('store-unavailable');
    await redis.run();
    const back = () => one.ask('two', 2).catch(({ code }) => code);
    await expect.poll(back, { timeout: 9000 }).toEqual({ outcome: 'answered', answer: 'taken' });
    await expect.poll(() => missed.includes('one') && missed.includes('two')).toBe(true);
  }, 30_000);
});
