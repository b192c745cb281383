import type { Contestant, End } from '../lib/contestant.ts';
import { quantile } from '../lib/statistics.ts';
import { atRate, settled } from '../lib/steady.ts';
import type { Section } from '../lib/table.ts';

export async function latency(
  contestants: readonly Contestant[],
  { rates, pairs, ms }: { rates: readonly number[]; pairs: number; ms: number },
): Promise<Section> {
  const rows: string[][] = [];
  for (const contestant of contestants) {
    const stage = await contestant.start();
    const all: [End, End][] = [];
    for (let n = 0; n < pairs; n += 1) all.push(await stage.pair(n, n % 10));
    await settled();
    for (const rate of rates) {
      // The first second warms up.
      const took = (await atRate(all.flat(), rate, ms)).slice(rate);
      const at = (share: number) => quantile(took, share).toFixed(1);
      rows.push([contestant.name, String(rate), at(0.5), at(0.99), at(0.999), String(took.length)]);
    }
    for (const end of all.flat()) end.close();
    await stage.stop();
  }
  return {
    title: 'How long a message takes',
    about: `Candidates between ${pairs} consultations at a fixed rate, in milliseconds from sender to receiver, with the load's own share in it.`,
    head: ['', 'a second', 'p50', 'p99', 'p99.9', 'messages'],
    rows,
  };
}
