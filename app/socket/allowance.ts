export interface Pace {
  /** How many events may come at once after a silence. */
  burst: number;
  /** How many a second may come for long. */
  perSecond: number;
}

/** A token bucket: what one client may still send (SPEC LIMIT-2). Times are the process's own, in ms. */
export class Allowance {
  readonly #pace: Pace;
  #left: number;
  #at: number;
  #refused = 0;

  constructor(pace: Pace, now: number) {
    this.#pace = pace;
    this.#left = pace.burst;
    this.#at = now;
  }

  /** Takes one event; false if there is none left. */
  take(now: number): boolean {
    const { burst, perSecond } = this.#pace;
    this.#left = Math.min(burst, this.#left + ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
    if (this.#left < 1) {
      this.#refused += 1;
      return false;
    }
    this.#left -= 1;
    // Whoever has found its pace again is forgiven.
    if (this.#left > burst / 2) this.#refused = 0;
    return true;
  }

  /** True once it has gone on, many times over, after being told to slow down. */
  get isFlooding(): boolean {
    return this.#refused > this.#pace.burst * 10;
  }
}
