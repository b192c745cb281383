/** A stream of numbers below 1 that is the same for the same seed (mulberry32), so that a run can be replayed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Lets others run for a while: for nobody, for what is ready now, or for a few turns of the event loop. */
export async function pause(random: () => number): Promise<void> {
  const length = random();
  if (length < 0.4) return;
  if (length < 0.6) return Promise.resolve();
  for (let turns = Math.floor(length * 10) - 5; turns > 0; turns -= 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
