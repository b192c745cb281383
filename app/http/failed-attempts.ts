import { RateLimiterMemory } from 'rate-limiter-flexible';
import { SignalingError } from '../errors/signaling-error.ts';

export interface FailedAttemptsSettings {
  attempts: number;
  withinMs: number;
  blockMs: number;
  /** Told of each failure that was one too many. */
  onTooMany?: () => void;
}

/**
 * Slows down whoever guesses tokens (SPEC LIMIT-4). Only failures count, and an address that failed too
 * often is refused only when it fails again: behind the one address of a clinic, those who bring what
 * is valid come in as before.
 */
export class FailedAttempts {
  readonly #limiter: RateLimiterMemory;
  readonly #onTooMany: () => void;

  constructor({ attempts, withinMs, blockMs, onTooMany = () => {} }: FailedAttemptsSettings) {
    this.#onTooMany = onTooMany;
    this.#limiter = new RateLimiterMemory({
      points: attempts,
      duration: withinMs / 1000,
      blockDuration: blockMs / 1000,
    });
  }

  /**
   * One more failure of this address. Resolves while there are few.
   * @throws SignalingError `rate-limited`: the address failed too often; it learns no more than that
   */
  async count(address: string): Promise<void> {
    try {
      await this.#limiter.consume(address);
    } catch {
      this.#onTooMany();
      throw new SignalingError('rate-limited', 'Too many failed attempts. Try again later.');
    }
  }

  /** What `attempt` gives; an invalid token counts as a failure. */
  async watch<T>(address: string, attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof SignalingError && error.code === 'token-invalid') {
        await this.count(address);
      }
      throw error;
    }
  }
}
