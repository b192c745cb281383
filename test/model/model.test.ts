import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fuzz } from '../support/fuzzing.ts';
import { actionsAtOnce, steps } from './actions.ts';
import { Run } from './run.ts';

/** On how many nodes the practice runs, on each of which everybody is at random. */
const NODES = Number(process.env.CLUSTER_NODES ?? 1);

/** Several nodes take longer to come to rest. */
const RUNS = NODES === 1 ? 60 : 30;

// Replaying, and more runs than this: see test/support/fuzzing.ts.
const PATIENCE_MS = 24 * 60 * 60 * 1000;

beforeEach(() => {
  // Only the board's pace: everything else that waits here waits for something to happen.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => vi.useRealTimers());

describe('the practice against a model of its specification', () => {
  it(
    'WHO-1 ROOM-1 ROOM-5 QUEUE-2 QUEUE-6 RELAY-2 RELAY-5 RESUME-3 RESUME-5 RESUME-8 RESUME-10 CLUSTER-6 whatever happens in whatever order',
    async () => {
      const tried = await fuzz(RUNS, [steps(60, 8), fc.integer()], (all, seed) =>
        Run.with(seed, NODES, async (run) => {
          for (const step of all) await run.take(step);
          await run.leaveNothing();
        }),
      );
      expect(tried).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );

  it(
    'STORE-1 RESUME-7 RESUME-8 killed at any moment',
    async () => {
      const tried = await fuzz(
        RUNS,
        [steps(20, 8), actionsAtOnce(12), fc.integer()],
        (all, last, seed) =>
          Run.with(seed, NODES, async (run) => {
            for (const step of all) await run.take(step);
            await run.killedDuring(last);
          }),
      );
      expect(tried).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );
});
