import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { isWebOrigin } from '../config/safe-address.ts';
import type { Config } from '../config.ts';
import { addressOf } from './operator-client.ts';
import { type SimulationPlan, simulate } from './simulate/run.ts';
import { summaryOf, textOf } from './simulate/summary.ts';

export interface SimulateCommandParts {
  /** Asked when there is something to be simulated, and not for `--help`; what it throws is shown. */
  settings: () => Config;
  stdout?: (text: string) => void;
  stderr?: (text: string) => void;
  exit?: (code: number) => never;
  /** Whether somebody looks on, who wants to see how far it is. */
  isWatched?: boolean;
}

interface Options {
  calls: number;
  atOnce: number;
  messages: number;
  seconds: number;
  patience: number;
  drops?: true;
  json?: true;
  url?: string;
}

const EXIT_NOT_DONE = 1;
const EXIT_MISTAKE = 2;

const HELP = `
Doctors and patients come over sockets, as pages do, in practices that are removed at the end; no picture and
no sound. What it leaves are records of consultations, lines of the audit trail, figures, and webhooks where
the server sends any: give it a server that is not at work.
Exit codes: 0 all calls were held and nothing was lost; 1 something was lost, came twice or out of order, or a
call got stuck, or no server can be used; 2 the command line is wrong.`;

/** `simulate`: doctors and patients hold calls on a running server (SPEC CLI-6 and following). */
export function simulateCommand({
  settings,
  stdout = (text) => process.stdout.write(text),
  stderr = (text) => process.stderr.write(text),
  exit = (code) => process.exit(code),
  isWatched = process.stdout.isTTY === true,
}: SimulateCommandParts): Command {
  return new Command('simulate')
    .description('have doctors and patients hold calls on a running server, and tell how it went')
    .option('--calls <number>', 'how many calls', whole(1, 1_000_000), 10)
    .option('--at-once <number>', 'how many of them at the same time', whole(1, 10_000), 50)
    .option('--drops', 'cut connections in their midst, to come back a moment later')
    .option('--messages <number>', 'how many each side sends in a call', whole(2, 1000), 20)
    .option('--seconds <number>', 'over how long they are spread', whole(0, 3600), 2)
    .option('--patience <seconds>', 'when a call that has not ended is stuck', whole(1, 86_400), 90)
    .option('--json', 'what it came to, in JSON')
    .option('--url <address>', 'where the server listens (default: by its settings)', parseOrigin)
    .addHelpText('after', HELP)
    .configureOutput({ writeOut: stdout, writeErr: stderr })
    .exitOverride(({ exitCode }) => exit(exitCode === 0 ? 0 : EXIT_MISTAKE))
    .action(async ({ json, url, ...options }: Options) => {
      const isWell = await hold(options, url, json === true).catch((error: unknown) => {
        stderr(`error: ${error instanceof Error ? error.message : String(error)}\n`);
        return false;
      });
      if (!isWell) exit(EXIT_NOT_DONE);
    });

  async function hold(
    options: Omit<Options, 'json' | 'url'>,
    url: string | undefined,
    json: boolean,
  ) {
    const config = settings();
    const plan: SimulationPlan = {
      ...options,
      drops: options.drops === true,
      lastsMs: options.seconds * 1000,
      patienceMs: options.patience * 1000,
    };
    const bar = isWatched && !json ? barOf(plan.calls) : undefined;
    const stop = new AbortController();
    const interrupt = () => stop.abort();
    process.once('SIGINT', interrupt);
    const began = performance.now();
    try {
      const { tally, atOnce } = await simulate({
        url: url ?? addressOf(config),
        tokens: config.auth === 'jwt' ? config.tokens : undefined,
        plan,
        signal: stop.signal,
        onEnded: () => bar?.increment(),
        onNote: (text) => stderr(`${text}\n`),
      });
      bar?.stop();
      const seconds = Math.round(performance.now() - began) / 1000;
      const summary = summaryOf(tally, { seconds, atOnce });
      stdout(json ? `${JSON.stringify(summary, null, 2)}\n` : textOf(summary));
      if (stop.signal.aborted) stderr('It was interrupted: not all calls were held.\n');
      return tally.isWell && !stop.signal.aborted;
    } finally {
      bar?.stop();
      process.off('SIGINT', interrupt);
    }
  }
}

function barOf(calls: number): SingleBar {
  const format = '{bar} {value} of {total} calls, {duration_formatted}';
  const bar = new SingleBar({ format, hideCursor: true, clearOnComplete: true });
  bar.start(calls, 0);
  return bar;
}

const whole = (least: number, most: number) => (text: string) => {
  const number = Number(text);
  if (/^\d{1,7}$/.test(text) && number >= least && number <= most) return number;
  throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
};

function parseOrigin(text: string): string {
  if (isWebOrigin(text)) return text.replace(/\/$/, '');
  throw new InvalidArgumentError('Write it like http://127.0.0.1:3000, without a path.');
}
