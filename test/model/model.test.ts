import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSqliteStore, type SqliteStore } from '../../app/data/sqlite-store.ts';
import { fuzz } from '../support/fuzzing.ts';
import { type Step, steps } from './actions.ts';
import { differences } from './compare.ts';
import { restart, sweep } from './model-time.ts';
import { NAMESPACES, People } from './people.ts';
import { pause, randomFrom } from './random.ts';
import { replay } from './replay.ts';
import { Trial } from './trial.ts';

/** The time in which the queue board shows what has changed, in milliseconds. */
const BOARD_PACE_MS = 1000;

beforeEach(() => {
  // Only the board's pace: everything else that waits here waits for something to happen.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => vi.useRealTimers());

async function withStore<T>(use: (store: SqliteStore) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'signaling-model-'));
  const store = await openSqliteStore({ dataDir });
  try {
    return await use(store);
  } finally {
    await store.data.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Lets everything that is under way come to its end, and what the pages show too. */
async function settle(trial: Trial): Promise<void> {
  await trial.node.idle();
  while (vi.getTimerCount() > 0) {
    vi.advanceTimersByTime(BOARD_PACE_MS);
    await trial.node.idle();
  }
}

async function check(trial: Trial): Promise<void> {
  const complaints = replay(trial);
  complaints.push(...trial.faults.map((fault) => `a fault: ${(fault as Error).stack ?? fault}`));
  complaints.push(...(await differences(trial)));
  trial.broughtUpToDate();
  if (complaints.length === 0) return;
  throw new Error([...complaints, 'What happened:', ...trial.journal].join('\n'));
}

async function take(trial: Trial, people: People, step: Step): Promise<void> {
  trial.journal.push('');
  if (step.at === 'restart') {
    restart(trial.model, (client) => trial.hadSwallowed(client));
    await trial.restart();
    people.resumeAll(step.but);
  } else if (step.at === 'rest') await rest(trial, step.pass);
  else {
    for (const action of step.actions) {
      people.act(action);
      await pause(trial.random);
    }
  }
  await settle(trial);
  await check(trial);
  people.rest();
}

async function rest(trial: Trial, ms: number): Promise<void> {
  trial.journal.push(`${ms} ms pass`);
  trial.clock.advance(ms);
  trial.model.now += ms;
  await trial.node.sweep();
  await settle(trial);
  sweep(trial.model, trial.node.swept);
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** When all are gone and every window has ended, nothing is left of anybody. */
async function leaveNothing(trial: Trial): Promise<void> {
  for (const connection of trial.connections.values()) trial.drop(connection);
  await settle(trial);
  await check(trial);
  for (const ms of [61_000, DAY_MS + 1000, DAY_MS + 1000]) {
    await rest(trial, ms);
    await check(trial);
  }
  const left = [...trial.model.clients.keys(), ...trial.model.rooms.keys()];
  if (left.length > 0) throw new Error(`left behind: ${left}`);
}

describe('the practice against a model of its specification', () => {
  it('ROOM-1 QUEUE-6 WHO-1 RELAY-2 RESUME-3 any order of events', async () => {
    const tried = await fuzz(60, [steps(60, 8), fc.integer()], (all, seed) =>
      withStore(async ({ data, records }) => {
        const trial = new Trial(data, records, randomFrom(seed));
        const people = new People(trial);
        await trial.node.start();
        for (const namespaceId of NAMESPACES) trial.makeNamespace(namespaceId);
        await settle(trial);
        await check(trial);
        for (const step of all) await take(trial, people, step);
        await leaveNothing(trial);
      }),
    );
    expect(tried).toBeGreaterThan(0);
  }, 600_000);
});
