import { WEBHOOK_STATES, type WebhookState } from '@telemedicine-signaling/protocol';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { WebhookView } from '../webhooks/view.ts';
import { type AskServer, type OperatorSettings, operatorClient } from './operator-client.ts';

export interface WebhooksCommandParts {
  /** Asked when the server is to be asked, and not for `--help`; what it throws is shown. */
  settings: () => OperatorSettings;
  stdout?: (text: string) => void;
  stderr?: (text: string) => void;
  exit?: (code: number) => never;
}

interface ListOptions {
  state: WebhookState;
  room?: string;
  limit: number;
  json?: true;
  url?: string;
}

interface ReplayOptions {
  state?: WebhookState;
  since?: string;
  url?: string;
}

const EXIT_NOT_DONE = 1;
const EXIT_MISTAKE = 2;

/**
 * `webhooks`: looks at the webhooks of the running server, and has it send some again (SPEC HOOK-9).
 *
 * `list` writes them to stdout, the latest first; `replay` writes how many are sent again. Either ends
 * with 1 where the server cannot be asked; a mistake on the command line ends with 2.
 * The actions are asynchronous: the program around them has to call `parseAsync`.
 */
export function webhooksCommand({
  settings,
  stdout = (text) => process.stdout.write(text),
  stderr = (text) => process.stderr.write(text),
  exit = (code) => process.exit(code),
}: WebhooksCommandParts): Command {
  const webhooks = new Command('webhooks').description('look at webhooks, and send them again');
  const own = (command: Command): Command =>
    command
      .configureOutput({ writeOut: stdout, writeErr: stderr })
      .exitOverride(({ exitCode }) => exit(exitCode === 0 ? 0 : EXIT_MISTAKE));
  const urlOption = () =>
    new Option('--url <address>', 'where the server listens (default: by its settings)');

  own(webhooks.command('list'))
    .description('show those that were given up, the latest first')
    .addOption(
      new Option('--state <state>', 'those of this state instead')
        .choices(WEBHOOK_STATES)
        .default('given-up'),
    )
    .option('--room <id>', 'those of this room instead, of any state')
    .option('--limit <number>', 'how many at most, up to 500', parseLimit, 50)
    .option('--json', 'one JSON object a line, with what is sent')
    .addOption(urlOption())
    .action((options: ListOptions) => asking(options, (ask) => list(ask, options)));

  const replay = own(webhooks.command('replay'))
    .description('send some again: each comes with the id that it had')
    .argument('[id...]', 'which: as `webhooks list` shows them')
    .addOption(
      new Option('--state <state>', 'instead of ids: all of this state').choices([
        'given-up',
        'delivered',
      ]),
    )
    .option(
      '--since <time>',
      'with --state: of what happened since then, like 2030-01-01T08:00Z',
      parseTime,
    )
    .addOption(urlOption());
  replay.action((ids: string[], options: ReplayOptions) => {
    const { state, since } = options;
    if (ids.length > 0 === (state !== undefined)) {
      replay.error('error: name either ids or a --state.', { exitCode: EXIT_MISTAKE });
    }
    if (since !== undefined && state === undefined) {
      replay.error('error: --since goes with --state.', { exitCode: EXIT_MISTAKE });
    }
    const asked = state === undefined ? { ids } : { state, ...(since && { since }) };
    return asking(options, async (ask) => {
      const { count } = (await ask('/ops/webhooks/replay', asked)) as { count: number };
      stdout(`${count === 1 ? '1 webhook is' : `${count} webhooks are`} sent again.\n`);
    });
  });

  return own(webhooks);

  async function list(ask: AskServer, { state, room, limit, json }: ListOptions): Promise<void> {
    const fields = new URLSearchParams({ limit: String(limit) });
    if (room === undefined) fields.set('state', state);
    else fields.set('roomId', room);
    const { webhooks: found, next } = (await ask(`/ops/webhooks?${fields}`)) as {
      webhooks: WebhookView[];
      next: number | null;
    };
    for (const one of found) stdout(`${json ? JSON.stringify(one) : lineOf(one)}\n`);
    const which = room === undefined ? state : `for room ${room}`;
    if (found.length === 0) stderr(`There are no webhooks ${which}.\n`);
    if (next !== null) stderr(`There may be more: ask with a greater --limit.\n`);
  }

  async function asking(
    { url }: { url?: string },
    work: (ask: AskServer) => Promise<void>,
  ): Promise<void> {
    try {
      await work(operatorClient(settings(), url));
    } catch (error) {
      stderr(`error: ${error instanceof Error ? error.message : String(error)}\n`);
      exit(EXIT_NOT_DONE);
    }
  }
}

function lineOf(webhook: WebhookView): string {
  const { id, type, at, state, attempts } = webhook;
  const tries = attempts === 1 ? '1 try' : `${attempts} tries`;
  const why = state !== 'delivered' && webhook['last-error'] ? `: ${webhook['last-error']}` : '';
  return [
    at,
    id,
    type.padEnd('consultation.turn-soon'.length),
    `room ${webhook['room-id']}`,
    `${state} after ${tries}${why}`,
  ].join('  ');
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (/^\d{1,3}$/.test(text) && limit >= 1 && limit <= 500) return limit;
  throw new InvalidArgumentError('Give a number from 1 to 500.');
}

function parseTime(text: string): string {
  const time = Date.parse(text);
  if (/^\d{4}-\d\d-\d\d/.test(text) && Number.isFinite(time)) return new Date(time).toISOString();
  throw new InvalidArgumentError('Write it like 2030-01-01 or 2030-01-01T08:00Z.');
}
