import type { End } from '../lib/contestant.ts';
import type { OurContestant } from '../lib/ours.ts';
import { quantile } from '../lib/statistics.ts';
import { atRate, settled } from '../lib/steady.ts';
import type { Section } from '../lib/table.ts';

/** What it costs that there are several nodes: where practices stay together, where they do not, and in Redis. */
export async function nodes(
  forms: readonly { contestant: OurContestant; practices: number }[],
  { pairs, rate, ms }: { pairs: number; rate: number; ms: number },
): Promise<Section> {
  const rows: string[][] = [];
  for (const { contestant, practices } of forms) {
    const stage = await contestant.start();
    for (let n = 0; n < practices; n += 1) await stage.practice(n);
    const ends: End[] = [];
    for (let n = 0; n < pairs; n += 1) ends.push(...(await stage.pair(n, n % practices)));
    await settled();
    // The first ones look for their addressees.
    await atRate(ends, rate, ms / 3);
    const idle = await costOf(stage, settled);
    const busy = await costOf(stage, () => atRate(ends, rate, ms));
    const took = busy.result;
    const each = (of: 'nodes' | 'redis') =>
      ((busy.cpu[of] - (idle.cpu[of] / idle.ms) * busy.ms) * 1000) / took.length;
    rows.push([
      contestant.name,
      String(practices),
      each('nodes').toFixed(1),
      each('redis').toFixed(1),
      quantile(took, 0.5).toFixed(2),
      quantile(took, 0.99).toFixed(1),
    ]);
    for (const end of ends) end.close();
    await stage.stop();
  }
  return {
    title: 'Several nodes',
    about: `${pairs} consultations, ${rate} candidates a second: processor time of all nodes and of Redis for one message, in microseconds, without what they take when nothing is sent; and how long a message takes, in milliseconds. Nodes and Redis share one processor.`,
    head: ['', 'practices', 'nodes, µs', 'Redis, µs', 'p50', 'p99'],
    rows,
  };
}

async function costOf<T>(
  stage: Awaited<ReturnType<OurContestant['start']>>,
  act: () => Promise<T>,
): Promise<{ result: T; ms: number; cpu: { nodes: number; redis: number } }> {
  const [before, began] = [await stage.cpuOfAll(), performance.now()];
  const result = await act();
  const after = await stage.cpuOfAll();
  const cpu = { nodes: after.nodes - before.nodes, redis: after.redis - before.redis };
  return { result, ms: performance.now() - began, cpu };
}
