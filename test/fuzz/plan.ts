import { appendFileSync } from 'node:fs';
import type fc from 'fast-check';
import { fuzz } from '../support/fuzzing.ts';
import { Batch } from './batch.ts';
import { keep, keptCases } from './corpus.ts';
import { type Kind, SHARES } from './kinds.ts';

/** Cases of all kinds together; the nightly form, `npm run fuzz`, sets more. */
const CASES = Number(process.env.FUZZ_CASES ?? 4_000);

/** The nightly form has the machine to itself: what it measures counts, and what it finds it keeps. */
export const IS_NIGHTLY = process.env.FUZZ_REPORT !== undefined;

/** The longest that anything may keep the server from everything else, in milliseconds. */
export const STALL_MS = 200;

/** How long one kind may take, in milliseconds. */
export const PATIENCE_MS = 60_000 + CASES * 20;

export interface Campaign<Case> {
  kind: Kind;
  cases: fc.Arbitrary<Case>;
  /** How many cases are tried together. */
  together: number;
  /** Throws where one of the cases does what none may. */
  hold: (cases: readonly Case[]) => Promise<void>;
}

/**
 * Replays the kept cases of a kind and then tries random ones. What fails is made smaller, prints its
 * seed and its path (`FUZZ_SEED`, `FUZZ_PATH`), and in the nightly form becomes a file of the corpus.
 * Answers how many were tried.
 */
export async function campaign<Case>(given: Campaign<Case>): Promise<number> {
  const { kind, cases, together, hold } = given;
  const started = performance.now();
  let tried = 0;
  let failing: readonly Case[] = [];
  const holds = async (some: readonly Case[]): Promise<void> => {
    tried += some.length;
    try {
      await hold(some);
    } catch (error) {
      failing = some;
      throw error;
    }
  };
  for (const { file, cases: kept } of keptCases<Case>(kind)) {
    await holds(kept).catch((error: unknown) => {
      throw new Error(`The kept cases in test/fuzz/corpus/${file} fail.`, { cause: error });
    });
  }
  const runs = Math.ceil((CASES * SHARES[kind]) / together);
  try {
    await fuzz(runs, [new Batch(cases, together)], holds);
  } catch (error) {
    if (!IS_NIGHTLY) throw error;
    const { cause = error } = error as Error;
    const file = keep(kind, failing, String(cause).slice(0, 200));
    throw new Error(`Kept in ${file}. Replay it alone with: npm run fuzz -- -t ${kind}`, {
      cause: error,
    });
  }
  report({ kind, cases: tried, seconds: (performance.now() - started) / 1000 });
  return tried;
}

/** A line of what the nightly form prints at its end; otherwise it is printed at once. */
export function report(line: Record<string, string | number>): void {
  const { FUZZ_REPORT } = process.env;
  if (FUZZ_REPORT !== undefined) appendFileSync(FUZZ_REPORT, `${JSON.stringify(line)}\n`);
  else console.log(`fuzz ${JSON.stringify(line)}`);
}
