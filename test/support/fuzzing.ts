import fc from 'fast-check';

const USUAL_SEED = 20_261_123;

/** How long a failing case is made smaller, in milliseconds: what is left then is small enough to read. */
const SHRINKING_MS = 30_000;

/**
 * Tries `runs` cases, the same each time, so that a test run tells of a change and not of luck. The
 * nightly form, `FUZZ_RUNS` or `FUZZ_CASES` in the environment, draws other cases each time. What fails
 * prints its seed and its path: given as `FUZZ_SEED` and `FUZZ_PATH` they replay it. Answers how many
 * were tried.
 */
export async function fuzz<Case extends [unknown, ...unknown[]]>(
  runs: number,
  cases: { [Index in keyof Case]: fc.Arbitrary<Case[Index]> },
  holds: (...oneCase: Case) => Promise<void>,
): Promise<number> {
  const { FUZZ_RUNS, FUZZ_CASES, FUZZ_SEED, FUZZ_PATH } = process.env;
  const isNightly = FUZZ_RUNS !== undefined || FUZZ_CASES !== undefined;
  const seed = FUZZ_SEED ?? (isNightly ? undefined : USUAL_SEED);
  let tried = 0;
  let failedAt: number | undefined;
  const property = fc.asyncProperty(...cases, async (...oneCase: Case) => {
    if (failedAt !== undefined && Date.now() - failedAt > SHRINKING_MS) return;
    tried += 1;
    try {
      await holds(...oneCase);
    } catch (error) {
      failedAt ??= Date.now();
      throw error;
    }
  });
  await fc.assert(property, {
    numRuns: Number(FUZZ_RUNS ?? runs),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(FUZZ_PATH === undefined ? {} : { path: FUZZ_PATH, endOnFailure: true }),
  });
  return tried;
}
