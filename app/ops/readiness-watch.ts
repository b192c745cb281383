import type { Logger } from 'pino';
import type { Readiness } from './routes.ts';

/** Writes down when this node is not ready any more, and why, and when it is again; each once. */
export class ReadinessWatch {
  readonly #readiness: () => Readiness;
  readonly #log: Pick<Logger, 'info' | 'warn'>;
  #told: string | null = null;

  constructor(readiness: () => Readiness, log: Pick<Logger, 'info' | 'warn'>) {
    this.#readiness = readiness;
    this.#log = log;
  }

  /** To be called about once a second. */
  look(): void {
    const answer = this.#readiness();
    const why = answer.ready ? null : answer.why;
    if (why === this.#told) return;
    this.#told = why;
    if (why === null) this.#log.info('ready again');
    else this.#log.warn({ why }, 'not ready');
  }
}
