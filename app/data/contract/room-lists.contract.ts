import { ROOM_STATES } from '@telemedicine-signaling/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Room } from '../session-data.ts';
import { aRoom, ids, NOW, type StoreInTest, sortedIds, store } from './fixtures.contract.ts';

export function describeRoomLists(t: StoreInTest): void {
  beforeEach(async () => {
    await t.data.createNamespace('desk', NOW);
    await t.data.createNamespace('other', NOW);
  });

  /** One room in each state, its id the state. */
  const oneOfEach = async (room: Partial<Room>): Promise<void> => {
    for (const state of ROOM_STATES) await store(t.data, { ...room, id: state, state });
  };

  describe('the waiting room', () => {
    test('STORE-13 holds the waiting and the knocking rooms of its namespace alone', async () => {
      await oneOfEach({});
      await store(t.data, { id: 'theirs', namespaceId: 'other', state: 'waiting' });
      expect(ids(await t.data.waitingRooms('desk'))).toEqual(['waiting', 'knocking']);
      expect(await t.data.countWaiting('desk')).toBe(2);
      expect(await t.data.waitingRooms('nowhere')).toEqual([]);
      expect(await t.data.countWaiting('nowhere')).toBe(0);
    });

    test('STORE-13 is in order: urgent first, then place, then arrival', async () => {
      const state = 'waiting';
      await store(t.data, { id: 'z-early', state, place: 10 });
      await store(t.data, { id: 'a-tie', state, place: 10 });
      await store(t.data, { id: 'late', state, place: 30 });
      await store(t.data, { id: 'moved', state: 'knocking', place: 29.5 });
      await store(t.data, { id: 'urgent-late', state, place: 40, urgent: true });
      await store(t.data, { id: 'urgent', state, place: 35, urgent: true });
      const order = ['urgent', 'urgent-late', 'z-early', 'a-tie', 'moved', 'late'];
      expect(ids(await t.data.waitingRooms('desk'))).toEqual(order);
      await t.reopen();
      expect(ids(await t.data.waitingRooms('desk'))).toEqual(order);
    });

    test('STORE-13 follows every change of place, urgency and state', async () => {
      const [a, b, c] = [
        await store(t.data, { id: 'a', state: 'waiting', place: 1 }),
        await store(t.data, { id: 'b', state: 'waiting', place: 2 }),
        await store(t.data, { id: 'c', state: 'waiting', place: 3 }),
      ];
      await t.data.saveRoom({ ...c, urgent: true });
      await t.data.saveRoom({ ...a, place: 2.5 });
      expect(ids(await t.data.waitingRooms('desk'))).toEqual(['c', 'b', 'a']);
      await t.data.saveRoom({ ...b, state: 'in-consultation' });
      expect(ids(await t.data.waitingRooms('desk'))).toEqual(['c', 'a']);
    });

    test('STORE-14 countAhead agrees with the order, for copies that are out of date too', async () => {
      const stale: Room[] = [];
      for (const [i, urgent] of [false, true, false, true, false].entries()) {
        const room = aRoom({ id: `r${i}`, urgent, state: 'waiting', place: i % 2 });
        await t.data.createRoom(room);
        stale.push(room);
      }
      await store(t.data, { id: 'theirs', namespaceId: 'other', state: 'waiting', place: -1 });
      const order = await t.data.waitingRooms('desk');
      for (const [position, room] of order.entries()) {
        expect(await t.data.countAhead(room)).toBe(position);
      }
      for (const room of stale) {
        expect(await t.data.countAhead(room)).toBe(ids(order).indexOf(room.id));
      }
    });
  });

  describe('rooms by who has to do with them', () => {
    const patient = { clientId: 'p', role: 'patient' } as const;
    const doctor = { clientId: 'd', role: 'doctor' } as const;

    test('STORE-15 roomsOf finds the rooms, not ended, of which the client is a member', async () => {
      await oneOfEach({ members: [patient, doctor] });
      await store(t.data, { id: 'without', members: [patient] });
      const live = ROOM_STATES.filter((state) => state !== 'ended').sort();
      expect(sortedIds(await t.data.roomsOf('d'))).toEqual(live);
      expect(sortedIds(await t.data.roomsOf('p'))).toEqual([...live, 'without'].sort());
      expect(await t.data.roomsOf('nobody')).toEqual([]);
    });

    test('STORE-15 roomsOf follows who comes, who goes and what ends', async () => {
      const alone = await store(t.data, { members: [patient] });
      const both = await t.data.saveRoom({ ...alone, members: [patient, doctor] });
      expect(await t.data.roomsOf('d')).toEqual([both]);
      const left = both && (await t.data.saveRoom({ ...both, members: [doctor] }));
      expect(await t.data.roomsOf('p')).toEqual([]);
      expect(await t.data.roomsOf('d')).toEqual([left]);
      await (left && t.data.saveRoom({ ...left, state: 'ended' }));
      expect(await t.data.roomsOf('d')).toEqual([]);
    });

    test('STORE-16 roomsClaimedBy finds the rooms, not ended, that the client has a claim on', async () => {
      await oneOfEach({ claimedBy: 'd' });
      await store(t.data, { id: 'theirs', claimedBy: 'e' });
      await store(t.data, { id: 'free' });
      const live = ROOM_STATES.filter((state) => state !== 'ended').sort();
      expect(sortedIds(await t.data.roomsClaimedBy('d'))).toEqual(live);
      const theirs = await t.data.findRoom('theirs');
      await (theirs && t.data.saveRoom({ ...theirs, claimedBy: null }));
      expect(await t.data.roomsClaimedBy('e')).toEqual([]);
    });

    test('STORE-17 roomsOfPatient finds the rooms, not ended, of this namespace and patientId', async () => {
      await oneOfEach({ patientId: 'x' });
      await store(t.data, { id: 'theirs', namespaceId: 'other', patientId: 'x' });
      await store(t.data, { id: 'nul', patientId: 'x\u0000y' });
      await store(t.data, { id: 'none' });
      const live = ROOM_STATES.filter((state) => state !== 'ended').sort();
      expect(sortedIds(await t.data.roomsOfPatient('desk', 'x'))).toEqual(live);
      expect(ids(await t.data.roomsOfPatient('desk', 'x\u0000y'))).toEqual(['nul']);
      expect(await t.data.roomsOfPatient('desk', 'y')).toEqual([]);
    });
  });

  describe('rooms by time', () => {
    test('STORE-18 roomsKnockedUntil finds the knocks that are over, at most limit', async () => {
      const state = 'knocking';
      await store(t.data, { id: 'third', state, knockUntil: NOW + 3 });
      await store(t.data, { id: 'first', state, knockUntil: NOW + 1 });
      await store(t.data, { id: 'second', state, knockUntil: NOW + 2 });
      await store(t.data, { id: 'quiet', state: 'waiting' });
      expect(await t.data.roomsKnockedUntil(NOW, 9)).toEqual([]);
      expect(ids(await t.data.roomsKnockedUntil(NOW + 2, 9))).toEqual(['first', 'second']);
      expect(ids(await t.data.roomsKnockedUntil(NOW + 9, 1))).toEqual(['first']);
    });

    test('STORE-19 roomsUnusedSince finds open rooms made before a time, at most limit', async () => {
      await oneOfEach({ createdAt: NOW });
      await t.data.createRoom(aRoom({ id: 'unbound', namespaceId: null, createdAt: NOW + 1 }));
      expect(await t.data.roomsUnusedSince(NOW, 9)).toEqual([]);
      expect(ids(await t.data.roomsUnusedSince(NOW + 1, 9))).toEqual(['open']);
      expect(ids(await t.data.roomsUnusedSince(NOW + 2, 9))).toEqual(['open', 'unbound']);
      expect(ids(await t.data.roomsUnusedSince(NOW + 2, 1))).toEqual(['open']);
    });

    test('STORE-20 forgetEndedRooms forgets what ended before a time, and nothing else', async () => {
      await oneOfEach({ changedAt: NOW });
      await store(t.data, { id: 'later', state: 'ended', changedAt: NOW + 1 });
      await t.data.forgetEndedRooms(NOW + 1);
      expect(await t.data.findRoom('ended')).toBeUndefined();
      const rest = [...ROOM_STATES.filter((state) => state !== 'ended'), 'later'];
      for (const id of rest) expect(await t.data.findRoom(id)).toBeDefined();
      expect(await t.data.createRoom(aRoom({ id: 'ended' }))).toBe(true);
    });
  });
}
