import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTurnClient } from './turn-client.ts';

const DEPLOYED_CONFIGURATION = new URL('../../deploy/turnserver.conf', import.meta.url).pathname;

export interface CoturnSettings {
  /** Where it listens: that of one before it; by default any. */
  port?: number;
  /** What coturn calls static-auth-secret; several may be live. */
  secrets: readonly string[];
  /** Further options, as on its command line: they come on top of the configuration file. */
  options?: readonly string[];
  /** A configuration file; the one in deploy/ if nothing else is said. */
  configuration?: string;
}

export interface Coturn {
  /** UDP and TCP, on 127.0.0.1. */
  port: number;
  /** The SQLite file in which `turnadmin` keeps further secrets. */
  database: string;
  /** All that it has written so far. */
  log(): string;
  stop(): Promise<void>;
}

/**
 * Starts a real turnserver on loopback, on a free port, with relayed addresses on 127.0.0.1 and ::1,
 * and waits until it answers.
 * @throws if it is not installed (with the command that installs it), or if it ends instead of answering
 */
export async function startCoturn(settings: CoturnSettings): Promise<Coturn> {
  const folder = await mkdtemp(join(tmpdir(), 'coturn-'));
  const database = join(folder, 'turndb');
  const port = settings.port ?? (await freePort());
  const child = spawn(
    process.env.TURNSERVER_PATH ?? 'turnserver',
    [
      ...['-c', settings.configuration ?? DEPLOYED_CONFIGURATION],
      ...['--pidfile=', `--userdb=${database}`],
      ...[`--listening-port=${port}`, '--listening-ip=127.0.0.1', '--no-tls'],
      ...['--relay-ip=127.0.0.1', '--relay-ip=::1'],
      ...settings.secrets.map((secret) => `--static-auth-secret=${secret}`),
      ...(settings.options ?? []),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder },
  );
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  }
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.race([answers(port), endedEarly(child, () => log)]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, database, log: () => log, stop };
}

async function answers(port: number): Promise<void> {
  const client = await openTurnClient(port, { username: '1:nobody', credential: 'none' });
  try {
    await client.binding();
    // The first look for a user makes the tables of its database; one that came meanwhile would fail.
    await client.allocate();
  } finally {
    client.close();
  }
}

async function endedEarly(child: ChildProcess, log: () => string): Promise<never> {
  try {
    await once(child, 'exit');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(
      'turnserver (coturn) is missing. Install it with: sudo apt-get install -y coturn. ' +
        'TURNSERVER_PATH may name it.',
    );
  }
  throw new Error(`turnserver ended before it answered:\n${log()}`);
}

async function end(child: ChildProcess): Promise<void> {
  const isRunning = child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  if (!isRunning) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/**
 * A port free for UDP and TCP, below those that the kernel hands out by itself: coturn shares a UDP
 * port that is in use instead of failing.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if ((await isFree(port, 'tcp')) && (await isFree(port, 'udp'))) return port;
  }
}

async function isFree(port: number, protocol: 'tcp' | 'udp'): Promise<boolean> {
  const holder = protocol === 'tcp' ? createServer() : createSocket('udp4');
  const listening = once(holder, 'listening');
  if ('listen' in holder) holder.listen(port, '127.0.0.1');
  else holder.bind(port, '127.0.0.1');
  try {
    await listening;
    holder.close();
    return true;
  } catch {
    return false;
  }
}
