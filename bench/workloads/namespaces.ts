import { setTimeout as pause } from 'node:timers/promises';
import type { End } from '../lib/contestant.ts';
import type { OurContestant } from '../lib/ours.ts';
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
    let heard = 0;
    for (const end of ends) {
      end.onHeard = () => {
        heard += 1;
      };
    }
    const [cpu, began] = [await stage.process.cpuMs(), performance.now()];
    for (let sent = 0; performance.now() - began < ms; ) {
      const due = ((performance.now() - began) * rate) / 1000;
      for (; sent < due; sent += 1) ends[(sent * 7) % ends.length]?.say('ice-candidate', 0);
      await pause(4);
    }
    await pause(300);
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
