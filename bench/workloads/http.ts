import type { OurContestant } from '../lib/ours.ts';
import { quantile } from '../lib/statistics.ts';
import type { Section } from '../lib/table.ts';

const AT_ONCE = 20;

/** What a request costs, over connections that are kept: the five routes of old, and health. */
export async function http(contestant: OurContestant, { ms }: { ms: number }): Promise<Section> {
  const stage = await contestant.start();
  const namespaceId = await stage.practice(0);
  const made = await stage.ask(`create-room?namespaceId=${namespaceId}`);
  const { 'room-id': roomId } = (await made.json()) as { 'room-id': string };
  const routes = [
    `create-namespace?namespaceId=${namespaceId}`,
    `check-availability?namespaceId=${namespaceId}`,
    `join-room?roomId=${roomId}`,
    `create-room?namespaceId=${namespaceId}`,
    'remove-namespace?namespaceId=nobody',
    'healthz',
  ];
  const rows: string[][] = [];
  for (const route of routes) {
    const took: number[] = [];
    const until = async (end: number) => {
      while (performance.now() < end) {
        const began = performance.now();
        const answer = await stage.ask(route);
        await answer.text();
        if (!answer.ok) throw new Error(`${route}: ${answer.status}`);
        took.push(performance.now() - began);
      }
    };
    const load = (length: number) => {
      const end = performance.now() + length;
      return Promise.all(Array.from({ length: AT_ONCE }, () => until(end)));
    };
    await load(ms / 3);
    took.splice(0);
    const [cpu, began] = [await stage.process.cpuMs(), performance.now()];
    await load(ms);
    const spent = (await stage.process.cpuMs()) - cpu;
    rows.push([
      `\`${route.split('?')[0]}\``,
      ((spent * 1000) / took.length).toFixed(0),
      ((took.length * 1000) / (performance.now() - began)).toFixed(0),
      quantile(took, 0.5).toFixed(1),
      quantile(took, 0.99).toFixed(1),
    ]);
  }
  await stage.stop();
  return {
    title: 'Requests',
    about: `${AT_ONCE} at a time, each with an access token that is checked. Node's own \`fetch\` takes longer over one than the server does, and bounds how many there are.`,
    head: ['', 'CPU, µs', 'a second', 'p50, ms', 'p99, ms'],
    rows,
  };
}
