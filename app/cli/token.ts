import { randomBytes } from 'node:crypto';
import { ROLES, type Role } from '@telemedicine-signaling/protocol';
import { Command, InvalidArgumentError, Option } from 'commander';
import { createTokenMint, type MintedToken, type MintSettings } from '../auth/mint.ts';
import { DEFAULT_MAX_LIFETIME_SECONDS } from '../auth/token-settings.ts';
import { type Clock, systemClock } from '../clock.ts';

export interface TokenCommandParts {
  /** Asked when a token is to be made, and not for `--help`; what it throws is shown as a mistake. */
  settings: () => MintSettings;
  clock?: Clock;
  stdout?: (text: string) => void;
  stderr?: (text: string) => void;
  exit?: (code: number) => never;
}

interface Options {
  role: Role;
  namespace: string[];
  ttl?: number;
  subject?: string;
  room?: string;
  urgent?: true;
}

const EXIT_MISTAKE = 2;
const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const USUAL_TTL_SECONDS = 8 * SECONDS.h;

/**
 * `token`: makes an access token for people without a backend (SPEC AUTH-29). The token, and nothing
 * else, goes to stdout; a line for people goes to stderr; a mistake ends the process with code 2.
 * The action is asynchronous: the program around it has to call `parseAsync`.
 */
export function tokenCommand({
  settings,
  clock = systemClock,
  stdout = (text) => process.stdout.write(text),
  stderr = (text) => process.stderr.write(text),
  exit = (code) => process.exit(code),
}: TokenCommandParts): Command {
  const command = new Command('token')
    .description('make an access token, signed with JWT_SECRET')
    .addOption(new Option('--role <role>', 'who it is for').choices(ROLES).makeOptionMandatory())
    .requiredOption('--namespace <id>', 'where it is good; may be given more than once', collect)
    .option('--ttl <time>', 'how long it is good: 90s, 30m, 8h or 1d (default: 8h)', parseTtl)
    .option('--subject <text>', 'whom it names (default: one made up)')
    .option('--room <id>', 'the only room that it is good for')
    .option('--urgent', 'the patient comes before those who are not urgent')
    .configureOutput({ writeOut: stdout, writeErr: stderr })
    .exitOverride(({ exitCode }) => exit(exitCode === 0 ? 0 : EXIT_MISTAKE));

  return command.action(async (options: Options) => {
    try {
      const given = settings();
      const { namespace: namespaces, ttl, ...rest } = options;
      const longest = given.maxLifetimeSeconds ?? DEFAULT_MAX_LIFETIME_SECONDS;
      const request = {
        subject: `${options.role}-${randomBytes(6).toString('hex')}`,
        ...rest,
        namespaces,
        ttlSeconds: ttl ?? Math.min(USUAL_TTL_SECONDS, longest),
      };
      const minted = await createTokenMint({ settings: given, clock }).mint(request);
      stdout(`${minted.token}\n`);
      stderr(`${describe(request, minted)}\n`);
    } catch (error) {
      command.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
}

const collect = (id: string, others: string[] = []): string[] => [...others, id];

function parseTtl(text: string): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('Write it like 90s, 30m, 8h or 1d.');
  return Number(count) * SECONDS[unit as keyof typeof SECONDS];
}

function describe(
  { role, subject, namespaces, room }: Omit<Options, 'namespace'> & { namespaces: string[] },
  { expiresAt }: MintedToken,
): string {
  const where = `${namespaces.join(', ')}${room === undefined ? '' : `, room ${room} only`}`;
  const until = new Date(expiresAt).toISOString().replace('.000Z', 'Z');
  return `For ${role} ${JSON.stringify(subject)} in ${where}, good until ${until}. Whoever holds it gets in: keep it secret.`;
}
