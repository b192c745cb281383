import { ServerProcess } from '../../test/support/process.ts';
import { spread } from '../lib/statistics.ts';
import type { Section } from '../lib/table.ts';

/** From the command to a listening server, built and with its store in place. */
export async function starting({ times }: { times: number }): Promise<Section> {
  const server = await ServerProcess.start({
    AUTH: 'open',
    NODE_ENV: 'production',
    LOG_LEVEL: 'info',
  });
  const took: number[] = [];
  for (let n = 0; n < times; n += 1) {
    await server.signal('SIGKILL');
    const began = performance.now();
    await server.start();
    took.push(performance.now() - began);
  }
  await server.clear();
  return {
    title: 'From start to listening',
    about: `The built server, ${times} times.`,
    head: ['', 'ms'],
    rows: [['start to listening', spread(took, 0)]],
  };
}
