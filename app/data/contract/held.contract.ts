import { beforeEach, describe, expect, test } from 'vitest';
import type { HeldMessage } from '../session-data.ts';
import { aClient, NOW, type StoreInTest } from './fixtures.contract.ts';

const WIDE = { messages: 256, bytes: 262_144 };

/** What is handed out to whom nothing is held for. */
const NONE = { messages: [], overflow: false };

const message = (n: number): HeldMessage => ({ event: 'ice-candidate', data: { n } });

export function describeHeldMessages(t: StoreInTest): void {
  describe('held messages', () => {
    beforeEach(async () => {
      await t.data.createNamespace('desk', NOW);
      await t.data.saveClient(aClient({ leaseUntil: NOW }));
    });

    test('STORE-27 are handed out in the order in which they came, until they are dropped', async () => {
      await t.data.saveClient(aClient({ id: 'other', leaseUntil: NOW }));
      const sent = Array.from({ length: 100 }, (_, n) => message(n));
      const kept = await Promise.all(
        sent.flatMap((one) => [
          t.data.hold('client', one, WIDE),
          t.data.hold('other', message(-1), WIDE),
        ]),
      );
      expect(kept).not.toContain(false);
      const all = { messages: sent, overflow: false };
      expect(await t.data.handOutHeld('client', 0, 0)).toEqual(all);
      expect(await t.data.handOutHeld('client', 0, 0)).toEqual(all);
      await t.data.dropHandedOut('client');
      expect(await t.data.handOutHeld('client', 0, 0)).toEqual(NONE);
      expect((await t.data.handOutHeld('other', 0, 0)).messages).toHaveLength(100);
    });

    test('STORE-27 leave out what was handed out before and heard since, also after a restart', async () => {
      const held = async (...counts: [number, number]) => {
        const { messages } = await t.data.handOutHeld('client', ...counts);
        return messages.map(({ data }) => (data as { n: number }).n);
      };
      for (const n of [1, 2, 3]) await t.data.hold('client', message(n), WIDE);
      // On this connection they are its messages 3, 4 and 5.
      expect(await held(99, 2)).toEqual([1, 2, 3]);
      await t.reopen();
      await t.data.hold('client', message(4), WIDE);
      // Three of them were heard: two others and message(1). On the next these are 1, 2 and 3.
      expect(await held(3, 0)).toEqual([2, 3, 4]);
      expect(await held(0, 0)).toEqual([2, 3, 4]);
      expect(await held(2, 0)).toEqual([4]);
      await t.data.hold('client', message(5), WIDE);
      // The others are sent again by somebody else, among the seven before.
      expect(await held(Number.MAX_SAFE_INTEGER, 7)).toEqual([5]);
      expect(await held(7, 0)).toEqual([5]);
    });

    test('STORE-27 only what was handed out is dropped', async () => {
      await t.data.hold('client', message(1), WIDE);
      await t.data.handOutHeld('client', 0, 0);
      await t.data.hold('client', message(2), WIDE);
      await t.data.dropHandedOut('client');
      const left = { messages: [message(2)], overflow: false };
      expect(await t.data.handOutHeld('client', 0, 0)).toEqual(left);
    });

    test('STORE-27 keep their data as it is, and outlive a change of the client and a restart', async () => {
      const odd: HeldMessage = { event: 'offer', data: [null, 'ß\u0000\u{1F600}', { a: [] }, 1.5] };
      await t.data.hold('client', odd, WIDE);
      await t.data.saveClient(aClient({ generation: 2 }));
      await t.reopen();
      await t.data.hold('client', message(2), WIDE);
      expect((await t.data.handOutHeld('client', 0, 0)).messages).toEqual([odd, message(2)]);
    });

    test('STORE-28 the message that is one too many drops all, until the client knows', async () => {
      const bounds = { messages: 2, bytes: 9999 };
      const results: boolean[] = [];
      for (const n of [1, 2, 3, 4]) results.push(await t.data.hold('client', message(n), bounds));
      expect(results).toEqual([true, true, false, false]);
      await t.reopen();
      expect(await t.data.handOutHeld('client', 0, 0)).toEqual({ ...NONE, overflow: true });
      expect(await t.data.hold('client', message(5), bounds)).toBe(false);
      expect(await t.data.handOutHeld('client', 0, 0)).toEqual({ ...NONE, overflow: true });
      await t.data.dropHandedOut('client');
      expect(await t.data.handOutHeld('client', 0, 0)).toEqual(NONE);
      expect(await t.data.hold('client', message(5), bounds)).toBe(true);
      expect((await t.data.handOutHeld('client', 0, 0)).messages).toEqual([message(5)]);
    });

    test('STORE-28 the bytes of the messages in JSON, in UTF-8, are bounded exactly', async () => {
      const umlaut: HeldMessage = { event: 'offer', data: 'ü' };
      const bytes = 2 * Buffer.byteLength(JSON.stringify(umlaut));
      const hold = (bound: number) => t.data.hold('client', umlaut, { messages: 9, bytes: bound });
      expect([await hold(bytes), await hold(bytes), await hold(bytes)]).toEqual([
        true,
        true,
        false,
      ]);
      await t.data.dropHandedOut('client');
      expect([await hold(bytes - 1), await hold(bytes - 1)]).toEqual([true, false]);
      await t.data.dropHandedOut('client');
      expect(await hold(bytes / 2 - 1)).toBe(false);
    });

    test('STORE-28 of many at the same time exactly as many are kept as the bounds allow', async () => {
      const bounds = { messages: 5, bytes: 9999 };
      const kept = await Promise.all(
        [1, 2, 3, 4, 5, 6].map((n) => t.data.hold('client', message(n), bounds)),
      );
      expect(kept.filter(Boolean)).toHaveLength(5);
      expect(await t.data.handOutHeld('client', 0, 0)).toEqual({ ...NONE, overflow: true });
    });

    test('STORE-29 nothing is kept for a client that the store does not know', async () => {
      expect(await t.data.hold('nobody', message(1), WIDE)).toBe(false);
      expect(await t.data.handOutHeld('nobody', 0, 0)).toEqual(NONE);
      await t.data.saveClient(aClient({ id: 'nobody' }));
      expect(await t.data.handOutHeld('nobody', 0, 0)).toEqual(NONE);
    });
  });
}
