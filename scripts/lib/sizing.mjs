/**
 * How many nodes and how many Redis a number of waiting patients takes. What people do is assumed, what it
 * costs was measured (`bench/costs.ts`); only the table shows how one follows from the other.
 */

/** What people do. */
export const ASSUMED = {
  waitSeconds: 15 * 60,
  consultationSeconds: 10 * 60,
  /** Of a core, so that there is room for a node that is away, or for the morning. */
  busyNode: 0.6,
  busyRedis: 0.5,
  /** What a process of Node may take, in KiB, and what a Redis may, in GiB. */
  nodeKiB: 1.5 * 1024 * 1024,
  redisGiB: 16,
};

/** What it costs, in milliseconds of CPU and KiB, measured by `bench/costs.ts`. */
export const MEASURED = {
  /** A patient from coming to leaving, in a queue of ten, with a call set up by 40 messages. */
  visitNodeMs: 4.3 + 9.3,
  visitRedisMs: 0.37 + 0.59,
  /** Each second of a connection on which nothing happens. */
  idleNodeMs: 0.68 / 60,
  /** What each node asks Redis every second, whatever happens. */
  nodeRedisMs: 1.4,
  connectionKiB: 100,
  personRedisKiB: 3,
};

/**
 * The same over a Redis Cluster of three masters, added up over these (`bench/costs.ts shards`): ids have
 * signposts, and who asks by time asks 64 times.
 */
export const MEASURED_SPREAD = {
  visitRedisMs: 0.47 + 0.72,
  personRedisKiB: 3.8,
  /** What each master takes every second, whatever happens: most of it for the other masters. */
  masterRedisMs: 2.5,
};

/** The least that make a Redis Cluster. */
const MASTERS = 3;

/** Practices lie in so many hash slots, and a master has some of these whole (`app/redis/shards.ts`). */
const SHARDS = 64;

/**
 * How many masters it takes until the one with the most hash slots has no more than it can carry; beyond one
 * slot for each, how many in several clusters.
 * @param {number} load @param {number} each What one may carry.
 */
function mastersFor(load, each) {
  const shards = Math.floor((SHARDS * each) / load);
  return shards < 1 ? Math.ceil(load / each) : Math.ceil(SHARDS / Math.min(SHARDS, shards));
}

/** @param {number} waiting How many patients wait at the same time. */
export function sizeFor(waiting) {
  const { waitSeconds, consultationSeconds, busyNode, busyRedis, nodeKiB, redisGiB } = ASSUMED;
  const visits = waiting / waitSeconds;
  const seen = visits * consultationSeconds;
  // A doctor for each who is seen.
  const connections = waiting + 2 * seen;
  const byCpu =
    (visits * MEASURED.visitNodeMs + connections * MEASURED.idleNodeMs) / 1000 / busyNode;
  const byMemory = (connections * MEASURED.connectionKiB) / nodeKiB;
  const nodes = Math.max(2, Math.ceil(byCpu), Math.ceil(byMemory));
  /** @param {{ visitRedisMs: number, personRedisKiB: number, masterRedisMs: number }} costs */
  const redisFor = ({ visitRedisMs, personRedisKiB, masterRedisMs }) => {
    const cores = (visits * visitRedisMs + nodes * MEASURED.nodeRedisMs) / 1000;
    const memory = ((waiting + 2 * seen) * personRedisKiB) / 1024 / 1024;
    const perMaster = busyRedis - masterRedisMs / 1000;
    const count = Math.max(mastersFor(cores, perMaster), mastersFor(memory, redisGiB));
    return { cores, memory, count };
  };
  const alone = redisFor({ ...MEASURED, masterRedisMs: 0 });
  const shared = alone.count === 1 ? alone : redisFor(MEASURED_SPREAD);
  const redis = alone.count === 1 ? 1 : Math.max(MASTERS, shared.count);
  const isRoomy = nodes === 2 && byCpu < 1 && byMemory < 1;
  const nodesBy = byMemory > byCpu ? 'memory of connections' : 'CPU of nodes';
  return {
    waiting,
    visits,
    connections,
    nodes,
    redis,
    redisCores: shared.cores,
    redisMemory: shared.memory,
    nodesBy: isRoomy ? 'nothing' : nodesBy,
  };
}

/** The most that wait while one Redis is enough. */
export function mostWithOneRedis() {
  let [low, high] = [1, 1e9];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (sizeFor(middle).redis === 1) low = middle;
    else high = middle;
  }
  return low;
}

/** @param {number} number */
const inWords = (number) =>
  new Intl.NumberFormat('en', { maximumSignificantDigits: 2 }).format(number);

/** The table as docs/OPERATIONS.md has it. */
export function sizingTable() {
  const rows = [1e3, 1e4, 1e5, 1e6, 1e7].map(sizeFor).map((size) => {
    const { waiting, visits, connections, nodes, redis, redisCores, redisMemory, nodesBy } = size;
    const cells = [waiting, visits, connections, nodes, redis, redisCores, redisMemory];
    return `| ${cells.map(inWords).join(' | ')} | ${nodesBy} |`;
  });
  return [
    '| patients waiting | visits a second | connections | nodes (processes, at least 2) | Redis (masters) | cores of Redis in all | GiB in Redis in all | nodes are limited by |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
