import { quantile, type Tally } from './tally.ts';

/** What a simulation has come to, for programs: times in milliseconds. */
export function summaryOf(tally: Tally, { seconds, atOnce }: { seconds: number; atOnce: number }) {
  const { calls, messages, connections, times } = tally;
  return {
    well: tally.isWell,
    seconds,
    atOnce,
    calls,
    messages,
    connections,
    slowed: Object.fromEntries(tally.slowed),
    times: Object.fromEntries(
      Object.entries(times).map(([name, all]) => [
        name,
        { count: all.length, p50: quantile(all, 0.5), p99: quantile(all, 0.99) },
      ]),
    ),
    events: Object.fromEntries(tally.events),
    reasons: [...tally.reasons],
  };
}

export type Summary = ReturnType<typeof summaryOf>;

/** The same for people. */
export function textOf(summary: Summary): string {
  const { calls, messages, connections, times, slowed, reasons } = summary;
  const within = (name: string) => {
    const { p50, p99 } = times[name] ?? {};
    return p50 === undefined ? 'none' : `p50 ${inWords(p50)}, p99 ${inWords(p99)}`;
  };
  const waits = Object.entries(slowed).map(([code, times]) => `${code} ${count(times)}×`);
  const rows: [string, string][] = [
    [
      'Calls',
      `${of(calls.setUp, 'set up')}, ${of(calls.ended, 'ended')}, ${of(calls.stuck, 'stuck')}`,
    ],
    [
      'Messages',
      `${of(messages.sent, 'acknowledged')}, ${of(messages.received, 'received')}: ${of(messages.lost, 'lost')}, ` +
        `${of(messages.duplicated, 'twice')}, ${of(messages.reordered, 'out of order')}`,
    ],
    [
      '',
      `${of(messages.held, 'held for who was away')}, ${of(messages.unanswered, 'cut off before their answer')}`,
    ],
    [
      'Connections',
      `${of(connections.made, 'people')}, ${of(connections.dropped, 'cut')}, ${of(connections.resumed, 'resumed')}, ` +
        of(connections.notResumed, 'not resumed'),
    ],
    ['To connect', within('connect')],
    ['To be admitted', within('admission')],
    ['To set up', within('setUp')],
    ['A message', within('message')],
    ['A change', within('change')],
    ...(waits.length === 0
      ? []
      : ([['Slowed down', `${waits.join(', ')}: the server asked for patience, and got it`]] as [
          string,
          string,
        ][])),
    ...reasons.map((reason): [string, string] => ['Stuck', reason]),
  ];
  const head = `${of(calls.asked, calls.asked === 1 ? 'call' : 'calls')} in ${summary.seconds.toFixed(1)} s, ${summary.atOnce} at once`;
  return `${head}\n\n${rows.map(([name, text]) => `${name.padEnd(16)}${text}\n`).join('')}`;
}

const count = (n: number): string => n.toLocaleString('en');
const of = (n: number, what: string): string => `${count(n)} ${what}`;

function inWords(ms: number | undefined): string {
  if (ms === undefined) return '–';
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
