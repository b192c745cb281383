import type { RedisAddress, RedisPlace } from '../config/redis-address.ts';
import { clientTo, type Redis } from './client.ts';

/** Finds where the primary is. @throws if nobody knows it */
export type PrimaryFinder = () => Promise<RedisPlace>;

/** Where the primary is, and since which election. */
type News = RedisPlace & { epoch: number };

type SeveralRedis = Exclude<RedisAddress, { kind: 'one' }>;

/**
 * Asks the sentinels who the primary is, or the nodes of a cluster which of them has the hash slot that
 * all names with this prefix are in. All are asked, and the latest news believed: others may not have
 * heard yet that the former primary, be it started again, is none any more.
 */
export function primaryFinder(address: SeveralRedis, prefix: string): PrimaryFinder {
  const ask = (seed: RedisPlace) =>
    address.kind === 'sentinel' ? primaryOf(address, seed) : ownerOf(address, seed, prefix);
  return async () => {
    const asked = await Promise.allSettled(address.seeds.map(ask));
    const told = asked.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    const [latest] = told.sort((a, b) => b.epoch - a.epoch);
    if (latest !== undefined) return { host: latest.host, port: latest.port };
    throw asked.flatMap((one) => (one.status === 'rejected' ? one.reason : []))[0];
  };
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

async function ownerOf(
  { tls, login }: SeveralRedis,
  place: RedisPlace,
  prefix: string,
): Promise<News> {
  return asking({ place, tls, login }, async (node) => {
    const slot = await node.sendCommand<number>(['CLUSTER', 'KEYSLOT', prefix]);
    const ranges = await node.sendCommand<SlotRange[]>(['CLUSTER', 'SLOTS']);
    const range = ranges.find(([from, to]) => from <= slot && slot <= to);
    if (range === undefined) throw new Error('No node of this cluster has the hash slot.');
    const [host, port, id] = range[2];
    const nodes = await node.sendCommand<string>(['CLUSTER', 'NODES']);
    const line = nodes.split('\n').find((one) => one.startsWith(id)) ?? '';
    // A node that does not know its own address is where it was asked.
    return { host: host || place.host, port, epoch: Number(line.split(' ')[6]) };
  });
}
