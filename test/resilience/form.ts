/** `NIGHTLY=1`: every test here in its whole length, in real seconds. `npm test` has a bounded form. */
export const IS_NIGHTLY = process.env.NIGHTLY === '1';

/** How much faster than in use time runs in the bounded form: windows, heartbeats, outages alike. */
const PACE = IS_NIGHTLY ? 1 : 12;

/** For the names of tests. */
export const FORM = IS_NIGHTLY ? 'in real seconds' : `${PACE} times as fast`;

/** Milliseconds that stand for so many real ones in this form. */
export const scaled = (ms: number): number => Math.round(ms / PACE);

/** How the server's own times are set for this form, as its environment has them. */
export const SCALED_ENV: Readonly<Record<string, string>> = {
  PING_INTERVAL_MS: String(scaled(15_000)),
  PING_TIMEOUT_MS: String(scaled(10_000)),
  WINDOW_DOCTOR_SECONDS: String(scaled(60_000) / 1000),
  WINDOW_PATIENT_SECONDS: String(scaled(60_000) / 1000),
  WINDOW_GUEST_SECONDS: String(scaled(60_000) / 1000),
};
