export interface Called {
  method: string;
  /** In milliseconds of `performance.now()`. */
  began: number;
}

/**
 * The same object, whose calls are told when they are over. What is no method is handed through.
 * @param settled hears of each call that has its answer; with `error`, of each that failed
 */
export function timed<T extends object>(
  target: T,
  settled: (called: Called, error?: unknown) => void,
): T {
  const wrapped = new Map<PropertyKey, unknown>();
  return new Proxy(target, {
    get(_target, name) {
      const known = wrapped.get(name);
      if (known !== undefined) return known;
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const method = (...given: unknown[]): unknown => {
        const called = { method: String(name), began: performance.now() };
        const answer: unknown = value.apply(target, given);
        if (!(answer instanceof Promise)) return answer;
        answer.then(
          () => settled(called),
          (error: unknown) => settled(called, error),
        );
        return answer;
      };
      wrapped.set(name, method);
      return method;
    },
  });
}
