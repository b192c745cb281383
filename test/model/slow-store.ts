import type { SessionData } from '../../app/data/session-data.ts';
import { pause } from './random.ts';

type Method = (...args: unknown[]) => Promise<unknown>;

export interface SlowStore {
  store: SessionData;
  /** The process that called is gone: what has not taken effect never will, and nobody hears an answer. */
  kill(): void;
  /** How many calls have not answered yet. */
  readonly underWay: number;
  /** How many there were in all. */
  readonly calls: number;
}

/**
 * A store that takes its time, as one on another machine does: random delays before a call takes effect
 * and before its answer arrives. It keeps the port's promise that calls take effect in the order in
 * which they were made; answers may overtake each other.
 */
export function slowStore(store: SessionData, random: () => number): SlowStore {
  let isKilled = false;
  let underWay = 0;
  let calls = 0;
  let last: Promise<unknown> = Promise.resolve();
  const never = new Promise<never>(() => {});
  const alive = () => (isKilled ? never : undefined);

  const slow = (method: Method): Method => {
    return (...args) => {
      const sent = structuredClone(args);
      const effect = last
        .then(() => pause(random))
        .then(alive)
        .then(() => method.apply(store, sent));
      last = effect.catch(() => {});
      underWay += 1;
      calls += 1;
      const answer = effect.finally(() => pause(random)).finally(alive);
      answer
        .finally(() => {
          underWay -= 1;
        })
        .catch(() => {});
      return answer;
    };
  };
  const proxy = new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? slow(value as Method) : value;
    },
  });
  return {
    store: proxy,
    kill() {
      isKilled = true;
    },
    get underWay() {
      return underWay;
    },
    get calls() {
      return calls;
    },
  };
}
