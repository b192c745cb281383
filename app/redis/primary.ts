import type { RedisAddress, RedisPlace } from '../config/redis-address.ts';
import { clientTo, type Redis } from './client.ts';

/** Finds where the primary is. @throws if nobody knows it */
export type PrimaryFinder = () => Promise<RedisPlace>;

/** Where a primary is, and since which election. */
type News = RedisPlace & { epoch: number };

export type SeveralRedis = Exclude<RedisAddress, { kind: 'one' }>;

/**
 * Asks the sentinels who the primary is. All are asked, and the latest news believed: others may not have
 * heard yet that the former primary, be it started again, is none any more.
 */
export function primaryBySentinel(address: SeveralRedis): PrimaryFinder {
  return async () => latest(await askAll(address, primaryOf));
}

/**
 * Asks the nodes of a cluster, all of them as above, which of them has a hash slot. Who asks at the same time
 * asks once.
 */
export function primaryBySlot(address: SeveralRedis): (slot: number) => PrimaryFinder {
  let asking: Promise<Owned[]> | undefined;
  const ask = (): Promise<Owned[]> => {
    asking ??= askAll(address, ownersOf)
      .then((told) => told.flat())
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
  return (slot) => async () => {
    const owners = (await ask()).filter(({ from, to }) => from <= slot && slot <= to);
    if (owners.length === 0) throw new Error('No node of this cluster has the hash slot.');
    return latest(owners);
  };
}

async function askAll<T>(
  address: SeveralRedis,
  ask: (address: SeveralRedis, seed: RedisPlace) => Promise<T>,
): Promise<T[]> {
  const asked = await Promise.allSettled(address.seeds.map((seed) => ask(address, seed)));
  const told = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  if (told.length > 0) return told;
  throw asked.flatMap((one) => (one.status === 'rejected' ? one.reason : []))[0];
}

function latest(told: readonly News[]): RedisPlace {
  const [{ host, port }] = [...told].sort((a, b) => b.epoch - a.epoch) as [News];
  return { host, port };
}

async function asking<T>(
  target: Parameters<typeof clientTo>[0],
  ask: (redis: Redis) => Promise<T>,
): Promise<T> {
  const redis = clientTo(target, false);
  // What is wrong with it the command says, too.
  redis.on('error', () => {});
  try {
    await redis.connect();
    return await ask(redis);
  } finally {
    redis.destroy();
  }
}

async function primaryOf(
  { name, tls, sentinelLogin }: SeveralRedis,
  place: RedisPlace,
): Promise<News> {
  return asking({ place, tls, login: sentinelLogin }, async (sentinel) => {
    const said = await sentinel.sendCommand<string[]>(['SENTINEL', 'MASTER', name]);
    const word = (key: string) => said[said.indexOf(key) + 1] ?? '';
    return { host: word('ip'), port: Number(word('port')), epoch: Number(word('config-epoch')) };
  });
}

type SlotRange = [
  from: number,
  to: number,
  primary: [host: string | null, port: number, id: string],
];

type Owned = News & { from: number; to: number };

function ownersOf({ tls, login }: SeveralRedis, place: RedisPlace): Promise<Owned[]> {
  return asking({ place, tls, login }, async (node) => {
    const ranges = await node.sendCommand<SlotRange[]>(['CLUSTER', 'SLOTS']);
    const nodes = (await node.sendCommand<string>(['CLUSTER', 'NODES'])).split('\n');
    return ranges.map(([from, to, [host, port, id]]) => {
      const line = nodes.find((one) => one.startsWith(id)) ?? '';
      // A node that does not know its own address is where it was asked.
      return { from, to, host: host || place.host, port, epoch: Number(line.split(' ')[6]) };
    });
  });
}
