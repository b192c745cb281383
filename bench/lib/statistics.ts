/** The value below which the given share of all lies; `share` from 0 to 1. */
export function quantile(all: readonly number[], share: number): number {
  const sorted = [...all].sort((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return sorted[at] ?? Number.NaN;
}

export const median = (all: readonly number[]): number => quantile(all, 0.5);

/** Median, and in brackets the least and the most. */
export function spread(all: readonly number[], digits = 1): string {
  const show = (value: number) => value.toFixed(digits);
  return `${show(median(all))} (${show(Math.min(...all))}–${show(Math.max(...all))})`;
}
