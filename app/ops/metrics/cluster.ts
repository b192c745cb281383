import type { Asked, Bus } from '../../cluster/bus.ts';
import type { Register } from '../../cluster/register.ts';
import type { Counts } from './counts.ts';
import { timed } from './timed.ts';

/** The same bus, whose questions are counted and timed. */
export function countedBus(bus: Bus, counts: Counts): Bus {
  const asking: Pick<Bus, 'ask'> = {
    async ask(node, question) {
      const began = performance.now();
      let asked: Asked | undefined;
      try {
        asked = await bus.ask(node, question);
        return asked;
      } finally {
        counts.questions.add(asked?.outcome ?? 'failed');
        if (asked?.outcome === 'answered') counts.asked.since(began);
      }
    },
  };
  return new Proxy(bus, {
    get: (target, name: keyof Bus) => {
      const value = asking[name as keyof typeof asking] ?? target[name];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** The same register: of its turns is counted how long they had to be waited for. */
export const countedRegister = (register: Register, counts: Counts): Register =>
  timed(register, ({ method, began }, error) => {
    if (method === 'takeTurn' && error === undefined) counts.turns.since(began);
  });
