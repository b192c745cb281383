import { setTimeout as pause } from 'node:timers/promises';
import type { Contestant, End, Stage } from '../lib/contestant.ts';
import type { Kind } from '../lib/messages.ts';
import { peakMemory } from '../lib/pinned.ts';
import { median, spread } from '../lib/statistics.ts';
import type { Section } from '../lib/table.ts';

const PAIRS = 50;
/** Messages under way in each direction of a pair: the next one goes out when one has come. */
const WINDOW = 4;

interface Figures {
  offer: number[];
  'ice-candidate': number[];
  perSecond: number[];
  memory: number[];
}

/** Processor time of the server for each message that arrived, in microseconds. */
async function saturate(
  stage: Stage,
  pairs: readonly [End, End][],
  kind: Kind,
  ms: number,
): Promise<{ cpu: number; perSecond: number }> {
  let heard = 0;
  let isOver = false;
  for (const [a, b] of pairs) {
    for (const [end, other] of [
      [a, b],
      [b, a],
    ] as const) {
      // Whoever hears a message sends the next one back.
      end.onHeard = () => {
        heard += 1;
        if (!isOver) end.say(kind, 0);
      };
      for (let n = 0; n < WINDOW; n += 1) other.say(kind, 0);
    }
  }
  await pause(ms / 3);
  const [before, began, cpuBefore] = [heard, performance.now(), await stage.process.cpuMs()];
  await pause(ms);
  const [messages, passed] = [heard - before, performance.now() - began];
  const cpu = (await stage.process.cpuMs()) - cpuBefore;
  isOver = true;
  await pause(200);
  if (messages === 0) throw new Error('nothing was relayed');
  return { cpu: (cpu * 1000) / messages, perSecond: (messages * 1000) / passed };
}

/** The contestants one after the other, in another order each round, each a fresh process. */
export async function relay(
  contestants: readonly Contestant[],
  { rounds, ms }: { rounds: number; ms: number },
): Promise<Section> {
  const figures = new Map<string, Figures>();
  for (let round = 0; round < rounds; round += 1) {
    const order = contestants.map((_, index) => contestants[(index + round) % contestants.length]);
    for (const contestant of order) {
      if (contestant === undefined) continue;
      const stage = await contestant.start();
      const pairs: [End, End][] = [];
      for (let n = 0; n < PAIRS; n += 1) pairs.push(await stage.pair(n, n % 10));
      const all = figures.get(contestant.name) ?? {
        offer: [],
        'ice-candidate': [],
        perSecond: [],
        memory: [],
      };
      figures.set(contestant.name, all);
      for (const kind of ['offer', 'ice-candidate'] as const) {
        const { cpu, perSecond } = await saturate(stage, pairs, kind, ms);
        all[kind].push(cpu);
        if (kind === 'offer') all.perSecond.push(perSecond);
      }
      all.memory.push(peakMemory(stage.process) / 2 ** 20);
      for (const end of pairs.flat()) end.close();
      await stage.stop();
    }
  }
  return sectionOf(figures);
}

function sectionOf(figures: Map<string, Figures>): Section {
  const floor = figures.get('bare `ws` relay');
  const ratio = (value: number, of: number[] | undefined) =>
    of === undefined ? '' : (value / median(of)).toFixed(2);
  return {
    title: 'Relaying, as fast as it goes',
    about: `Processor time of the server for one message, in microseconds: median, and in brackets least and most. ${PAIRS} pairs, ${2 * WINDOW} messages of each under way.`,
    head: ['', 'offer', '× bare', 'candidate', '× bare', 'offers a second', 'peak MiB'],
    rows: [...figures].map(([name, all]) => [
      name,
      spread(all.offer),
      ratio(median(all.offer), floor?.offer),
      spread(all['ice-candidate']),
      ratio(median(all['ice-candidate']), floor?.['ice-candidate']),
      median(all.perSecond).toFixed(0),
      median(all.memory).toFixed(0),
    ]),
  };
}
