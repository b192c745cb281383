import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConsultationFact } from './consultation-records.ts';
import { aRoom, NOW } from './contract/fixtures.contract.ts';
import type { Room, SessionData } from './session-data.ts';
import type { Webhook, WebhookOutbox } from './webhook-outbox.ts';

export interface OutboxStore {
  /**
   * Opens it, with what it held when it was last open. Where it is not said otherwise, the first two in
   * line are near their turn; with `null` no webhooks are put in.
   */
  open(
    webhooks?: { turnSoon: number } | null,
  ): Promise<{ data: SessionData; webhooks?: WebhookOutbox }>;
  destroy(): Promise<void>;
}

const LATER = NOW + 1000;

/** The promises of the `WebhookOutbox` port (SPEC STORE-50 to STORE-56), for every adapter. */
export function describeWebhookOutbox(name: string, factory: () => Promise<OutboxStore>): void {
  describe(`WebhookOutbox: ${name}`, () => {
    let place: OutboxStore;
    let data: SessionData;
    let outbox: WebhookOutbox;

    const open = async (): Promise<void> => {
      const opened = await place.open();
      if (opened.webhooks === undefined) throw new Error('this store has no outbox');
      data = opened.data;
      outbox = opened.webhooks;
    };
    beforeEach(async () => {
      place = await factory();
      await open();
      await data.createNamespace('desk', NOW);
    });
    afterEach(async () => {
      await data.close();
      await place.destroy();
    });

    /** Another form of the room is stored, with what is noted of it. */
    async function change(id: string, next: Partial<Room>, facts: ConsultationFact[] = []) {
      const room = await data.findRoom(id);
      if (room === undefined) throw new Error(`there is no room ${id}`);
      return data.saveRoom({ ...room, ...next, changedAt: NOW }, facts);
    }
    /** A patient comes to wait in a new room. */
    async function wait(id: string, next: Partial<Room> = {}): Promise<void> {
      await data.createRoom(aRoom({ id }));
      const members = [{ clientId: `patient of ${id}`, role: 'patient' } as const];
      const waits = { fact: 'waits', namespaceId: 'desk', clientId: 'p', since: NOW } as const;
      await change(id, { state: 'waiting', waitingSince: NOW, members, ...next }, [waits]);
    }
    const end = (id: string) =>
      change(id, { state: 'ended' }, [{ fact: 'ended', reason: 'patient-left', by: 'patient' }]);
    const take = (now = NOW, until = now + 1) => outbox.take(now, until);
    async function taken(now = NOW): Promise<Webhook> {
      const webhook = await take(now, now + 10);
      if (webhook === undefined) throw new Error('nothing is due');
      return webhook;
    }
    const deliver = (webhook: Webhook, now = NOW) =>
      outbox.settle(webhook, now, { state: 'delivered' });
    const words = ({ roomId, type }: Webhook) => `${roomId} ${type.replace('consultation.', '')}`;
    /** Delivers all that is due; answers what that was, in order. */
    async function deliverAll(now = NOW): Promise<string[]> {
      const all: string[] = [];
      for (let one = await take(now); one !== undefined; one = await take(now)) {
        all.push(words(one));
        await deliver(one, now);
      }
      return all;
    }
    const ofRoom = (roomId: string) => outbox.find({ roomId, before: null, limit: 100 });

    test('STORE-50 a webhook is put in with the room that it tells of, or neither', async () => {
      await wait('a');
      expect(await data.saveRoom(aRoom({ id: 'a', version: 0, state: 'ended' }), [])).toBe(
        undefined,
      );
      const stale = await data.saveRoom(aRoom({ id: 'a', version: 0 }), [
        { fact: 'admitted', by: 'd' },
      ]);
      expect(stale).toBe(undefined);
      expect((await ofRoom('a')).map(words)).toEqual(['a turn-soon', 'a waiting']);
      await data.close();
      await open();
      expect(await deliverAll()).toEqual(['a waiting', 'a turn-soon']);
    });

    test('STORE-50 it is whole, and its id is nobody else’s', async () => {
      await wait('a');
      await wait('b');
      const webhook = await taken();
      expect(webhook).toEqual({
        id: expect.stringMatching(/^evt_[0-9a-f-]{36}$/),
        n: expect.any(Number),
        type: 'consultation.waiting',
        namespaceId: 'desk',
        roomId: 'a',
        at: NOW,
        body: expect.stringMatching(/^\{"type":"consultation.waiting","timestamp":"2025-/),
        state: 'waiting',
        attempts: 1,
        since: NOW,
        lastError: null,
        settledAt: null,
      });
      const all = [...(await ofRoom('a')), ...(await ofRoom('b'))];
      expect(new Set(all.map(({ id }) => id)).size).toBe(4);
      expect(new Set(all.map(({ n }) => n)).size).toBe(4);
    });

    test('STORE-51 of one room one after the other, of others meanwhile', async () => {
      await wait('a');
      await wait('b');
      const [a, b] = [await taken(), await taken()];
      expect([a, b].map(words).sort()).toEqual(['a waiting', 'b waiting']);
      expect(await take()).toBe(undefined);
      expect(await deliver(a)).toBe(true);
      expect(words(await taken())).toBe(`${a.roomId} turn-soon`);
      expect(await take()).toBe(undefined);
      expect(await outbox.settle(b, NOW, { state: 'given-up', lastError: 'no' })).toBe(true);
      expect(words(await taken())).toBe(`${b.roomId} turn-soon`);
    });

    test('STORE-52 what nobody settled is handed out again after its time, and is the former try’s no more', async () => {
      await wait('a');
      const former = await taken();
      expect(await take(NOW + 9)).toBe(undefined);
      const again = await taken(NOW + 10);
      expect(again).toEqual({ ...former, attempts: 2 });
      expect(await deliver(former)).toBe(false);
      expect(await outbox.putOff(former, LATER, 'late')).toBe(false);
      expect(await deliver(again)).toBe(true);
      expect(await deliver(again)).toBe(false);
    });

    test('STORE-52 what is put off is due then, with the reason', async () => {
      await wait('a');
      expect(await outbox.putOff(await taken(), LATER, 'it answered 500')).toBe(true);
      expect(await take(LATER - 1)).toBe(undefined);
      expect(await taken(LATER)).toMatchObject({ attempts: 2, lastError: 'it answered 500' });
    });

    test('STORE-51 what comes behind one that is on its way, or put off, waits for it', async () => {
      await wait('a');
      const first = await taken();
      await change('a', { state: 'in-consultation' }, [{ fact: 'admitted', by: 'd' }]);
      expect(await take()).toBe(undefined);
      await outbox.putOff(first, LATER, 'no');
      await end('a');
      expect(await take()).toBe(undefined);
      const all = ['waiting', 'turn-soon', 'admitted', 'ended'].map((type) => `a ${type}`);
      expect(await deliverAll(LATER)).toEqual(all);
    });

    test('STORE-51 many takers at once get each line once', async () => {
      const rooms = Array.from({ length: 8 }, (_, n) => `room-${n}`);
      for (const room of rooms) await wait(room);
      const all = await Promise.all(Array.from({ length: 12 }, () => take()));
      const got = all.flatMap((one) => one ?? []).map(({ roomId }) => roomId);
      expect(got.sort()).toEqual(rooms);
    });

    test('STORE-51 what comes while the last of a line is settled is not forgotten', async () => {
      await wait('a');
      await deliver(await taken());
      const last = await taken();
      await Promise.all([deliver(last), end('a')]);
      expect(await deliverAll()).toEqual(['a ended']);
    });

    test('STORE-53 the first in line are told of, by the order that the change leaves', async () => {
      for (const id of ['a', 'b', 'c']) await wait(id);
      expect((await deliverAll()).filter((one) => one.endsWith('soon'))).toEqual([
        'a turn-soon',
        'b turn-soon',
      ]);
      await wait('d', { urgent: true });
      expect(await deliverAll()).toEqual(['d waiting', 'd turn-soon']);
      await end('d');
      expect(await deliverAll()).toEqual(['d ended']);
      await change('b', { state: 'in-consultation' }, [{ fact: 'admitted', by: 'doc' }]);
      expect((await deliverAll()).sort()).toEqual(['b admitted', 'c turn-soon']);
      expect(JSON.parse((await ofRoom('c'))[0]?.body ?? '').data).toMatchObject({ position: 2 });
    });

    test('STORE-53 who leaves for another namespace makes room, and comes last there', async () => {
      for (const id of ['a', 'b', 'c']) await wait(id);
      await data.createNamespace('other', NOW);
      await deliverAll();
      await change('a', { namespaceId: 'other', arrival: null }, [
        { fact: 'ended', reason: 'transferred', by: 'doctor' },
        { fact: 'waits', namespaceId: 'other', clientId: 'p', since: NOW },
      ]);
      expect((await deliverAll()).sort()).toEqual([
        'a ended',
        'a turn-soon',
        'a waiting',
        'c turn-soon',
      ]);
    });

    test('STORE-51 STORE-60 what waits still comes first when the room goes to another namespace', async () => {
      await wait('a');
      await data.createNamespace('other', NOW);
      await deliver(await taken());
      const late = await taken();
      await change('a', { namespaceId: 'other', arrival: null }, [
        { fact: 'ended', reason: 'transferred', by: 'doctor' },
        { fact: 'waits', namespaceId: 'other', clientId: 'p', since: NOW },
      ]);
      expect(await take()).toBe(undefined);
      expect(await outbox.putOff(late, LATER, 'no')).toBe(true);
      await data.createRoom(aRoom({ id: 'b', namespaceId: 'other' }));
      expect(await deliverAll(LATER)).toEqual(
        ['turn-soon', 'ended', 'waiting', 'turn-soon'].map((type) => `a ${type}`),
      );
      const bodies = (await ofRoom('a')).map(({ body }) => JSON.parse(body).data.sequence);
      expect(bodies.reverse()).toEqual([1, 2, 3, 4, 5]);
    });

    test('STORE-54 a namespace that is removed ends what lasts in it', async () => {
      await wait('a');
      await wait('b');
      await end('b');
      await deliverAll();
      await data.removeNamespace('desk', LATER);
      expect(await deliverAll(LATER)).toEqual(['a ended']);
      expect((await ofRoom('a'))[0]?.body).toContain('"reason":"namespace-removed","by":null');
    });

    test('STORE-54 a call is told once for each doctor who comes in, and never before', async () => {
      await wait('a');
      await outbox.noteConnected('a', NOW);
      await outbox.noteConnected('nobody', NOW);
      const admitted: ConsultationFact[] = [{ fact: 'admitted', by: 'd' }];
      await change('a', { state: 'in-consultation' }, admitted);
      await Promise.all([1, 2, 3].map(() => outbox.noteConnected('a', NOW)));
      await change('a', { state: 'waiting' }, [{ fact: 'is', state: 'waiting' }]);
      await outbox.noteConnected('a', NOW);
      await change('a', { state: 'in-consultation' }, admitted);
      await outbox.noteConnected('a', NOW);
      await end('a');
      await outbox.noteConnected('a', NOW);
      const all = await deliverAll();
      expect(all.map((one) => one.replace('a ', ''))).toEqual([
        ...['waiting', 'turn-soon', 'admitted', 'connected'],
        ...['waiting', 'turn-soon', 'admitted', 'connected', 'ended'],
      ]);
      const bodies = (await ofRoom('a')).map(({ body }) => JSON.parse(body).data.sequence);
      expect(bodies.reverse()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });

    test('HOOK-11 what lasts when they are switched on is told of from then on, and what ended before is not', async () => {
      await wait('over');
      await data.close();
      ({ data } = await place.open(null));
      await wait('lasts');
      await end('over');
      await data.close();
      await open();
      await change('lasts', { state: 'in-consultation' }, [{ fact: 'admitted', by: 'd' }]);
      await data.removeNamespace('desk', NOW);
      expect((await ofRoom('lasts')).map(words)).toEqual(['lasts ended', 'lasts admitted']);
      expect((await ofRoom('over')).map(words)).toEqual(['over turn-soon', 'over waiting']);
    });

    test('STORE-55 they are found by state and by room, the latest first, page by page', async () => {
      await wait('a');
      await wait('b');
      const first = await taken();
      await outbox.settle(first, NOW, { state: 'given-up', lastError: 'it answered 410' });
      const state = async (which: Webhook['state']) =>
        (await outbox.find({ state: which, before: null, limit: 9 })).map(words);
      expect(await state('given-up')).toEqual([words(first)]);
      expect(await state('delivered')).toEqual([]);
      expect(await state('waiting')).toHaveLength(3);
      const [last, before] = await outbox.find({ state: 'waiting', before: null, limit: 2 });
      expect((last?.n ?? 0) > (before?.n ?? 0)).toBe(true);
      const rest = await outbox.find({ state: 'waiting', before: before?.n ?? 0, limit: 9 });
      expect(rest).toHaveLength(1);
      expect(await ofRoom(first.roomId)).toEqual(
        expect.arrayContaining([
          { ...first, state: 'given-up', settledAt: NOW, lastError: 'it answered 410' },
        ]),
      );
    });

    test('STORE-55 one that is put in again comes at the end of its line, as if new', async () => {
      await wait('a');
      const first = await taken();
      await outbox.settle(first, NOW, { state: 'given-up', lastError: 'no' });
      expect(await outbox.putInAgain(first.id, LATER)).toBe(true);
      expect(await outbox.putInAgain(first.id, LATER)).toBe(false);
      expect(await outbox.putInAgain('evt_unknown', LATER)).toBe(false);
      await deliver(await taken(LATER), LATER);
      const again = await taken(LATER);
      const { id, type, body } = first;
      expect(again).toMatchObject({ id, type, body, attempts: 1, since: LATER, settledAt: null });
      await deliver(again, LATER);
      // Where nobody stands in line, too.
      expect(await outbox.putInAgain(first.id, LATER)).toBe(true);
      expect(await deliverAll(LATER)).toEqual(['a waiting']);
    });

    test('STORE-56 what was settled is forgotten, the oldest first, and nothing else', async () => {
      await wait('a');
      await deliver(await taken(), NOW);
      await deliver(await taken(), LATER);
      await end('a');
      await outbox.forgetSettled(LATER, 9);
      expect((await ofRoom('a')).map(words)).toEqual(['a ended', 'a turn-soon']);
      await outbox.forgetSettled(LATER + 1, 9);
      expect((await ofRoom('a')).map(words)).toEqual(['a ended']);
      expect(await deliverAll(LATER)).toEqual(['a ended']);
    });
  });
}
