import type { Guide, Numbered } from './guide.ts';

/** How many of the oldest before `time`, at most `limit` in all, are in the sorted set of each shard. */
export async function sharesOf(
  guide: Guide,
  keyIn: (shard: Numbered) => string,
  time: number,
  limit: number,
): Promise<{ n: number; count: number }[]> {
  const found = await guide.everywhere(async (shard) => {
    const words = ['ZRANGEBYSCORE', keyIn(shard), '-inf', `(${time}`, 'WITHSCORES'];
    const page = ['LIMIT', '0', String(limit)];
    const said = await shard.store.read([], (redis) =>
      redis.sendCommand<string[]>([...words, ...page]),
    );
    const scores = said.filter((_, index) => index % 2 === 1).map(Number);
    return scores.map((at) => ({ at, n: shard.n }));
  });
  const oldest = found.flat().sort((a, b) => a.at - b.at);
  const counts = new Map<number, number>();
  for (const { n } of oldest.slice(0, limit)) counts.set(n, (counts.get(n) ?? 0) + 1);
  return [...counts].map(([n, count]) => ({ n, count }));
}
