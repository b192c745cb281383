import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SERVER = join(ROOT, 'dist/app/server.js');

/** How long a process may take to listen or to end, in milliseconds. Nothing waits for it to pass. */
const PATIENCE_MS = 60_000;

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** The time that processors have worked for a process so far, in milliseconds. */
export async function cpuMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // After the name in brackets; Linux counts in hundredths of a second.
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) * 10;
}

/** A process with everything that it printed. It leads a group of its own, which signals go to. */
export class Process {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;

  constructor(command: string, args: readonly string[], cwd: string, env: Record<string, string>) {
    const { PATH = '', HOME = '' } = process.env;
    this.#child = spawn(command, args, {
      cwd,
      env: { PATH, HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = once(this.#child, 'close').then(([code, signal]) => ({
      code,
      signal,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What it takes of the machine's memory at the moment, in bytes. */
  async memory(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  }

  /** The time that processors have worked for it so far, in milliseconds. */
  cpuMs(): Promise<number> {
    return cpuMsOf(this.pid);
  }

  /** Resolves with the address that the server says, or has said, it listens on. */
  async listening(patienceMs = PATIENCE_MS): Promise<string> {
    const said = new Promise<string>((resolve) => {
      const look = () => {
        const url = /(?:Listening\s+|"url":")(http:\/\/[^\s"]+)/.exec(this.stdout)?.[1];
        if (url !== undefined) resolve(url);
      };
      look();
      this.#child.stdout?.on('data', look);
    });
    const gone = this.ended.then(({ code, stdout, stderr }) => {
      throw new Error(`The server ended with ${code} instead of listening:\n${stdout}${stderr}`);
    });
    return this.#inTime('listen', Promise.race([said, gone]), patienceMs);
  }

  /** Resolves when the process has ended by itself. */
  end(): Promise<Ended> {
    return this.#inTime('end', this.ended);
  }

  /** Sends a signal to it alone, which it goes on after. */
  tell(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends the signal, and resolves when the process is gone. */
  signal(signal: NodeJS.Signals): Promise<Ended> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      process.kill(-(this.#child.pid ?? 0), signal);
    }
    return this.end();
  }

  async #inTime<T>(what: string, promise: Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const fail = () => reject(new Error(`It did not ${what}:\n${this.stdout}${this.stderr}`));
      timer = setTimeout(fail, patienceMs);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
  }
}

/**
 * The built server as a process, the way an operator runs it: in a folder of its own, with nothing in
 * its environment but what is given. It keeps its data and its port from one start to the next.
 */
export class ServerProcess {
  readonly folder: string;
  readonly dataDir: string;
  readonly #env: Record<string, string>;
  readonly #processes: Process[] = [];
  #url = '';

  private constructor(folder: string, env: Record<string, string>) {
    this.folder = folder;
    this.dataDir = join(folder, 'data');
    this.#env = { DATA_DIR: this.dataDir, EXPRESS_PORT: '0', ...env };
  }

  static async make(env: Record<string, string> = {}): Promise<ServerProcess> {
    return new ServerProcess(await mkdtemp(join(tmpdir(), 'signaling-process-')), env);
  }

  static async start(env: Record<string, string> = {}): Promise<ServerProcess> {
    const server = await ServerProcess.make(env);
    await server.start().catch(async (error: unknown) => {
      await server.clear();
      throw error;
    });
    return server;
  }

  /** Where it listens, or listened last. */
  get url(): string {
    return this.#url;
  }

  get port(): string {
    return new URL(this.#url).port;
  }

  /** Starts it and resolves when it listens. */
  async start(): Promise<Process> {
    const started = this.run();
    this.#url = await started.listening();
    this.#env.EXPRESS_PORT = this.port;
    return started;
  }

  /** Starts it and leaves the rest to the caller. */
  run(env: Record<string, string> = {}): Process {
    const all = { ...this.#env, ...env };
    const started = new Process(process.execPath, [SERVER], this.folder, all);
    this.#processes.push(started);
    return started;
  }

  /** The process that was started last. */
  get process(): Process {
    const [last] = this.#processes.slice(-1);
    if (last === undefined) throw new Error('the server was never started');
    return last;
  }

  /** Sends the signal to what runs, and resolves when it is gone. */
  async signal(signal: NodeJS.Signals): Promise<Ended> {
    return this.process.signal(signal);
  }

  async clear(): Promise<void> {
    await Promise.all(this.#processes.map((started) => started.signal('SIGKILL')));
    await rm(this.folder, { recursive: true, force: true });
  }
}
