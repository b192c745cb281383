import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Failure, ROOT } from './project.mjs';

/** How long a process may take to be ready, in milliseconds. */
const PATIENCE_MS = 30_000;

/** How long the load balancer may take to notice that a node is ready: two of its checks. */
const NOTICED_MS = 1000;

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** A port on loopback that is free now. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Failure('There is no free port.');
  return address.port;
}

/**
 * The configuration in deploy/, for so many nodes instead of two.
 *
 * @param {string} text
 * @param {number} count
 */
export function forNodes(text, count) {
  return text.replace(/^( *server )node-2 (.*)$/gm, (_, server, rest) =>
    Array.from({ length: count - 1 }, (_one, n) => n + 2)
      .map((n) => `${server}node-${n} ${rest.replaceAll('_2', `_${n}`).replaceAll('-2', `-${n}`)}`)
      .join('\n'),
  );
}

/**
 * Nodes, a Redis that they share, and a load balancer before them, as processes of this machine.
 */
export class Cluster {
  /** @type {ChildProcess[]} */
  #others = [];
  /** @type {{ name: string, port: number, child: ChildProcess }[]} */
  #nodes = [];
  #isStopping = false;
  /** Called when a process has ended that should not have. @type {(what: string) => void} */
  onLost = () => {};

  /**
   * @param {object} options
   * @param {number} options.count How many nodes.
   * @param {number} options.port Where the load balancer listens.
   * @param {string} options.folder For what they keep.
   * @param {{ redis: string, haproxy: string }} options.programs
   * @param {NodeJS.ProcessEnv} [options.env] Settings of the nodes.
   */
  constructor({ count, port, folder, programs, env = {} }) {
    this.count = count;
    this.port = port;
    this.folder = folder;
    this.programs = programs;
    this.env = env;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Where each node listens, and which process it is. */
  get nodes() {
    return this.#nodes.map(({ name, port, child }) => ({
      name,
      url: `http://127.0.0.1:${port}`,
      pid: child.pid,
    }));
  }

  /** Starts everything; resolves when clients can come. */
  async start() {
    mkdirSync(this.folder, { recursive: true });
    const redisPort = await freePort();
    const redis = ['--port', `${redisPort}`, '--bind', '127.0.0.1', '--appendonly', 'yes'];
    this.#others.push(this.#run('Redis', this.programs.redis, [...redis, '--dir', this.folder]));
    this.redisUrl = `redis://127.0.0.1:${redisPort}`;
    for (let n = 1; n <= this.count; n += 1) {
      this.#nodes.push(await this.#startNode(`node-${n}`, await freePort()));
    }
    const file = join(this.folder, 'haproxy.cfg');
    writeFileSync(file, forNodes(readFileSync(`${ROOT}deploy/haproxy.cfg`, 'utf8'), this.count));
    const places = this.#nodes.map(({ port }, n) => [`NODE_${n + 1}`, `127.0.0.1:${port}`]);
    const env = { ...Object.fromEntries(places), PORT: String(this.port) };
    this.#others.push(this.#run('HAProxy', this.programs.haproxy, ['-db', '-f', file], env));
    await this.#answers(`${this.url}/readyz`, 'HAProxy');
  }

  /** Replaces the nodes one after the other; clients go on at the others meanwhile. */
  async replaceNodes() {
    for (const node of this.#nodes) {
      const { child } = node;
      child.removeAllListeners('exit');
      child.kill('SIGTERM');
      await ended(child);
      node.child = (await this.#startNode(node.name, node.port)).child;
      await pause(NOTICED_MS);
    }
  }

  async stop() {
    this.#isStopping = true;
    const nodes = this.#nodes.map(({ child }) => child);
    for (const child of nodes) child.kill('SIGTERM');
    await Promise.all(nodes.map(ended));
    for (const child of this.#others) child.kill('SIGTERM');
    await Promise.all(this.#others.map(ended));
  }

  /** @param {string} name @param {number} port */
  async #startNode(name, port) {
    const env = {
      ...this.env,
      HOST: '127.0.0.1',
      EXPRESS_PORT: String(port),
      REDIS_URL: this.redisUrl,
      NODE_ID: name,
      DATA_DIR: join(this.folder, name),
      TRUSTED_PROXIES: 'loopback',
    };
    const child = this.#run(name, process.execPath, [`${ROOT}dist/app/server.js`], env);
    await this.#answers(`http://127.0.0.1:${port}/readyz`, name);
    return { name, port, child };
  }

  /**
   * @param {string} name
   * @param {string} program
   * @param {readonly string[]} args
   * @param {NodeJS.ProcessEnv} [env]
   */
  #run(name, program, args, env = {}) {
    const options = { cwd: this.folder, env: { ...process.env, ...env } };
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', () => {});
    process.once('exit', () => child.kill('SIGKILL'));
    child.once('exit', () => {
      if (!this.#isStopping) this.onLost(name);
    });
    return child;
  }

  /** @param {string} url @param {string} name */
  async #answers(url, name) {
    const until = performance.now() + PATIENCE_MS;
    while (performance.now() < until) {
      const isReady = await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isReady) return;
      await pause(50);
    }
    throw new Failure(`${name} does not answer at ${url}.`);
  }
}

/** @param {ChildProcess} child */
async function ended(child) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  await once(child, 'exit');
}
