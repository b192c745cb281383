import type { Counter, Timing } from './describe.ts';

/** One figure as it is handed out: the values of the labels in their order, and the number. */
export interface Sample {
  labels: readonly string[];
  value: number;
}

/** What a histogram says for one value of its label: how many at most each bound, and all together. */
export interface Spread {
  label: string;
  upTo: readonly number[];
  count: number;
  sum: number;
}

/** Of more kinds than that only those have a figure that have been. */
const MOST_ZEROS = 64;

/** Counts in plain numbers, so that it costs next to nothing where messages are relayed (SPEC METRIC-3). */
export class Tally<A extends string = string, B extends string = string> {
  readonly #counts = new Map<string, Map<string, number>>();

  constructor({ labels: [first, second] }: Counter<A, B>) {
    // From the start, so that the first of its kind is an increase and not an appearance.
    const firsts = first?.values ?? [''];
    const seconds = second?.values ?? [''];
    if (firsts.length * seconds.length > MOST_ZEROS) return;
    for (const value of firsts) this.#counts.set(value, new Map(seconds.map((text) => [text, 0])));
  }

  add(first: A = '' as A, second: B = '' as B): void {
    const known = this.#counts.get(first);
    if (known === undefined) this.#counts.set(first, new Map([[second, 1]]));
    else known.set(second, (known.get(second) ?? 0) + 1);
  }

  samples(): Sample[] {
    return [...this.#counts].flatMap(([first, counts]) =>
      [...counts].map(([second, value]) => ({
        labels: [first, second].filter((text) => text !== ''),
        value,
      })),
    );
  }
}

/** Counts times by upper bounds, in plain numbers. */
export class Timings<A extends string = string> {
  readonly #bounds: readonly number[];
  readonly #known = new Map<string, { within: number[]; count: number; sum: number }>();

  constructor({ bounds, labels: [first] }: Timing<A>) {
    this.#bounds = bounds;
    for (const value of first?.values ?? ['']) {
      this.#known.set(value, { within: bounds.map(() => 0), count: 0, sum: 0 });
    }
  }

  add(seconds: number, first: A = '' as A): void {
    const known = this.#known.get(first);
    if (known === undefined) return;
    known.count += 1;
    known.sum += seconds;
    const { within } = known;
    for (let at = 0; at < within.length; at += 1) {
      if (seconds > (this.#bounds[at] ?? 0)) continue;
      within[at] = (within[at] ?? 0) + 1;
      return;
    }
  }

  /** What took from `began` until now, both in milliseconds of `performance.now()`. */
  since(began: number, first: A = '' as A): void {
    this.add((performance.now() - began) / 1000, first);
  }

  spreads(): Spread[] {
    return [...this.#known].map(([label, { within, count, sum }]) => {
      let soFar = 0;
      const upTo = within.map((here) => {
        soFar += here;
        return soFar;
      });
      return { label, upTo, count, sum };
    });
  }
}
