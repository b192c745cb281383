/** What a call is about: calls about the same take effect in the order in which they were made. */
export type Subject = `${'namespace' | 'room' | 'client'} ${string}`;

/** Keeps calls in order: each waits for the changes of what it is about that were asked for before it. */
export class Lanes {
  /** The last change of each subject that has not been made yet. */
  readonly #pending = new Map<Subject, Promise<unknown>>();

  read<T>(subjects: readonly Subject[], work: () => Promise<T>): Promise<T> {
    return this.#changed(subjects).then(work);
  }

  change<T>(subjects: readonly Subject[], work: () => Promise<T>): Promise<T> {
    const changing = this.#changed(subjects).then(work);
    const settled: Promise<void> = changing.then(
      () => this.#forget(subjects, settled),
      () => this.#forget(subjects, settled),
    );
    for (const subject of subjects) this.#pending.set(subject, settled);
    return changing;
  }

  #changed(subjects: readonly Subject[]): Promise<unknown> {
    return Promise.all(subjects.map((subject) => this.#pending.get(subject)));
  }

  #forget(subjects: readonly Subject[], mine: Promise<void>): void {
    for (const subject of subjects) {
      if (this.#pending.get(subject) === mine) this.#pending.delete(subject);
    }
  }
}
