import { beforeEach, describe, expect, test } from 'vitest';
import type { HeldMessage } from '../session-data.ts';
import { aClient, NOW, type StoreInTest } from './fixtures.contract.ts';

const WIDE = { messages: 256, bytes: 262_144 };

const message = (n: number): HeldMessage => ({ event: 'ice-candidate', data: { n } });

export function describeHeldMessages(t: StoreInTest): void {
  describe('held messages', () => {
    beforeEach(async () => {
      await t.data.createNamespace('desk', NOW);
      await t.data.saveClient(aClient({ leaseUntil: NOW }));
    });

    test('STORE-27 are taken in the order in which they came, and once', async () => {
      await t.data.saveClient(aClient({ id: 'other', leaseUntil: NOW }));
      const sent = Array.from({ length: 100 }, (_, n) => message(n));
      const kept = await Promise.all(
        sent.flatMap((one) => [
          t.data.hold('client', one, WIDE),
          t.data.hold('other', message(-1), WIDE),
        ]),
      );
      expect(kept).not.toContain(false);
      expect(await t.data.takeHeld('client')).toEqual({ messages: sent, overflow: false });
      expect(await t.data.takeHeld('client')).toEqual({ messages: [], overflow: false });
      expect((await t.data.takeHeld('other')).messages).toHaveLength(100);
    });

    test('STORE-27 are taken by one of two who take at the same time', async () => {
      await t.data.hold('client', message(1), WIDE);
      const taken = await Promise.all([t.data.takeHeld('client'), t.data.takeHeld('client')]);
      expect(taken.flatMap((held) => held.messages)).toEqual([message(1)]);
    });

    test('STORE-27 keep their data as it is, and outlive a change of the client and a restart', async () => {
      const odd: HeldMessage = { event: 'offer', data: [null, 'ß\u0000\u{1F600}', { a: [] }, 1.5] };
      await t.data.hold('client', odd, WIDE);
      await t.data.saveClient(aClient({ generation: 2 }));
      await t.reopen();
      await t.data.hold('client', message(2), WIDE);
      expect((await t.data.takeHeld('client')).messages).toEqual([odd, message(2)]);
    });

    test('STORE-28 the message that is one too many drops all, until they are taken', async () => {
      const bounds = { messages: 2, bytes: 9999 };
      const results: boolean[] = [];
      for (const n of [1, 2, 3, 4]) results.push(await t.data.hold('client', message(n), bounds));
      expect(results).toEqual([true, true, false, false]);
      await t.reopen();
      expect(await t.data.takeHeld('client')).toEqual({ messages: [], overflow: true });
      expect(await t.data.takeHeld('client')).toEqual({ messages: [], overflow: false });
      expect(await t.data.hold('client', message(5), bounds)).toBe(true);
      expect((await t.data.takeHeld('client')).messages).toEqual([message(5)]);
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
      await t.data.takeHeld('client');
      expect([await hold(bytes - 1), await hold(bytes - 1)]).toEqual([true, false]);
      await t.data.takeHeld('client');
      expect(await hold(bytes / 2 - 1)).toBe(false);
    });

    test('STORE-28 of many at the same time exactly as many are kept as the bounds allow', async () => {
      const bounds = { messages: 5, bytes: 9999 };
      const kept = await Promise.all(
        [1, 2, 3, 4, 5, 6].map((n) => t.data.hold('client', message(n), bounds)),
      );
      expect(kept.filter(Boolean)).toHaveLength(5);
      expect(await t.data.takeHeld('client')).toEqual({ messages: [], overflow: true });
    });

    test('STORE-29 nothing is kept for a client that the store does not know', async () => {
      expect(await t.data.hold('nobody', message(1), WIDE)).toBe(false);
      expect(await t.data.takeHeld('nobody')).toEqual({ messages: [], overflow: false });
      await t.data.saveClient(aClient({ id: 'nobody' }));
      expect(await t.data.takeHeld('nobody')).toEqual({ messages: [], overflow: false });
    });
  });
}
