import type { CallReport } from '@telemedicine-signaling/protocol';
import type { Quality } from './quality.ts';

/** Who ends a call that soon has not waited for it: nothing is wrong with a call of that kind. */
const TRIED_MS = 10_000;

const LEVELS = ['poor', 'fair', 'good'] as const;

/**
 * How a call went, for the operator's figures and without anybody's id (SPEC CALL-9). Times in
 * milliseconds of `now`, which need not be the time of day.
 */
export class CallJournal {
  readonly #now: () => number;
  #beganAt: number | undefined;
  #isSetUp = false;
  #firstMediaMs: number | undefined;
  #relayed: boolean | undefined;
  readonly #looks = { good: 0, fair: 0, poor: 0 };

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** There is somebody to be connected with. */
  begin(): void {
    this.#beganAt ??= this.#now();
  }

  connected(): void {
    this.#isSetUp = true;
  }

  /** The first picture, or the first sound, of somebody. */
  mediaCame(): void {
    if (this.#beganAt !== undefined) this.#firstMediaMs ??= Math.round(this.#now() - this.#beganAt);
  }

  look(quality: Quality | null): void {
    if (quality === null) return;
    this.#looks[quality.level] += 1;
    this.#relayed = quality.relayed;
  }

  /** What there is to be said at the end; `null`: nothing. */
  report(): CallReport | null {
    if (this.#beganAt === undefined) return null;
    if (!this.#isSetUp) {
      return this.#now() - this.#beganAt < TRIED_MS ? null : { 'set-up': false };
    }
    const quality = this.#mostly();
    return {
      'set-up': true,
      ...(this.#firstMediaMs !== undefined && { 'first-media-ms': this.#firstMediaMs }),
      ...(this.#relayed !== undefined && { relayed: this.#relayed }),
      ...(quality !== undefined && { quality }),
    };
  }

  /** The level of most looks; of two, the worse one. */
  #mostly(): CallReport['quality'] {
    const most = Math.max(...Object.values(this.#looks));
    return most === 0 ? undefined : LEVELS.find((level) => this.#looks[level] === most);
  }
}
