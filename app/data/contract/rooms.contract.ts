import { beforeEach, describe, expect, test } from 'vitest';
import { aClient, aRoom, NOW, type StoreInTest, store } from './fixtures.contract.ts';

export function describeRooms(t: StoreInTest): void {
  beforeEach(() => t.data.createNamespace('desk', NOW));

  describe('a new room', () => {
    test('STORE-8 is found as it was stored, field by field', async () => {
      const room = aRoom({
        state: 'in-consultation',
        version: 7,
        members: [
          { clientId: 'p', role: 'patient' },
          { clientId: 'd', role: 'doctor' },
          { clientId: 'g', role: 'guest' },
        ],
        claimedBy: 'd',
        knockUntil: NOW + 1,
        urgent: true,
        place: NOW - 0.5,
        waitingSince: NOW + 2,
        entry: { patientID: 5, nested: { deep: [1, null, 'ß\u0000\u{1F600}'] } },
        patientId: 'ß\u0000\ud800"\u{1F600}',
        createdAt: NOW + 3,
        changedAt: NOW + 4,
      });
      expect(await t.data.createRoom(room)).toBe(true);
      expect(await t.data.findRoom('room')).toEqual(room);
      expect(await t.data.findRoom('room2')).toBeUndefined();
    });

    test('STORE-8 is refused if its id is taken, by an ended room too', async () => {
      const room = await store(t.data, { state: 'ended', endReason: 'rejected' });
      expect(await t.data.createRoom(aRoom())).toBe(false);
      expect(await t.data.createRoom(aRoom({ namespaceId: null }))).toBe(false);
      expect(await t.data.findRoom('room')).toEqual(room);
    });

    test('STORE-8 is refused if its namespace does not exist, and may have none', async () => {
      expect(await t.data.createRoom(aRoom({ namespaceId: 'nowhere' }))).toBe(false);
      expect(await t.data.findRoom('room')).toBeUndefined();
      expect(await t.data.createRoom(aRoom({ namespaceId: null }))).toBe(true);
    });

    test('STORE-8 of many made at the same time under one id is stored once', async () => {
      const made = await Promise.all([1, 2, 3].map((place) => t.data.createRoom(aRoom({ place }))));
      expect(made.filter(Boolean)).toHaveLength(1);
    });
  });

  describe('saveRoom', () => {
    test('STORE-9 stores the room under the next version and answers it', async () => {
      await t.data.createRoom(aRoom({ namespaceId: null }));
      const next = aRoom({ state: 'waiting', place: 5, entry: { a: 1 }, patientId: 'x' });
      const saved = await t.data.saveRoom(next);
      expect(saved).toEqual({ ...next, version: 1, arrival: expect.any(Number) });
      expect(await t.data.findRoom('room')).toEqual(saved);
    });

    test('STORE-9 of two writers at the same time exactly one wins', async () => {
      const room = await store(t.data, { state: 'waiting' });
      const [one, two] = await Promise.all([
        t.data.saveRoom({ ...room, state: 'knocking', claimedBy: 'one' }),
        t.data.saveRoom({ ...room, state: 'knocking', claimedBy: 'two' }),
      ]);
      const winner = one ?? two;
      expect([one, two].filter((saved) => saved === undefined)).toHaveLength(1);
      expect(await t.data.findRoom('room')).toEqual(winner);
    });

    test('STORE-9 a client that is stored with a room is stored if the room is', async () => {
      await t.data.createNamespace('other', NOW);
      const room = await store(t.data, { state: 'waiting' });
      const client = aClient();
      await t.data.saveClient(client);
      const moved = aClient({ namespaceId: 'other', leaseUntil: NOW + 5 });
      const there = { ...room, namespaceId: 'other' };
      const late = { ...there, version: room.version + 1 };
      expect(await t.data.saveRoom(late, [], moved)).toBeUndefined();
      expect(await t.data.findClient('client')).toEqual(client);
      expect(await t.data.saveRoom(there, [], moved)).toMatchObject({ namespaceId: 'other' });
      expect(await t.data.findClient('client')).toEqual(moved);
    });

    test('STORE-9 a writer who comes late changes nothing, whatever it changed', async () => {
      const old = await store(t.data, { members: [{ clientId: 'p', role: 'patient' }] });
      const current = await t.data.saveRoom({ ...old, state: 'waiting', entry: { n: 1 } });
      for (const version of [old.version, old.version - 1, old.version + 2]) {
        const late = { ...old, version, entry: { n: 2 }, members: [], claimedBy: 'd' };
        expect(await t.data.saveRoom(late)).toBeUndefined();
      }
      expect(await t.data.findRoom('room')).toEqual(current);
      expect(await t.data.roomsOf('p')).toEqual([current]);
      expect(await t.data.roomsClaimedBy('d')).toEqual([]);
    });

    test('STORE-10 answers undefined when the room or its namespace is gone', async () => {
      expect(await t.data.saveRoom(aRoom())).toBeUndefined();
      expect(await t.data.findRoom('room')).toBeUndefined();
      const room = await store(t.data, { state: 'waiting' });
      expect(await t.data.saveRoom({ ...room, namespaceId: 'nowhere' })).toBeUndefined();
      await t.data.removeNamespace('desk', NOW);
      const ended = await t.data.findRoom('room');
      expect(ended && (await t.data.saveRoom({ ...ended, place: 1 }))).toBeUndefined();
      expect(await t.data.findRoom('room')).toEqual(ended);
    });

    test('STORE-12 keeps, replaces and drops what the patient sent, and drops it at the end', async () => {
      let room = await store(t.data, { state: 'waiting', entry: { text: 'a' }, patientId: 'x' });
      for (const entry of [{ text: 'a' }, { text: 'b'.repeat(16_000) }, null, { text: 'c' }]) {
        room = { ...room, entry };
        room = (await t.data.saveRoom(room)) ?? room;
        expect(room.entry).toEqual(entry);
        expect((await t.data.findRoom('room'))?.entry).toEqual(entry);
      }
      const ended = await t.data.saveRoom({ ...room, state: 'ended', endReason: 'patient-left' });
      expect(ended).toMatchObject({ entry: null, endReason: 'patient-left', patientId: null });
      expect(await t.data.findRoom('room')).toEqual(ended);
    });
  });

  describe('arrival', () => {
    test('STORE-11 is given at the first waiting and grows within a namespace', async () => {
      const arrivals: (number | null)[] = [];
      for (const id of ['c', 'a', 'b']) {
        const room = await store(t.data, { id });
        expect(room.arrival).toBeNull();
        arrivals.push((await t.data.saveRoom({ ...room, state: 'waiting' }))?.arrival ?? null);
      }
      expect(arrivals).toEqual([...arrivals].sort((a, b) => Number(a) - Number(b)));
      expect(new Set(arrivals).size).toBe(3);
      expect(arrivals).not.toContain(null);
    });

    test('STORE-11 is given to a room that is new and waits already', async () => {
      const first = await store(t.data, { id: 'first', state: 'waiting' });
      await t.data.createRoom(aRoom({ id: 'second', state: 'waiting' }));
      const second = await t.data.findRoom('second');
      expect(second?.arrival).toBeGreaterThan(first.arrival ?? Number.NaN);
    });

    test('STORE-11 stays what it was, and is not given twice after rooms were forgotten', async () => {
      const first = await store(t.data, { id: 'first', state: 'waiting' });
      const talking = await t.data.saveRoom({ ...first, state: 'in-consultation', arrival: null });
      expect(talking?.arrival).toBe(first.arrival);
      const back = talking && (await t.data.saveRoom({ ...talking, state: 'waiting' }));
      expect(back?.arrival).toBe(first.arrival);
      const last = await store(t.data, { id: 'last', state: 'waiting' });
      await t.data.saveRoom({ ...last, state: 'ended', changedAt: 0 });
      await t.data.forgetEndedRooms(NOW);
      const next = await store(t.data, { id: 'next', state: 'waiting' });
      expect(next.arrival).toBeGreaterThan(last.arrival ?? Number.NaN);
    });
  });
}
