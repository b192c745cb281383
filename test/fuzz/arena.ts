import { expect } from 'vitest';
import { type Process, ServerProcess } from '../support/process.ts';
import { Bystanders } from './bystanders.ts';
import { IS_NIGHTLY, STALL_MS } from './plan.ts';
import { PRACTICES, type Practice, SECRET, tokenFor } from './practices.ts';
import { Stalls } from './stalls.ts';

/** What hostile clients would run into sooner than into a mistake is out of their way. */
const ENVIRONMENT = {
  JWT_SECRET: SECRET,
  LOG_LEVEL: 'error',
  EVENT_BURST: '1000000',
  EVENTS_PER_SECOND: '1000000',
  MAX_CONNECTIONS_PER_ADDRESS: '1000000',
  MAX_FAILED_ATTEMPTS: '100000',
  WINDOW_DOCTOR_SECONDS: '1',
  WINDOW_PATIENT_SECONDS: '1',
  WINDOW_GUEST_SECONDS: '1',
  KNOCK_SECONDS: '1',
  UNUSED_ROOM_HOURS: '0.01',
  ENDED_ROOM_HOURS: '0.01',
  TURN_URLS: 'turn:192.0.2.1',
  TURN_SECRET: SECRET,
};

/** The built server in a process of its own, and honest people in it who notice if something is wrong. */
export class Arena {
  #server: ServerProcess | undefined;
  #process: Process | undefined;
  #hasEnded = false;
  #isSound = false;
  #bystanders: Bystanders[] = [];
  readonly stalls = new Stalls();

  get url(): string {
    return this.#running.url;
  }

  get port(): number {
    return Number(this.#running.port);
  }

  /** The client-ids of those who are honest in this practice. */
  honestIn(practice: Practice): { doctor: string; patient: string } {
    const found = this.#bystanders.find((pair) => pair.practice === practice);
    if (found === undefined) throw new Error(`nobody honest is in ${practice}`);
    return found.ids;
  }

  /** Sees to it that a server runs: starts one, or another after one that a case has harmed. */
  async ready(): Promise<void> {
    if (this.#server !== undefined && this.#isSound) return;
    await this.close();
    this.stalls.begin();
    const server = await ServerProcess.make({
      ...ENVIRONMENT,
      ...this.stalls.env,
    });
    this.#server = server;
    this.#hasEnded = false;
    const started = await server.start();
    this.#process = started;
    void started.ended.then(() => {
      if (this.#process === started) this.#hasEnded = true;
    });
    const service = { Authorization: `Bearer ${tokenFor('service', 'backend', ['*'])}` };
    for (const namespaceId of PRACTICES) {
      await fetch(`${server.url}/create-namespace?namespaceId=${namespaceId}`, {
        headers: service,
      });
    }
    this.#bystanders = await Promise.all([
      Bystanders.meet(server.url, 'elsewhere', { isAtDesk: true }),
      Bystanders.meet(server.url, 'ward', { isAtDesk: true }),
      Bystanders.meet(server.url, 'market', { isAtDesk: false }),
    ]);
    this.stalls.skip();
    this.#isSound = true;
  }

  /**
   * What happens must leave the server as it was, and those who are honest must not notice. Where it does
   * not, the next trial gets a new server, so that it fails for itself only.
   */
  async survives<T>(happens: () => Promise<T>): Promise<T> {
    const result = await this.#attempt(happens);
    // Outside the nightly form the machine is shared with other tests.
    if (this.stalls.latest() > STALL_MS && IS_NIGHTLY) {
      // What the disk was busy with for others does not come again.
      await this.#attempt(happens);
      expect(this.stalls.latest(), 'the longest stall').toBeLessThanOrEqual(STALL_MS);
    }
    return result;
  }

  async #attempt<T>(happens: () => Promise<T>): Promise<T> {
    await this.ready();
    this.#isSound = false;
    let harm: unknown;
    const result = await happens().catch((error: unknown) => {
      harm = error;
    });
    // A crash explains all else that went wrong.
    await this.#assertUnharmed();
    if (harm !== undefined) throw harm;
    this.#isSound = true;
    return result as T;
  }

  async close(): Promise<void> {
    for (const pair of this.#bystanders.splice(0)) pair.close();
    await this.#server?.clear();
    this.#server = undefined;
    this.stalls.end();
  }

  async #assertUnharmed(): Promise<void> {
    const { stdout = '', stderr = '' } = this.#process ?? {};
    if (this.#hasEnded) throw new Error(`The server has ended:\n${stdout}${stderr}`);
    await Promise.all(this.#bystanders.map((pair) => pair.goOn()));
    expect(stderr, 'what the server wrote to stderr').toBe('');
    expect(stdout.split('\n').filter((line) => line.startsWith('{'))).toEqual([]);
  }

  get #running(): ServerProcess {
    if (this.#server === undefined) throw new Error('no server was started');
    return this.#server;
  }
}
