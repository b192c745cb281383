import { setTimeout as pause } from 'node:timers/promises';
import type { End } from './contestant.ts';

/** Messages go out this often, in milliseconds: several at a time, as many as the rate wants. */
const TICK_MS = 4;
/** How long what follows from setting up may go on, in milliseconds. */
const SETTLES_MS = 3000;

/** Waits until nothing is left to do of what was set up. */
export const settled = (): Promise<void> => pause(SETTLES_MS);

/**
 * Sends candidates from all ends in turn at a fixed rate a second; answers how long each message took, in
 * milliseconds, sender and receiver being in this process.
 */
export async function atRate(ends: readonly End[], rate: number, ms: number): Promise<number[]> {
  const took: number[] = [];
  for (const end of ends) end.onHeard = (at) => took.push(performance.now() - at);
  const began = performance.now();
  let sent = 0;
  while (performance.now() - began < ms) {
    const due = ((performance.now() - began) * rate) / 1000;
    // Not in the order in which they came, so that no practice comes all at once.
    for (; sent < due; sent += 1) {
      ends[(sent * 7) % ends.length]?.say('ice-candidate', performance.now());
    }
    await pause(TICK_MS);
  }
  await pause(500);
  return took;
}
