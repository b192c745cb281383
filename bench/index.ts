/**
 * `npm run bench`: what this server costs, beside others, on the machine that this runs on. It writes
 * docs/BENCHMARKS.md. `--quick` looks at the most important in under two minutes, and writes nothing;
 * `--only TITLE` runs the parts whose name begins so.
 */
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../test/support/process.ts';
import { BARE_WS, PEERJS, PLAIN_SOCKETIO } from './lib/others.ts';
import { OPEN, REDIS, SCATTERED, TOGETHER, TOKENS } from './lib/ours.ts';
import { load, pinLoad } from './lib/pinned.ts';
import { markdownOf, type Section } from './lib/table.ts';
import { connecting } from './workloads/connecting.ts';
import { firstFrame } from './workloads/first-frame.ts';
import { http } from './workloads/http.ts';
import { latency } from './workloads/latency.ts';
import { namespaces } from './workloads/namespaces.ts';
import { nodes } from './workloads/nodes.ts';
import { relay } from './workloads/relay.ts';
import { restart } from './workloads/restart.ts';
import { starting } from './workloads/starting.ts';
import { waiting } from './workloads/waiting.ts';

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
const { quick, only } = values;
const ALL = [BARE_WS, PEERJS, PLAIN_SOCKETIO, OPEN, TOKENS, REDIS];

const PARTS: Record<string, () => Promise<Section>> = {
  relay: () =>
    quick
      ? relay([BARE_WS, PLAIN_SOCKETIO, TOKENS], { rounds: 3, ms: 2000 })
      : relay(ALL, { rounds: 5, ms: 3000 }),
  latency: () =>
    latency([PLAIN_SOCKETIO, TOKENS], {
      pairs: quick ? 200 : 1000,
      rates: quick ? [2000] : [2000, 5000],
      ms: quick ? 4000 : 12_000,
    }),
  connecting: () =>
    connecting([PLAIN_SOCKETIO, OPEN, TOKENS], {
      rounds: quick ? 1 : 3,
      clients: quick ? 1000 : 8000,
    }),
  waiting: () => waiting(TOKENS, { sizes: quick ? [100] : [50, 100, 250, 500], ms: 8000 }),
  restart: () => restart(TOKENS, { clients: quick ? 500 : 5000 }),
  namespaces: () =>
    namespaces(TOKENS, {
      counts: quick ? [10, 500] : [10, 100, 1000, 5000],
      pairs: quick ? 500 : 5000,
      rate: 2000,
      ms: quick ? 3000 : 10_000,
    }),
  http: () => http(TOKENS, { ms: quick ? 1500 : 6000 }),
  nodes: () =>
    nodes(
      [
        { contestant: TOKENS, practices: 10 },
        { contestant: REDIS, practices: 10 },
        { contestant: TOGETHER, practices: 10 },
        { contestant: SCATTERED, practices: 10 },
        { contestant: SCATTERED, practices: quick ? 1000 : 10_000 },
      ],
      { pairs: quick ? 200 : 1000, rate: 2000, ms: quick ? 5000 : 12_000 },
    ),
  starting: () => starting({ times: quick ? 3 : 10 }),
  'first-frame': () => firstFrame({ rounds: 20 }),
};

/** Nothing of two minutes. */
const NOT_QUICK: ReadonlySet<string> = new Set(['http', 'nodes', 'first-frame']);

pinLoad();
const sections: string[] = [];
for (const [name, part] of Object.entries(PARTS)) {
  if (!name.startsWith(only) || (quick && only === '' && NOT_QUICK.has(name))) continue;
  const before = load();
  const text = markdownOf(await part());
  sections.push(`${text}\n\nLoad of the machine before: ${before.toFixed(1)}.`);
  console.log(`\n${sections.at(-1)}`);
}

const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`;
console.log(`\n${machine}`);
if (!quick && only === '') {
  const head = `# Benchmarks

\`npm run bench\` measures what stands here, on the machine that it runs on, and writes this page;
\`npm run bench -- --quick\` looks at the most important in two minutes. The server has one processor to itself,
the load has another. Each contestant is a fresh process, and their order changes from round to round. Figures
within one table belong together; across machines and days only the ratios mean something.

${machine}.`;
  const text = [head, ...sections].join('\n\n');
  await writeFile(join(ROOT, 'docs/BENCHMARKS.md'), `${text}\n`);
}
