/** How long consultations take, in milliseconds: half of them at most the one, four in five at most the other. */
export interface TypicalLength {
  median: number;
  percentile80: number;
}

/** A waiting time as a range, in whole seconds. */
export interface EstimatedWait {
  from: number;
  to: number;
}

/** With fewer consultations nothing is said about the next ones (SPEC QUEUE-8). */
const FEWEST = 5;

/**
 * What these lengths say about a consultation. The median of an even number is the mean of the two in
 * the middle; the 80th percentile is the smallest length that at least four in five do not exceed.
 * Undefined for fewer than five.
 */
export function typicalLength(lengthsMs: readonly number[]): TypicalLength | undefined {
  if (lengthsMs.length < FEWEST) return undefined;
  const sorted = [...lengthsMs].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const { length } = sorted;
  const median = (at(Math.floor((length - 1) / 2)) + at(Math.floor(length / 2))) / 2;
  return { median, percentile80: at(Math.ceil((length * 4) / 5) - 1) };
}

/**
 * The wait of a patient with so many ahead: one typical consultation each. Undefined for the one who is
 * next, whose wait is what is left of the consultation under way, which nobody knows.
 */
export function estimatedWait(
  { median, percentile80 }: TypicalLength,
  ahead: number,
): EstimatedWait | undefined {
  if (ahead === 0) return undefined;
  const inSeconds = (lengthMs: number): number => Math.round((lengthMs * ahead) / 1000);
  return { from: inSeconds(median), to: inSeconds(percentile80) };
}
