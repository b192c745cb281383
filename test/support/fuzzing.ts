import type { Parameters } from 'fast-check';

type FuzzParameters = Pick<Parameters<unknown>, 'numRuns' | 'seed' | 'path' | 'endOnFailure'>;

/**
 * A test that runs `runs` random cases; `FUZZ_RUNS` in the environment makes that many of them. What fails
 * prints its seed and its path: `FUZZ_SEED` and `FUZZ_PATH` replay it.
 */
export function fuzzing(
  runs: number,
  test: (parameters: FuzzParameters) => Promise<void>,
): () => Promise<void> {
  const { FUZZ_RUNS, FUZZ_SEED, FUZZ_PATH } = process.env;
  const parameters: FuzzParameters = {
    numRuns: Number(FUZZ_RUNS ?? runs),
    ...(FUZZ_SEED === undefined ? {} : { seed: Number(FUZZ_SEED) }),
    ...(FUZZ_PATH === undefined ? {} : { path: FUZZ_PATH, endOnFailure: true }),
  };
  return () => test(parameters);
}
