import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bus, type BusListener, MAX_WAITING } from './bus.ts';

export interface BusesInTest {
  /** A bus for the node of this name, on which the others of the same test are. */
  make(node: string): Bus;
  destroy(): Promise<void>;
}

/** The promises of the `Bus` port (SPEC BUS-1 to BUS-5), to be run over every adapter. */
export function describeBus(name: string, factory: () => Promise<BusesInTest>): void {
  describe(`Bus: ${name}`, () => {
    let buses: BusesInTest;
    const open: Bus[] = [];

    beforeEach(async () => {
      buses = await factory();
    });

    afterEach(async () => {
      for (const bus of open.splice(0)) await bus.close();
      await buses.destroy();
    });

    const node = async (name: string, answer: BusListener['answer'] = () => null): Promise<Bus> => {
      const bus = buses.make(name);
      open.push(bus);
      await bus.listen({ answer, missed: () => {}, back: () => {} });
      return bus;
    };

    test('BUS-1 a question has its answer, as JSON has it', async () => {
      const one = await node('one');
      await node('two', (from, question) => ({ from, question, nothing: undefined }));
      const asked = await one.ask('two', { n: 1, text: 'grün', list: [null, true] });
      expect(asked).toEqual({
        outcome: 'answered',
        answer: { from: 'one', question: { n: 1, text: 'grün', list: [null, true] } },
      });
    });

    test('BUS-1 an answer may take its time, and others pass it', async () => {
      let finish: (answer: string) => void = () => {};
      const slow = new Promise<string>((resolve) => {
        finish = resolve;
      });
      const one = await node('one');
      await node('two', (_, question) => (question === 'slow' ? slow : 'at once'));
      const first = one.ask('two', 'slow');
      expect(await one.ask('two', 'fast')).toEqual({ outcome: 'answered', answer: 'at once' });
      finish('at last');
      expect(await first).toEqual({ outcome: 'answered', answer: 'at last' });
    });

    test('BUS-2 questions of one node are taken in the order in which it asked them', async () => {
      const one = await node('one');
      const taken: unknown[] = [];
      await node('two', (_, question) => {
        taken.push(question);
      });
      const numbers = Array.from({ length: 500 }, (_, n) => n);
      await Promise.all(numbers.map((n) => one.ask('two', n)));
      expect(taken).toEqual(numbers);
    });

    test('BUS-3 a node that is not there is gone, and so is one that has closed', async () => {
      const one = await node('one');
      expect(await one.ask('nobody', 1)).toEqual({ outcome: 'gone' });
      const two = await node('two');
      await two.close();
      await expect.poll(() => one.ask('two', 1)).toEqual({ outcome: 'gone' });
    });

    test('BUS-4 what fails in the other node is no answer', async () => {
      const one = await node('one');
      await node('two', () => {
        throw new Error('a fault of the other node');
      });
      expect(await one.ask('two', 1)).toEqual({ outcome: 'silent' });
    });

    test('BUS-5 no more questions wait than may', async () => {
      const one = await node('one');
      let taken = 0;
      let finish: () => void = () => {};
      const end = new Promise<void>((resolve) => {
        finish = resolve;
      });
      await node('two', () => {
        taken += 1;
        return end;
      });
      const all = Array.from({ length: MAX_WAITING }, (_, n) => one.ask('two', n));
      await expect(one.ask('two', 'one too many')).rejects.toMatchObject({
        code: 'store-unavailable',
      });
      finish();
      const outcomes = new Set((await Promise.all(all)).map(({ outcome }) => outcome));
      expect(taken).toBeLessThanOrEqual(MAX_WAITING);
      expect([...outcomes].every((outcome) => outcome !== 'gone')).toBe(true);
      expect(one.counts.waiting).toBe(0);
    });
  });
}
