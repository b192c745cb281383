import { setTimeout as pause } from 'node:timers/promises';
import type { LiveMinute, LiveNode, LiveState } from '@telemedicine-signaling/protocol';
import { Command, InvalidArgumentError } from 'commander';
import { type AskServer, type OperatorSettings, operatorClient } from './operator-client.ts';

export interface StatusCommandParts {
  /** Asked when the server is to be asked, and not for `--help`; what it throws is shown. */
  settings: () => OperatorSettings;
  stdout?: (text: string) => void;
  stderr?: (text: string) => void;
  exit?: (code: number) => never;
  /** Whether it can go on showing, instead of what it showed before. */
  isTerminal?: boolean;
}

interface Options {
  once?: true;
  every: number;
  json?: true;
  url?: string;
}

const EXIT_NOT_DONE = 1;
const EXIT_MISTAKE = 2;
const LISTED = 10;
/** Erases the screen, and begins at its top (ECMA-48). */
const CLEAR = '\u001b[2J\u001b[H';
const BARS = '▁▂▃▄▅▆▇█';

const HELP = `
It needs the OPERATOR_TOKEN of the server.
Exit codes: 0 the server takes clients, 1 it does not or cannot be asked, 2 the command line is wrong.`;

/** `status`: what happens on the running server, in the terminal (SPEC CLI-10). */
export function statusCommand({
  settings,
  stdout = (text) => process.stdout.write(text),
  stderr = (text) => process.stderr.write(text),
  exit = (code) => process.exit(code),
  isTerminal = process.stdout.isTTY === true,
}: StatusCommandParts): Command {
  return new Command('status')
    .description('show what happens on the running server, as /ops does')
    .option(
      '--once',
      'once, instead of until Ctrl-C (what happens anyway where stdout is no terminal)',
    )
    .option('--every <seconds>', 'how often', parseSeconds, 2)
    .option('--json', 'once, all of it, in JSON')
    .option('--url <address>', 'where the server listens (default: by its settings)')
    .addHelpText('after', HELP)
    .configureOutput({ writeOut: stdout, writeErr: stderr })
    .exitOverride(({ exitCode }) => exit(exitCode === 0 ? 0 : EXIT_MISTAKE))
    .action(async ({ once, every, json, url }: Options) => {
      try {
        const ask = operatorClient(settings(), url, 'has no OPERATOR_TOKEN: look at its settings.');
        const state = (await ask('/ops/state')) as LiveState;
        if (json) stdout(`${JSON.stringify(state, null, 2)}\n`);
        else if (once || !isTerminal) stdout(textOf(state));
        else await show(ask, every * 1000);
        if (state.readiness.ready) return;
      } catch (error) {
        stderr(`error: ${error instanceof Error ? error.message : String(error)}\n`);
      }
      exit(EXIT_NOT_DONE);
    });

  /** Until somebody ends it. A server that is away for a moment is part of what it shows. */
  async function show(ask: AskServer, everyMs: number): Promise<never> {
    for (;;) {
      const text = await ask('/ops/state').then(
        (state) => textOf(state as LiveState),
        (error: Error) => `${error.message}\n`,
      );
      stdout(`${CLEAR}${text}\nCtrl-C ends this.\n`);
      await pause(everyMs);
    }
  }
}

function textOf(state: LiveState): string {
  const { readiness, at, startedAt, clients, hour, namespaces, namespaceCount } = state;
  const roles = Object.entries(clients).map(
    ([role, count]) => `${count} ${role}${count === 1 ? '' : 's'}`,
  );
  const rows: [string, string][] = [
    ['Ready', readiness.ready ? 'yes' : `no: ${readiness.why}`],
    ['Up', lengthInWords(at - startedAt)],
    ['Clients', roles.join(', ')],
    ['Connections', `${state.connections}`.padEnd(8) + chart(hour, 'connections')],
    ['Waiting', `${state.waiting}`.padEnd(8) + chart(hour, 'waiting')],
    ['Calls', `${state.calls}`.padEnd(8) + chart(hour, 'calls')],
    ['On hold', `${state.onHold}`],
    ['Ended a minute', lastOf(hour, 'drops').padEnd(8) + chart(hour, 'drops')],
    ['Relayed a minute', lastOf(hour, 'relayed').padEnd(8) + chart(hour, 'relayed')],
  ];
  const lines = rows.map(([name, text]) => `${name.padEnd(18)}${text}`.trimEnd());
  const others = state.nodes.length < 2 ? [] : [...nodeTable(state.nodes), ''];
  return [...lines, '', ...others, ...practices(namespaces, namespaceCount), ''].join('\n');
}

function nodeTable(nodes: readonly LiveNode[]): string[] {
  const head = ['Node', 'Connections', 'Waiting', 'Calls', 'On hold', 'Takes clients'];
  const rows = nodes.map(({ id, isThis, figures }) => {
    const name = `${id}${isThis ? ' (this one)' : ''}`;
    if (figures === null) return [name, '', '', '', '', 'does not answer'];
    const { connections, waiting, calls, onHold, readiness } = figures;
    const takes = readiness.ready ? 'yes' : `no: ${readiness.why}`;
    return [name, ...[connections, waiting, calls, onHold].map(String), takes];
  });
  return aligned([head, ...rows]);
}

function practices(namespaces: LiveState['namespaces'], count: number): string[] {
  if (count === 0) return ['Nobody is here.'];
  const shown = namespaces.slice(0, LISTED);
  const head = ['Practice', 'Doctors', 'Waiting', 'In consultation', 'On hold', 'Lost for now'];
  const rows = shown.map(({ id, doctors, waiting, inConsultation, onHold, lost }) => [
    id,
    ...[doctors, waiting, inConsultation, onHold, lost].map(String),
  ]);
  const rest = count > shown.length ? [`… and ${count - shown.length} more`] : [];
  return [...aligned([head, ...rows]), ...rest];
}

/** Each column as wide as its widest cell: names on the left, figures on the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, n) => Math.max(...rows.map((row) => row[n]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, n) =>
        n === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart((widths[n] ?? 0) + 2),
      )
      .join(''),
  );
}

/** The last hour, a bar a minute, the highest as high as it was then. */
function chart(hour: readonly LiveMinute[], key: Exclude<keyof LiveMinute, 'at'>): string {
  const most = Math.max(1, ...hour.map((minute) => minute[key]));
  return hour.map((minute) => BARS[Math.round((minute[key] / most) * (BARS.length - 1))]).join('');
}

const lastOf = (hour: readonly LiveMinute[], key: 'drops' | 'relayed'): string =>
  String(hour.at(-1)?.[key] ?? 0);

function lengthInWords(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d{1,4}$/.test(text) && seconds >= 1 && seconds <= 3600) return seconds;
  throw new InvalidArgumentError('Give a whole number from 1 to 3600.');
}
