import type { Contestant, End } from '../lib/contestant.ts';
import { median, spread } from '../lib/statistics.ts';
import type { Section } from '../lib/table.ts';

const AT_ONCE = 25;

async function comeIn(
  count: number,
  open: (number: number) => Promise<End>,
  ends: End[],
): Promise<void> {
  let next = 0;
  const one = async () => {
    for (let number = next++; number < count; number = next++) ends.push(await open(number));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

/** From the handshake until one is in, and what it costs to keep so many. */
export async function connecting(
  contestants: readonly Contestant[],
  { rounds, clients }: { rounds: number; clients: number },
): Promise<Section> {
  const figures = new Map<string, { cpu: number[]; memory: number[] }>();
  for (let round = 0; round < rounds; round += 1) {
    for (let index = 0; index < contestants.length; index += 1) {
      const contestant = contestants[(index + round) % contestants.length];
      if (contestant === undefined) continue;
      const stage = await contestant.start();
      const ends: End[] = [];
      // What is made once is not what a connection costs.
      await comeIn(200, (number) => stage.client(1_000_000 + number), ends);
      const [cpu, memory] = [await stage.process.cpuMs(), await stage.process.memory()];
      await comeIn(clients, (number) => stage.client(number), ends);
      const all = figures.get(contestant.name) ?? { cpu: [], memory: [] };
      figures.set(contestant.name, all);
      all.cpu.push((((await stage.process.cpuMs()) - cpu) * 1000) / clients);
      all.memory.push(((await stage.process.memory()) - memory) / clients / 1024);
      for (const end of ends) end.close();
      await stage.stop();
    }
  }
  const floor = figures.get('plain Socket.IO 4.8');
  return {
    title: 'Coming in, and waiting',
    about: `Processor time from the handshake to \`welcome\`, in microseconds, and what each of ${clients} clients adds to the memory, in KiB; with this server the client is known, its access token is checked, and it may resume.`,
    head: ['', 'CPU, µs', '× plain', 'KiB each', '× plain'],
    rows: [...figures].map(([name, { cpu, memory }]) => [
      name,
      spread(cpu, 0),
      floor === undefined ? '' : (median(cpu) / median(floor.cpu)).toFixed(2),
      spread(memory),
      floor === undefined ? '' : (median(memory) / median(floor.memory)).toFixed(2),
    ]),
  };
}
