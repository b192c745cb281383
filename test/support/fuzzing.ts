import fc from 'fast-check';

/** How long a failing case is made smaller, in milliseconds: what is left then is small enough to read. */
const SHRINKING_MS = 30_000;

/**
 * Tries `runs` random cases, or as many as `FUZZ_RUNS` in the environment says. What fails prints its
 * seed and its path: given as `FUZZ_SEED` and `FUZZ_PATH` they replay it. Answers how many were tried.
 */
export async function fuzz<Case extends [unknown, ...unknown[]]>(
  runs: number,
  cases: { [Index in keyof Case]: fc.Arbitrary<Case[Index]> },
  holds: (...oneCase: Case) => Promise<void>,
): Promise<number> {
  const { FUZZ_RUNS, FUZZ_SEED, FUZZ_PATH } = process.env;
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
    ...(FUZZ_SEED === undefined ? {} : { seed: Number(FUZZ_SEED) }),
    ...(FUZZ_PATH === undefined ? {} : { path: FUZZ_PATH, endOnFailure: true }),
  });
  return tried;
}
