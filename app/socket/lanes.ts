/**
 * Runs jobs of the same key one after the other, in the order in which they were given, and jobs of
 * different keys side by side. A job that fails does not hold up the next.
 */
export class Lanes {
  readonly #tails = new Map<string, Promise<unknown>>();

  run<T>(key: string, job: () => Promise<T>): Promise<T> {
    const tail = this.#tails.get(key);
    const result = tail === undefined ? job() : tail.then(job, job);
    const next: Promise<unknown> = result.then(
      () => this.#done(key, next),
      () => this.#done(key, next),
    );
    this.#tails.set(key, next);
    return result;
  }

  /** Resolves when no lane has a job left. */
  async idle(): Promise<void> {
    while (this.#tails.size > 0) await Promise.allSettled(this.#tails.values());
  }

  #done(key: string, mine: Promise<unknown>): void {
    if (this.#tails.get(key) === mine) this.#tails.delete(key);
  }
}
