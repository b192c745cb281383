import type { End } from '../lib/contestant.ts';
import type { OurContestant } from '../lib/ours.ts';
import { atRate, settled } from '../lib/steady.ts';
import type { Section } from '../lib/table.ts';

/** The same traffic of as many clients, in few practices and in many. */
export async function namespaces(
  contestant: OurContestant,
  {
    counts,
    pairs,
    rate,
    ms,
  }: { counts: readonly number[]; pairs: number; rate: number; ms: number },
): Promise<Section> {
  const rows: string[][] = [];
  let first: number | undefined;
  for (const count of counts) {
    const stage = await contestant.start();
    for (let n = 0; n < count; n += 1) await stage.practice(n);
    const ends: End[] = [];
    for (let n = 0; n < pairs; n += 1) ends.push(...(await stage.pair(n, n % count)));
    await settled();
    const cpu = await stage.process.cpuMs();
    const heard = (await atRate(ends, rate, ms)).length;
    const each = (((await stage.process.cpuMs()) - cpu) * 1000) / heard;
    first ??= each;
    rows.push([String(count), String(heard), each.toFixed(1), (each / first).toFixed(2)]);
    for (const end of ends) end.close();
    await stage.stop();
  }
  return {
    title: 'Few practices and many',
    about: `${pairs} consultations, ${rate} candidates a second: processor time of a message, in microseconds.`,
    head: ['practices', 'messages', 'CPU, µs', '× fewest'],
    rows,
  };
}
