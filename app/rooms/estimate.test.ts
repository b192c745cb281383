import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimatedWait, typicalLength } from './estimate.ts';

const MINUTE_MS = 60_000;
const inMinutes = (...minutes: number[]): number[] => minutes.map((n) => n * MINUTE_MS);

const DAY_MS = 24 * 60 * MINUTE_MS;
const length = fc.integer({ min: 0, max: DAY_MS });
const lengths = fc.array(length, { minLength: 5, maxLength: 20 });
const ahead = fc.integer({ min: 1, max: 500 });

function waitAfter(all: readonly number[], howMany: number) {
  const typical = typicalLength(all);
  return typical && estimatedWait(typical, howMany);
}

describe('the typical length', () => {
  it.each([
    [inMinutes(1, 2, 3, 4, 5), 3, 4],
    [inMinutes(5, 1, 4, 2, 3), 3, 4],
    [inMinutes(1, 2, 3, 4, 5, 6), 3.5, 5],
    [inMinutes(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 5.5, 8],
    [inMinutes(7, 7, 7, 7, 7), 7, 7],
  ])('QUEUE-8 of %j is %d to %d minutes', (all, median, percentile80) => {
    expect(typicalLength(all)).toEqual({
      median: median * MINUTE_MS,
      percentile80: percentile80 * MINUTE_MS,
    });
  });

  it('QUEUE-8 nothing is said of fewer than five', () => {
    fc.assert(
      fc.property(fc.array(length, { maxLength: 4 }), (few) => {
        expect(typicalLength(few)).toBeUndefined();
      }),
    );
  });

  it('QUEUE-8 half of them take at most the median, half at least', () => {
    fc.assert(
      fc.property(lengths, (all) => {
        const { median } = typicalLength(all) ?? { median: Number.NaN };
        const half = all.length / 2;
        expect(all.filter((one) => one <= median).length).toBeGreaterThanOrEqual(half);
        expect(all.filter((one) => one >= median).length).toBeGreaterThanOrEqual(half);
      }),
    );
  });

  it('QUEUE-8 the other bound is the smallest length that four in five do not exceed', () => {
    fc.assert(
      fc.property(lengths, (all) => {
        const { percentile80 } = typicalLength(all) ?? { percentile80: Number.NaN };
        expect(all).toContain(percentile80);
        const fourInFive = (all.length * 4) / 5;
        expect(all.filter((one) => one <= percentile80).length).toBeGreaterThanOrEqual(fourInFive);
        expect(all.filter((one) => one < percentile80).length).toBeLessThan(fourInFive);
      }),
    );
  });

  it('QUEUE-8 the order in which they ended does not matter, and they are left as they are', () => {
    fc.assert(
      fc.property(lengths, (all) => {
        const before = [...all];
        expect(typicalLength(all.toReversed())).toEqual(typicalLength(all));
        expect(all).toEqual(before);
      }),
    );
  });
});

describe('the wait', () => {
  it('QUEUE-8 is one typical consultation for each who is ahead, in seconds', () => {
    const all = inMinutes(8, 9, 10, 12, 30);
    expect(waitAfter(all, 1)).toEqual({ from: 600, to: 720 });
    expect(waitAfter(all, 3)).toEqual({ from: 1800, to: 2160 });
  });

  it('QUEUE-8 is not known for who is next', () => {
    fc.assert(
      fc.property(lengths, (all) => {
        expect(waitAfter(all, 0)).toBeUndefined();
      }),
    );
  });

  it('QUEUE-8 is a range of whole seconds, within what was measured', () => {
    fc.assert(
      fc.property(lengths, ahead, (all, howMany) => {
        const { from, to } = waitAfter(all, howMany) ?? { from: Number.NaN, to: Number.NaN };
        expect(Number.isSafeInteger(from) && Number.isSafeInteger(to)).toBe(true);
        expect(from).toBeLessThanOrEqual(to);
        const inSeconds = (lengthMs: number) => Math.round((lengthMs * howMany) / 1000);
        expect(from).toBeGreaterThanOrEqual(inSeconds(Math.min(...all)));
        expect(to).toBeLessThanOrEqual(inSeconds(Math.max(...all)));
      }),
    );
  });

  it('QUEUE-8 is never shorter for who stands further back', () => {
    fc.assert(
      fc.property(lengths, ahead, (all, howMany) => {
        const nearer = waitAfter(all, howMany) ?? { from: Number.NaN, to: Number.NaN };
        const farther = waitAfter(all, howMany + 1) ?? { from: Number.NaN, to: Number.NaN };
        expect(farther.from).toBeGreaterThanOrEqual(nearer.from);
        expect(farther.to).toBeGreaterThanOrEqual(nearer.to);
      }),
    );
  });
});
