/** The wait after the first try, and the longest, in milliseconds. */
const FIRST_MS = 1000;
const LONGEST_MS = 10 * 60_000;

/** By how much a wait differs at random, so that a backend that is back is not met by all at once. */
const SPREAD = 0.2;

/**
 * When to try again (SPEC HOOK-5): twice as long after each try, until `giveUpMs` are over, and then for
 * the last time. Undefined: that was the last time.
 */
export function nextTry(
  { attempts, since }: { attempts: number; since: number },
  now: number,
  giveUpMs: number,
  random: () => number = Math.random,
): number | undefined {
  const end = since + giveUpMs;
  if (now >= end) return undefined;
  const wait = Math.min(FIRST_MS * 2 ** (attempts - 1), LONGEST_MS);
  return Math.min(end, now + Math.round(wait * (1 + SPREAD * (2 * random() - 1))));
}
