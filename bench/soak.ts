/**
 * `npm run soak -- --minutes N`: consultations one after the other for a long time, with connections that are
 * cut and come back. Every message carries its consultation, its sender and a number; whoever hears it looks
 * for gaps, for what comes twice and for what comes out of order. After each round nobody is there, and the
 * process is looked at. Writes docs/SOAK.md. Exit code 1: something was lost, stuck, or left behind.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { simulate } from '../app/cli/simulate/run.ts';
import type { Tally } from '../app/cli/simulate/tally.ts';
import { ROOT, ServerProcess } from '../test/support/process.ts';
import { load } from './lib/pinned.ts';
import { quantile, slope } from './lib/statistics.ts';
import { markdownOf, type Section } from './lib/table.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error('--minutes is a number over 0.');

const NAME = 'telemedicine-signaling';
const SECRET = 'the secret of this soak: 0123456789abcdef012345';
const OPERATOR = 'operator-of-this-soak-0123456789';

/** A round takes about a minute: each of these practices holds so many calls, one after the other. */
const PRACTICES = 100;
const CALLS_EACH = 2;
const PLAN = {
  calls: PRACTICES * CALLS_EACH,
  atOnce: PRACTICES,
  messages: 60,
  lastsMs: 25_000,
  drops: true,
  patienceMs: 120_000,
};

/** What is still being warmed up says nothing about what grows. */
const WARM_UP_ROUNDS = 5;

interface Round {
  minute: number;
  tally: Tally;
  cpuMs: number;
  seconds: number;
  heapMiB: number;
  rssMiB: number;
  handles: number;
  connections: number;
  lagMs: number;
  load: number;
}

const server = await ServerProcess.start({
  NODE_ENV: 'production',
  LOG_LEVEL: 'info',
  JWT_SECRET: SECRET,
  OPERATOR_TOKEN: OPERATOR,
  MAX_CONNECTIONS_PER_ADDRESS: '1000',
});

async function figures(): Promise<(name: string) => number> {
  const headers = { authorization: `Bearer ${OPERATOR}` };
  const text = await (await fetch(`${server.url}/metrics`, { headers })).text();
  return (name) =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    );
}

async function round(began: number): Promise<Round> {
  const [cpu, at] = [await server.process.cpuMs(), performance.now()];
  const { tally } = await simulate({
    url: server.url,
    tokens: { issuer: NAME, audience: NAME, secrets: [SECRET] },
    plan: PLAN,
    signal: new AbortController().signal,
    onEnded: () => {},
    onNote: (text) => console.log(text),
  });
  const figure = await figures();
  return {
    minute: (performance.now() - began) / 60_000,
    tally,
    cpuMs: (await server.process.cpuMs()) - cpu,
    seconds: (performance.now() - at) / 1000,
    heapMiB: figure('nodejs_heap_size_used_bytes') / 2 ** 20,
    rssMiB: (await server.process.memory()) / 2 ** 20,
    handles: figure('nodejs_active_handles_total'),
    connections: figure('signaling_connections'),
    lagMs: figure('nodejs_eventloop_lag_p99_seconds') * 1000,
    load: load(),
  };
}

function sectionOf(rounds: readonly Round[]): Section {
  const settled = rounds.slice(Math.min(WARM_UP_ROUNDS, rounds.length - 2));
  const growth = (of: (round: Round) => number) =>
    (slope(settled.map((one) => [one.minute, of(one)])) * 60).toFixed(1);
  const sum = (of: (round: Round) => number) => rounds.reduce((all, one) => all + of(one), 0);
  const total = (of: (tally: Tally) => number) =>
    sum(({ tally }) => of(tally)).toLocaleString('en');
  return {
    title: 'What was seen',
    about: `${total(({ calls }) => calls.ended)} consultations, ${total(({ messages }) => messages.sent)} messages acknowledged and ${total(({ messages }) => messages.received)} received, ${total(({ connections }) => connections.dropped)} connections cut and ${total(({ connections }) => connections.resumed)} resumed: ${total(({ messages }) => messages.lost)} messages lost, ${total(({ messages }) => messages.duplicated)} twice, ${total(({ messages }) => messages.reordered)} out of order, ${total(({ calls }) => calls.stuck)} calls stuck, ${total(({ connections }) => connections.notResumed)} not resumed. From the ${WARM_UP_ROUNDS + 1}th round on the heap grew by ${growth(({ heapMiB }) => heapMiB)} MiB an hour, all memory by ${growth(({ rssMiB }) => rssMiB)}; a straight line through what the garbage collector had left at that moment.`,
    head: [
      'minute',
      'calls',
      'messages',
      'cut',
      'lost, twice, out of order',
      'message p99, ms',
      'CPU ms a call',
      'heap MiB',
      'all MiB',
      'handles',
      'event loop p99, ms',
      'load',
    ],
    rows: rounds.map(({ tally, ...one }) => [
      one.minute.toFixed(1),
      String(tally.calls.ended),
      String(tally.messages.received),
      String(tally.connections.dropped),
      [tally.messages.lost, tally.messages.duplicated, tally.messages.reordered].join(', '),
      quantile(tally.times.message, 0.99).toFixed(0),
      (one.cpuMs / tally.calls.ended).toFixed(1),
      one.heapMiB.toFixed(0),
      one.rssMiB.toFixed(0),
      String(one.handles),
      one.lagMs.toFixed(0),
      one.load.toFixed(1),
    ]),
  };
}

const rounds: Round[] = [];
const began = performance.now();
try {
  while (performance.now() - began < minutes * 60_000) {
    const one = await round(began);
    rounds.push(one);
    const { messages, calls } = one.tally;
    console.log(
      `${one.minute.toFixed(1)} min: ${calls.ended} calls, ${messages.received} messages, ${messages.lost} lost, heap ${one.heapMiB.toFixed(0)} MiB, ${one.handles} handles`,
    );
  }
} finally {
  await server.clear();
}

const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`;
const head = `# Soak

\`npm run soak -- --minutes N\` has ${PRACTICES} practices hold consultations all the time, with a connection cut in
most of them, and writes this page: ${machine}, load and server on the same machine, beside whatever else ran there.`;
const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
await writeFile(
  join(ROOT, 'docs/SOAK.md'),
  `${head} Version ${version}.\n\n${markdownOf(sectionOf(rounds))}\n`,
);
const isWell = rounds.every(({ tally, connections }) => tally.isWell && connections === 0);
console.log(isWell ? 'Well.' : 'Not well: see docs/SOAK.md.');
process.exitCode = isWell ? 0 : 1;
