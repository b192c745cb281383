import { setTimeout as pause } from 'node:timers/promises';
import type { Contestant, End } from '../lib/contestant.ts';
import { quantile } from '../lib/statistics.ts';
import type { Section } from '../lib/table.ts';

/** Messages go out this often, in milliseconds: several at a time, as many as the rate wants. */
const TICK_MS = 4;

/** How long messages take at a fixed rate, in milliseconds, sender and receiver in one process. */
async function atRate(pairs: readonly [End, End][], rate: number, ms: number): Promise<number[]> {
  const took: number[] = [];
  const ends = pairs.flat();
  for (const end of ends) end.onHeard = (at) => took.push(performance.now() - at);
  const began = performance.now();
  let sent = 0;
  while (performance.now() - began < ms) {
    const due = ((performance.now() - began) * rate) / 1000;
    for (; sent < due; sent += 1) ends[sent % ends.length]?.say('ice-candidate', performance.now());
    await pause(TICK_MS);
  }
  await pause(500);
  // The first second warms up.
  return took.slice(rate);
}

export async function latency(
  contestants: readonly Contestant[],
  { rates, pairs, ms }: { rates: readonly number[]; pairs: number; ms: number },
): Promise<Section> {
  const rows: string[][] = [];
  for (const contestant of contestants) {
    const stage = await contestant.start();
    const all: [End, End][] = [];
    for (let n = 0; n < pairs; n += 1) all.push(await stage.pair(n, n % 10));
    for (const rate of rates) {
      const took = await atRate(all, rate, ms);
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
