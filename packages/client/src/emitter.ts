/** Tells listeners of events whose names and contents are typed. */
export class Emitter<Events> {
  readonly #listeners = new Map<keyof Events, Set<(data: never) => void>>();

  /** @returns what takes the listener away again */
  on<E extends keyof Events>(event: E, listener: (data: Events[E]) => void): () => void {
    const known = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, known.add(listener));
    return () => known.delete(listener);
  }

  emit<E extends keyof Events>(event: E, data: Events[E]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      (listener as (data: Events[E]) => void)(data);
    }
  }
}
