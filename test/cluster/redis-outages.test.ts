import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { IS_NIGHTLY } from '../resilience/form.ts';
import type { TestClient } from '../support/clients.ts';
import { granted } from '../support/practice.ts';
import { RedisSentinels } from '../support/redis-sentinels.ts';
import { RedisServer } from '../support/redis-server.ts';
import { RedisShards } from '../support/redis-shards.ts';
import { ServerCluster } from '../support/server-cluster.ts';
import { consultation, talk } from '../support/spread.ts';

vi.setConfig({ testTimeout: IS_NIGHTLY ? 60 * 60_000 : 180_000, hookTimeout: 60_000 });

const ROUNDS = IS_NIGHTLY ? 20 : 1;

/** How long Redis stands still. */
const STILL_MS = IS_NIGHTLY ? 30_000 : 3000;

/** Within which time nodes agree again (SPEC CLUSTER-9). */
const AGREED_MS = 5000;
/** What all names begin with where there is no namespace in them. */
const PREFIX = '{signaling}:';

const PATIENCE = { timeout: 60_000, interval: 50 };

interface Outages {
  url: string;
  /** Namespaces that are struck, where others are not. */
  namespaces?: string[];
  /** Takes Redis away. What it answers brings it back, be it another one, and resolves when it is back. */
  strike(): Promise<() => Promise<void>>;
  /** Resolves when it can be taken away once more. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

async function oneRedis(strike: (redis: RedisServer) => Promise<() => Promise<void>>) {
  const redis = await RedisServer.start();
  return {
    url: redis.url,
    strike: () => strike(redis),
    settled: async () => {},
    stop: () => redis.stop(),
  };
}

const KINDS: Record<string, () => Promise<Outages>> = {
  'is killed, and comes back empty': () =>
    oneRedis(async (redis) => {
      await redis.kill();
      return () => redis.run();
    }),
  'stands still': () =>
    oneRedis(async (redis) => {
      redis.freeze();
      return async () => {
        await pause(STILL_MS);
        redis.thaw();
      };
    }),
  'fails over by Sentinel': async () => {
    const all = await RedisSentinels.start();
    return {
      url: all.url,
      async strike() {
        const primary = await all.primary();
        await primary.kill();
        return async () => {
          await all.replaced(primary);
          await primary.run();
        };
      },
      settled: () => all.settled(),
      stop: () => all.stop(),
    };
  },
  'fails over in a Redis Cluster': async () => {
    const shards = await RedisShards.start({ replicas: true });
    return {
      url: shards.url,
      namespaces: await shards.namespacesAt(await shards.ownerOf(PREFIX), PREFIX, 2),
      async strike() {
        const owner = await shards.ownerOf(PREFIX);
        await owner.kill();
        return async () => {
          await shards.replaced(PREFIX, owner);
          await owner.run();
        };
      },
      settled: () => shards.settled(),
      stop: () => shards.stop(),
    };
  },
};

const open: { clear(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.clear();
});

const states = ({ nodes }: ServerCluster): Promise<number[]> =>
  Promise.all(nodes.map(async ({ url }) => (await fetch(`${url}/readyz`)).status));

const stateOf = async (url: string | undefined, roomId: string): Promise<unknown> =>
  ((await (await fetch(`${url}/join-room?roomId=${roomId}`)).json()) as { state?: string }).state;

const saysWhen = (client: TestClient, what: string, room: string) => () =>
  client.say(what, { 'room-id': room });

it.each(Object.entries(KINDS))(
  'CLUSTER-8 CLUSTER-9 CLUSTER-11 Redis %s: calls go on, changes say so, and the nodes agree again soon',
  async (_name, start) => {
    const redis = await start();
    const cluster = await ServerCluster.start(2, { LOG_LEVEL: 'error' }, redis);
    open.push(cluster);
    const [one, other] = redis.namespaces ?? [];
    const here = await consultation(cluster, 0, 0, one);
    const apart = await consultation(cluster, 0, 1, other);
    const waiting = await apart.at(1);
    await granted(waiting.say('create', { 'room-id': `waits-in-${apart.namespaceId}` }));
    const report: string[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const began = performance.now();
      const comeBack = await redis.strike();
      const change = saysWhen(here.doctor, 'hold', here.room);
      await expect.poll(change, PATIENCE).toMatchObject({ code: 'store-unavailable', retry: true });
      await expect.poll(() => states(cluster), PATIENCE).toEqual([503, 503]);
      const cpu = () => Promise.all(cluster.nodes.map(({ process }) => process.cpuMs()));
      const [since, before] = [performance.now(), await cpu()];
      for (let n = 1; n <= 20; n += 1) await talk(here.doctor, here.patient, 100 * round + n);
      await comeBack();
      const back = performance.now();
      const used = (await cpu()).map((ms, n) => (ms - (before[n] ?? 0)) / (back - since));
      await expect.poll(() => states(cluster), PATIENCE).toEqual([200, 200]);
      await talk(apart.doctor, apart.patient, 100 * round);
      for (const { url } of cluster.nodes) {
        expect(await stateOf(url, apart.room)).toBe('in-consultation');
        expect(await stateOf(url, `waits-in-${apart.namespaceId}`)).toBe('waiting');
      }
      const agreed = performance.now();
      expect(agreed - back).toBeLessThan(AGREED_MS);
      // Nobody spins: what they tried meanwhile cost less than half a core.
      expect(Math.max(...used)).toBeLessThan(0.5);
      await granted(here.doctor.say('hold', { 'room-id': here.room }));
      await granted(here.doctor.say('join', { 'room-id': here.room }));
      await redis.settled();
      report.push(
        `${round}: away for ${Math.round(back - began)} ms, agreed ${Math.round(agreed - back)} ms later, ${Math.round(100 * Math.max(...used))} % of a core meanwhile`,
      );
    }
    expect(cluster.nodes.map(({ process }) => process.stderr)).toEqual(['', '']);
    console.log(report.join('\n'));
  },
);

it('CLUSTER-12 another master of a Redis Cluster fails over: only its namespaces wait, and all is as it was', async () => {
  const shards = await RedisShards.start({ replicas: true });
  const cluster = await ServerCluster.start(2, { LOG_LEVEL: 'error' }, shards);
  open.push(cluster);
  const base = await shards.ownerOf(PREFIX);
  const lost = shards.masters.find((master) => master !== base) ?? base;
  const [fine] = await shards.namespacesAt(base, PREFIX, 1);
  const [cut] = await shards.namespacesAt(lost, PREFIX, 1);
  // What says where these two are is at the master that will be away, and nobody waits for it.
  const isMarkedThere = async ({ id }: TestClient) => (await shards.homeOf(id, PREFIX)) === lost;
  let well = await consultation(cluster, 0, 1, fine);
  while (!((await isMarkedThere(well.doctor)) && (await isMarkedThere(well.patient)))) {
    well = await consultation(cluster, 0, 1, fine);
  }
  const ill = await consultation(cluster, 0, 1, cut);
  const waiting = await ill.at(1);
  await granted(waiting.say('create', { 'room-id': 'waits' }));

  await lost.kill();
  const change = saysWhen(ill.doctor, 'hold', ill.room);
  await expect.poll(change, PATIENCE).toMatchObject({ code: 'store-unavailable', retry: true });
  // Nobody would be better off elsewhere, and the others notice nothing.
  expect(await states(cluster)).toEqual([200, 200]);
  await granted(well.doctor.say('hold', { 'room-id': well.room }));
  await granted(well.doctor.say('join', { 'room-id': well.room }));
  for (let n = 1; n <= 20; n += 1) await talk(well.doctor, well.patient, n);

  await expect.poll(change, PATIENCE).toMatchObject({ status: 'ok' });
  const back = performance.now();
  await expect
    .poll(() => Promise.all(cluster.nodes.map(({ url }) => stateOf(url, 'waits'))), PATIENCE)
    .toEqual(['waiting', 'waiting']);
  await granted(ill.doctor.say('join', { 'room-id': ill.room }));
  await talk(ill.doctor, ill.patient, 1);
  expect(performance.now() - back).toBeLessThan(AGREED_MS);
  expect(cluster.nodes.map(({ process }) => process.stderr)).toEqual(['', '']);
});
