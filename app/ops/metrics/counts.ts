import type { Counter, Description, Timing } from './describe.ts';
import { METRICS } from './table.ts';
import { Tally, Timings } from './tally.ts';

type Table = typeof METRICS;

type CountOf<D> =
  D extends Counter<infer A, infer B>
    ? Tally<A, B>
    : D extends Timing<infer A>
      ? Timings<A>
      : never;

/** What counts as it happens: a tally, or timings, for each such row of the table, by its key. */
export type Counts = {
  readonly [K in keyof Table as Table[K]['kind'] extends 'reading' ? never : K]: CountOf<Table[K]>;
};

export function createCounts(): Counts {
  const counts: Record<string, Tally | Timings> = {};
  for (const [key, described] of Object.entries<Description>(METRICS)) {
    if (described.kind === 'counter') counts[key] = new Tally(described);
    else if (described.kind === 'histogram') counts[key] = new Timings(described);
  }
  return counts as unknown as Counts;
}
