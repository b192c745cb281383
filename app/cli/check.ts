import { Command, InvalidArgumentError } from 'commander';
import { fetchKeySet, KEY_SET_BOUNDS } from '../auth/fetch-key-set.ts';
import { systemClock } from '../clock.ts';
import { isWebOrigin } from '../config/safe-address.ts';
import type { Config } from '../config.ts';
import { createIceServers } from '../ice/ice-servers.ts';
import { checkClock, checkFileClock, type OtherClock } from './check/clock.ts';
import { type Finding, failed, ok, reasonOf } from './check/finding.ts';
import { checkFolder, checkRoom, checkStore, type InspectStore } from './check/folder.ts';
import { checkPort } from './check/port.ts';
import { checkPublicAddress } from './check/public-address.ts';
import { checkRedis, type ProbeRedis, unreachableRedis } from './check/redis.ts';
import { checkIceServer } from './check/relay.ts';
import { checkAccess, checkProxy, checkSettings } from './check/settings.ts';

export interface CheckCommandParts {
  /** @throws ConfigError, whose mistakes are what is found */
  settings: () => Config;
  inspectStore: InspectStore;
  probeRedis: ProbeRedis;
  stdout?: (text: string) => void;
  stderr?: (text: string) => void;
  exit?: (code: number) => never;
}

const EXIT_FAILED = 1;
const EXIT_MISTAKE = 2;
const EXIT_CONFIG = 78;

const PATIENCE_MS = 5000;

const HELP = `
Each line is ok, warning or failed; below what is not ok stands what to do.
Exit codes: 0 nothing failed, 1 something failed, 78 the settings are wrong (nothing else is looked at then).`;

/** `check`: looks at what a server needs, while it runs or before it is started; changes nothing (SPEC CLI-1). */
export function checkCommand({
  settings,
  inspectStore,
  probeRedis,
  stdout = (text) => process.stdout.write(text),
  stderr = (text) => process.stderr.write(text),
  exit = (code) => process.exit(code),
}: CheckCommandParts): Command {
  return new Command('check')
    .description('look at settings, store, Redis, TURN, ports, clock and TLS, and say what to do')
    .option('--url <address>', 'where browsers reach the server (default: PUBLIC_URL)', parseOrigin)
    .option('--json', 'what was found, as a list in JSON')
    .addHelpText('after', HELP)
    .configureOutput({ writeOut: stdout, writeErr: stderr })
    .exitOverride(({ exitCode }) => exit(exitCode === 0 ? 0 : EXIT_MISTAKE))
    .action(async ({ url, json }: { url?: string; json?: true }) => {
      const read = checkSettings(settings);
      const findings: Finding[] = [];
      const tell = (found: readonly Finding[]) => {
        findings.push(...found);
        if (!json) for (const finding of found) stdout(linesOf(finding));
      };
      if ('auth' in read) {
        const config = url === undefined ? read : { ...read, publicUrl: url };
        for await (const found of lookAt(config, inspectStore, probeRedis)) tell(found);
      } else tell(read);
      if (json) stdout(`${JSON.stringify(findings, null, 2)}\n`);
      if (!('auth' in read)) exit(EXIT_CONFIG);
      if (findings.some(({ level }) => level === 'failed')) exit(EXIT_FAILED);
    });
}

function linesOf({ level, about, says, remedy }: Finding): string {
  const line = `${level.padEnd(8)} ${about.padEnd(15)} ${says}\n`;
  return remedy === undefined ? line : `${line}${' '.repeat(25)}${remedy}\n`;
}

/** All is looked at at once, and told in this order. */
async function* lookAt(
  config: Config,
  inspectStore: InspectStore,
  probeRedis: ProbeRedis,
): AsyncGenerator<Finding[]> {
  const { dataDir, cluster, publicUrl, host, port, metrics } = config;
  const redis = cluster && seenRedis(cluster.redisUrl, probeRedis);
  const outside = publicUrl === undefined ? undefined : checkPublicAddress(publicUrl, PATIENCE_MS);
  const relays = checkIce(config);
  const keys = checkKeys(config.tokens.jwksUrl);
  const ports = Promise.all([
    checkPort('port', { host, port }, 'EXPRESS_PORT'),
    ...(metrics ? [checkPort('metrics port', metrics, 'METRICS_PORT')] : []),
  ]);

  yield [ok('settings', 'all are allowed'), checkAccess(config), ...checkProxy(config)];
  yield await keys;
  const [main, ...others] = await ports;
  yield [main, ...others].map(({ finding }) => finding);
  yield [await checkFolder(dataDir), await checkRoom(dataDir)];
  if (redis === undefined) yield [checkStore(dataDir, inspectStore, main.isServed)];
  const seen = await redis;
  if (seen !== undefined) yield seen.findings;
  yield await relays;
  const reached = await outside;
  if (reached !== undefined) yield reached.findings;
  yield [
    ...checkClock([...(seen?.clocks ?? []), ...(reached?.clocks ?? [])]),
    ...(await checkFileClock(dataDir)),
  ];
}

async function seenRedis(
  url: string,
  probe: ProbeRedis,
): Promise<{ findings: Finding[]; clocks: OtherClock[] }> {
  try {
    const seen = await probe(url, PATIENCE_MS);
    const { now, uncertainMs } = seen;
    const clocks = [{ whose: 'Redis', now, uncertainMs, readAt: Date.now() }];
    return { findings: checkRedis(seen), clocks };
  } catch (error) {
    return { findings: [unreachableRedis(error)], clocks: [] };
  }
}

/** Every STUN and TURN server that clients are given, with credentials as a client gets them. */
function checkIce({ ice }: Config): Promise<Finding[]> {
  const { iceServers } = createIceServers(ice, systemClock).forClient('check');
  return Promise.all(
    iceServers.flatMap(({ urls, username, credential }) => {
      const given =
        username === undefined || credential === undefined ? undefined : { username, credential };
      return [urls].flat().map((url) => checkIceServer(url, given, PATIENCE_MS));
    }),
  );
}

async function checkKeys(jwksUrl: string | undefined): Promise<Finding[]> {
  if (jwksUrl === undefined) return [];
  try {
    const set = (await fetchKeySet(jwksUrl, KEY_SET_BOUNDS)) as { keys?: unknown[] } | null;
    const count = set?.keys?.length ?? 0;
    if (count > 0) return [ok('keys', `JWKS_URL gives ${count === 1 ? '1 key' : `${count} keys`}`)];
    return [failed('keys', 'JWKS_URL gives no keys', 'Publish the keys of the backend there.')];
  } catch (error) {
    const remedy = 'Correct JWKS_URL, or let this machine reach it.';
    return [failed('keys', `JWKS_URL cannot be had: ${reasonOf(error)}`, remedy)];
  }
}

function parseOrigin(text: string): string {
  if (isWebOrigin(text)) return text.replace(/\/$/, '');
  throw new InvalidArgumentError('Write it like https://calls.example.org, without a path.');
}
