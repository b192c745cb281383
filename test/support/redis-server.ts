import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { Certificate } from './certificate.ts';
import { freePort } from './free-port.ts';

/** How long it may take to answer, in milliseconds. Nothing waits for it to pass. */
const PATIENCE_MS = 20_000;

/** None outlives this process. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

interface RedisOptions {
  /** Further options of the command line; given the folder that it runs in, and the port. */
  options?: (folder: string, port: number) => string[] | Promise<string[]>;
  /** What it proves itself with: it takes TLS and nothing else. */
  certificate?: Certificate;
}

/** A real redis-server on loopback, on a port of its own, which keeps nothing on the disk. */
export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  readonly #given: RedisOptions;
  #child: ChildProcess | undefined;

  private constructor(port: number, folder: string, given: RedisOptions) {
    this.port = port;
    this.#folder = folder;
    this.#given = given;
  }

  /** Starts it and waits until it answers. @throws if it is not installed */
  static async start(given: RedisOptions = {}): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'redis-'));
    const server = new RedisServer(await freePort(), folder, given);
    await server.run();
    return server;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get url(): string {
    const scheme = this.#given.certificate === undefined ? 'redis' : 'rediss';
    return `${scheme}://127.0.0.1:${this.port}`;
  }

  /** Starts it, empty, on the port that it had. */
  async run(): Promise<void> {
    const further = await this.#given.options?.(this.#folder, this.port);
    const options = further ?? [...this.#listens(), '--bind', '127.0.0.1', '--save', ''];
    const child = spawn(process.env.REDIS_SERVER_PATH ?? 'redis-server', options, {
      cwd: this.#folder,
      stdio: 'ignore',
    });
    this.#child = child;
    const failed = once(child, 'error').then(([error]) => Promise.reject(error));
    running.add(child);
    await Promise.race([this.#answers(), failed]);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child !== undefined) running.delete(child);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    // A stopped process takes this signal, too.
    child.kill('SIGKILL');
    await gone;
  }

  /** Everything stands still: connections stay open and nothing is answered. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** What it answers to a command, as Redis writes it (RESP 2). */
  say(...words: readonly string[]): Promise<string> {
    return this.#ask(words.join(' '));
  }

  /** How many commands of these names it has taken so far, from whomever. */
  async commandsTaken(...names: readonly string[]): Promise<number> {
    const text = await this.#ask('INFO commandstats');
    const calls = [...text.matchAll(/^cmdstat_(\w+):calls=(\d+)/gm)];
    return calls.reduce(
      (sum, [, name = '', count]) => sum + (names.includes(name) ? Number(count) : 0),
      0,
    );
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #answers(): Promise<void> {
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const said = await this.#ask('PING').catch(() => '');
      if (said.startsWith('+PONG')) return;
      if (performance.now() > until) throw new Error('redis-server does not answer');
      await pause(20);
    }
  }

  #listens(): string[] {
    const { certificate } = this.#given;
    if (certificate === undefined) return ['--port', String(this.port)];
    const { certFile, keyFile } = certificate;
    return [
      ...['--port', '0', '--tls-port', String(this.port), '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', certFile],
    ];
  }

  #connect(): Socket {
    if (this.#given.certificate === undefined) return connect(this.port, '127.0.0.1');
    return connectTls({ port: this.port, host: '127.0.0.1', rejectUnauthorized: false });
  }

  /** One inline command on a connection of its own. */
  async #ask(command: string): Promise<string> {
    const socket = this.#connect();
    socket.setEncoding('utf8');
    socket.end(`${command}\r\nQUIT\r\n`);
    let said = '';
    for await (const text of socket) said += text;
    return said;
  }
}
