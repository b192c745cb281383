import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { openSqliteStore } from '../../app/data/sqlite-store.ts';
import type { WebhookOutbox } from '../../app/data/webhook-outbox.ts';
import type { Step } from './actions.ts';
import { damage, remains } from './aftermath.ts';
import { differences } from './compare.ts';
import { TURN_SOON, wrongWebhooks } from './compare-webhooks.ts';
import { nodeDies, restart, sweep, takenOn } from './model-time.ts';
import { People } from './people.ts';
import { pause, randomFrom } from './random.ts';
import { type Complaints, replay } from './replay.ts';
import { NAMESPACES, RULES } from './rules.ts';
import { Trial } from './trial.ts';

/** The time in which the queue board shows what has changed, in milliseconds. */
const BOARD_PACE_MS = 1000;
const MOMENT_MS = 1000;

/** A run of a practice, on a real store of its own, checked against the model whenever all is quiet. */
export class Run {
  readonly #trial: Trial;
  readonly #people: People;
  readonly #webhooks: WebhookOutbox;

  private constructor(trial: Trial, webhooks: WebhookOutbox) {
    this.#trial = trial;
    this.#webhooks = webhooks;
    this.#people = new People(trial);
  }

  /** `seed` decides how long everything takes. Needs fake timers for what paces the queue board. */
  static async with(seed: number, nodes: number, use: (run: Run) => Promise<void>): Promise<void> {
    const dataDir = await mkdtemp(join(tmpdir(), 'signaling-model-'));
    const webhooks = { turnSoon: TURN_SOON };
    const store = await openSqliteStore({ dataDir, webhooks });
    const { data, records } = store;
    try {
      const trial = new Trial(data, records, randomFrom(seed), nodes);
      if (store.webhooks === undefined) throw new Error('this store has no outbox');
      const run = new Run(trial, store.webhooks);
      await trial.start();
      for (const namespaceId of NAMESPACES) trial.makeNamespace(namespaceId);
      await run.#check();
      await use(run);
    } finally {
      await data.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  }

  async take(step: Step): Promise<void> {
    const trial = this.#trial;
    trial.journal.push('');
    if (step.at === 'restart' && trial.nodes.length > 1 && step.but % 2 === 1) {
      await this.#nodeDies(step.but);
    } else if (step.at === 'restart') {
      restart(trial.model, (client) => trial.hadSwallowed(client));
      await trial.restart();
      this.#people.resumeAll(step.but);
    } else if (step.at === 'rest') await this.#pass(step.pass);
    else await this.#act(step);
    await this.#check();
  }

  /** When all are gone and every window has ended, nothing is left of anybody. */
  async leaveNothing(): Promise<void> {
    const { connections, model } = this.#trial;
    for (const connection of connections.values()) this.#trial.drop(connection);
    await this.#check();
    for (const ms of PAST_EVERYTHING) {
      await this.#pass(ms);
      await this.#check();
    }
    this.#complain([...model.clients.keys(), ...model.rooms.keys()].map((id) => `${id} is left`));
  }

  /**
   * The process is killed in the midst of this step: what it had finished is in the store, the rest as
   * before or as after. And if nobody comes back, nothing is left of anybody.
   */
  async killedDuring(step: Extract<Step, { at: 'once' }>): Promise<void> {
    const trial = this.#trial;
    await this.#act(step);
    await trial.restart();
    this.#complain([...(await damage(trial)), ...(await wrongWebhooks(trial, this.#webhooks))]);
    trial.broughtUpToDate();
    for (const ms of PAST_EVERYTHING) {
      trial.clock.advance(ms);
      await trial.sweep();
      await this.#settle();
    }
    this.#complain(await remains(trial));
  }

  /** One node of several dies, and another is started in its place. Some come back before anybody has noticed. */
  async #nodeDies(but: number): Promise<void> {
    const trial = this.#trial;
    const { model } = trial;
    const clients = await trial.killOne(but);
    nodeDies(clients, (client) => trial.hadSwallowed(client));
    const before = new Map(clients.map(({ id, lastSocket }) => [id, lastSocket]));
    if (but % 4 === 1) {
      this.#people.resume(clients, but);
      await this.#comeToRest();
      this.#complain(replay(trial));
      trial.broughtUpToDate();
    }
    takenOn(
      model,
      clients.filter(({ id, lastSocket }) => before.get(id) === lastSocket),
    );
    await trial.beat();
    await trial.startOne();
    this.#people.resumeAll(but);
  }

  async #act({ actions }: Extract<Step, { at: 'once' }>): Promise<void> {
    for (const action of actions) {
      this.#people.act(action);
      await pause(this.#trial.random);
    }
  }

  async #pass(ms: number): Promise<void> {
    const { journal, clock, model } = this.#trial;
    journal.push(`${ms} ms pass`);
    clock.advance(ms);
    model.now += ms;
    const swept = await this.#trial.sweep();
    await this.#settle();
    sweep(model, swept);
  }

  /** Lets everything that is under way come to its end, and what the pages show too. */
  async #settle(): Promise<void> {
    await this.#comeToRest();
    await this.#trial.beat();
  }

  async #comeToRest(): Promise<void> {
    await this.#trial.idle();
    while (vi.getTimerCount() > 0) {
      vi.advanceTimersByTime(BOARD_PACE_MS);
      await this.#trial.idle();
    }
  }

  async #check(): Promise<void> {
    const trial = this.#trial;
    await this.#settle();
    this.#complain([
      ...replay(trial),
      ...(await differences(trial)),
      ...(await wrongWebhooks(trial, this.#webhooks)),
    ]);
    trial.broughtUpToDate();
    this.#people.rest();
  }

  #complain(complaints: Complaints): void {
    const { faults, journal } = this.#trial;
    const all = [...faults.map((fault) => `a fault: ${(fault as Error).stack}`), ...complaints];
    if (all.length > 0) throw new Error([...all, 'What happened:', ...journal].join('\n'));
  }
}

/** Every window has ended; then nobody has come into an unused room; then nobody asks for an ended one. */
const PAST_EVERYTHING = [RULES.windowMs, RULES.roomMs, RULES.roomMs].map((ms) => ms + MOMENT_MS);
