/**
 * How long to wait before a try to connect, in milliseconds; `attempt` counts from 0 after each loss.
 * `null` gives up.
 */
export type ReconnectPolicy = (attempt: number) => number | null;

const FIRST_TRIES_MS = [0, 300, 1200, 2700, 4800];
const LATER_MS = 7000;
const JITTER_MS = 1000;

/** At once, then after 300, 1200, 2700 and 4800 ms, then every 7 s give or take half a second (SPEC SDK-2). */
export const defaultReconnectPolicy: ReconnectPolicy = (attempt) =>
  FIRST_TRIES_MS[attempt] ?? LATER_MS + (Math.random() - 0.5) * JITTER_MS;
