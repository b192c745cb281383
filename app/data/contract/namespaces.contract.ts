import { beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../session-data.ts';
import {
  aClient,
  aRoom,
  ids,
  NOW,
  type StoreInTest,
  sortedIds,
  store,
} from './fixtures.contract.ts';

export function describeNamespaces(t: StoreInTest): void {
  describe('namespaces', () => {
    test('STORE-5 createNamespace says whether the namespace is new', async () => {
      expect(await t.data.hasNamespace('desk')).toBe(false);
      expect(await t.data.createNamespace('desk', NOW)).toBe(true);
      expect(await t.data.createNamespace('desk', NOW)).toBe(false);
      expect(await t.data.hasNamespace('desk')).toBe(true);
      expect(await t.data.hasNamespace('des')).toBe(false);
    });

    test('STORE-5 of many who create one namespace at the same time one made it', async () => {
      const made = await Promise.all(
        [1, 2, 3, 4].map((i) => t.data.createNamespace('desk', NOW + i)),
      );
      expect(made.filter(Boolean)).toHaveLength(1);
    });

    test('STORE-6 a namespace counts as unused by its last touch', async () => {
      await t.data.createNamespace('old', NOW);
      await t.data.createNamespace('touched', NOW);
      await t.data.touchNamespace('touched', NOW + 2);
      expect(await t.data.namespacesUnusedSince(NOW)).toEqual([]);
      expect(await t.data.namespacesUnusedSince(NOW + 1)).toEqual(['old']);
      expect(await t.data.namespacesUnusedSince(NOW + 3)).toEqual(['old', 'touched']);
    });

    test('STORE-6 touching a namespace that is gone does not bring it back', async () => {
      await t.data.touchNamespace('desk', NOW);
      expect(await t.data.hasNamespace('desk')).toBe(false);
    });

    test('STORE-6 a live room or a client keeps a namespace in use', async () => {
      for (const id of ['empty', 'client', 'open', 'ended']) await t.data.createNamespace(id, NOW);
      await t.data.saveClient(aClient({ namespaceId: 'client', leaseUntil: NOW }));
      await store(t.data, { id: 'o', namespaceId: 'open' });
      await store(t.data, { id: 'e', namespaceId: 'ended', state: 'ended' });
      const unused = await t.data.namespacesUnusedSince(NOW + 1);
      expect(unused.sort()).toEqual(['empty', 'ended']);
    });
  });

  describe('removal of a namespace', () => {
    beforeEach(async () => {
      await t.data.createNamespace('desk', NOW);
      await t.data.createNamespace('other', NOW);
    });

    test('STORE-7 answers the live rooms as they were, in waiting order first', async () => {
      await store(t.data, { id: 'talking', state: 'in-consultation', place: 0 });
      await store(t.data, { id: 'second', state: 'knocking', knockUntil: NOW + 9, place: 2 });
      await store(t.data, { id: 'first', state: 'waiting', place: 1, entry: { a: 1 } });
      await store(t.data, { id: 'over', state: 'ended', endReason: 'rejected' });
      const before = await t.data.waitingRooms('desk');
      const removed = await t.data.removeNamespace('desk', NOW + 5);
      expect(ids(removed ?? [])).toEqual(['first', 'second', 'talking']);
      expect(removed?.slice(0, 2)).toEqual(before);
    });

    test('STORE-7 ends the live rooms and leaves the ended ones as they are', async () => {
      const patient = { clientId: 'p', role: 'patient' } as const;
      const room = await store(t.data, {
        state: 'knocking',
        knockUntil: NOW + 9,
        claimedBy: 'd',
        members: [patient],
        entry: { patientID: 'x' },
        patientId: 'x',
      });
      const over = await store(t.data, { id: 'over', state: 'ended', endReason: 'rejected' });
      await t.data.removeNamespace('desk', NOW + 5);
      expect(await t.data.findRoom('room')).toEqual({
        ...room,
        state: 'ended',
        version: room.version + 1,
        knockUntil: null,
        entry: null,
        patientId: null,
        changedAt: NOW + 5,
        endReason: 'namespace-removed',
      });
      expect(await t.data.findRoom('over')).toEqual(over);
      expect(await t.data.countWaiting('desk')).toBe(0);
      expect(await t.data.roomsOf('p')).toEqual([]);
      expect(await t.data.roomsClaimedBy('d')).toEqual([]);
      expect(await t.data.roomsOfPatient('desk', 'x')).toEqual([]);
      expect(await t.data.roomsKnockedUntil(NOW + 99, 9)).toEqual([]);
    });

    test('STORE-7 forgets its clients and what was held for them', async () => {
      const client = aClient({ role: 'doctor', resumeHash: 'hash', leaseUntil: NOW });
      await t.data.saveClient(client);
      await t.data.hold('client', { event: 'offer', data: 1 }, { messages: 9, bytes: 999 });
      await t.data.removeNamespace('desk', NOW);
      expect(await t.data.hasNamespace('desk')).toBe(false);
      expect(await t.data.findClient('client')).toBeUndefined();
      expect(await t.data.findClientByResume('desk', 'hash')).toBeUndefined();
      expect(await t.data.clientsLeasedUntil(NOW, 9)).toEqual([]);
      await t.data.createNamespace('desk', NOW);
      await t.data.saveClient(client);
      expect((await t.data.handOutHeld('client', 0, 0)).messages).toEqual([]);
    });

    test('STORE-7 touches nothing of another namespace', async () => {
      await store(t.data, { id: 'theirs', namespaceId: 'other', state: 'waiting' });
      await t.data.createRoom(aRoom({ id: 'nobodys', namespaceId: null }));
      await t.data.saveClient(aClient({ namespaceId: 'other' }));
      const rooms = [await t.data.findRoom('theirs'), await t.data.findRoom('nobodys')];
      expect(await t.data.removeNamespace('desk', NOW)).toEqual([]);
      expect([await t.data.findRoom('theirs'), await t.data.findRoom('nobodys')]).toEqual(rooms);
      expect(await t.data.findClient('client')).toBeDefined();
    });

    test('STORE-7 answers undefined when there was no such namespace', async () => {
      expect(await t.data.removeNamespace('nowhere', NOW)).toBeUndefined();
      const [one, two] = await Promise.all([
        t.data.removeNamespace('desk', NOW),
        t.data.removeNamespace('desk', NOW),
      ]);
      expect([one, two]).toContainEqual([]);
      expect([one, two]).toContain(undefined);
    });

    test('STORE-7 what is written while it goes leaves neither a client nor a live room', async () => {
      const room = await store(t.data, { state: 'waiting' });
      const writes = await Promise.all([
        t.data.saveClient(aClient({ id: 'before' })),
        t.data.createRoom(aRoom({ id: 'before' })),
        t.data.removeNamespace('desk', NOW),
        t.data.saveRoom({ ...room, state: 'in-consultation' }),
        t.data.saveClient(aClient({ id: 'after' })),
        t.data.createRoom(aRoom({ id: 'after' })),
      ]);
      expect(sortedIds(writes[2] ?? [])).toEqual(['before', 'room']);
      expect([writes[3], writes[5]]).toEqual([undefined, false]);
      expect(await t.data.clientsOf('desk')).toEqual([]);
      for (const id of ['room', 'before']) {
        expect(await t.data.findRoom(id)).toMatchObject({ state: 'ended' });
      }
      expect(await t.data.findRoom('after')).toBeUndefined();
    });
  });

  describe('from one namespace to another', () => {
    const patient = { clientId: 'client', role: 'patient' } as const;
    const WIDE = { messages: 9, bytes: 999 };
    const sent = [1, 2].map((n) => ({ event: 'offer', data: n }));

    beforeEach(async () => {
      await t.data.createNamespace('desk', NOW);
      await t.data.createNamespace('other', NOW);
    });

    /** A client whose window runs, and for whom two messages are held. */
    async function awaited(): Promise<Client> {
      const client = aClient({ resumeHash: 'one', leaseUntil: NOW });
      await t.data.saveClient(client);
      for (const message of sent) await t.data.hold('client', message, WIDE);
      return client;
    }

    test('STORE-60 a room is in the lists of the one where it is, and of no other', async () => {
      const room = await store(t.data, {
        state: 'knocking',
        knockUntil: NOW,
        claimedBy: 'd',
        patientId: 'x',
        members: [patient],
      });
      const moved = await t.data.saveRoom({ ...room, namespaceId: 'other' });
      expect(moved).toMatchObject({ namespaceId: 'other', version: room.version + 1 });
      expect(await t.data.findRoom('room')).toEqual(moved);
      expect([await t.data.countWaiting('desk'), await t.data.countWaiting('other')]).toEqual([
        0, 1,
      ]);
      expect(await t.data.waitingRooms('desk')).toEqual([]);
      for (const list of [
        await t.data.waitingRooms('other'),
        await t.data.roomsOf('client'),
        await t.data.roomsClaimedBy('d'),
        await t.data.roomsOfPatient('other', 'x'),
        await t.data.roomsKnockedUntil(NOW, 9),
      ]) {
        expect(list).toEqual([moved]);
      }
      expect(await t.data.roomsOfPatient('desk', 'x')).toEqual([]);
      const back = moved && (await t.data.saveRoom({ ...moved, namespaceId: 'desk' }));
      expect(await t.data.waitingRooms('desk')).toEqual([back]);
      expect(await t.data.removeNamespace('other', NOW)).toEqual([]);
    });

    test('STORE-60 of two who move a room at the same time one does', async () => {
      const room = await store(t.data, { state: 'waiting' });
      const both = await Promise.all([
        t.data.saveRoom({ ...room, namespaceId: 'other' }),
        t.data.saveRoom({ ...room, urgent: true }),
      ]);
      const saved = both.filter((one) => one !== undefined);
      expect(saved).toHaveLength(1);
      expect(await t.data.findRoom('room')).toEqual(saved[0]);
    });

    test('STORE-60 what is held for a client goes along, with a room or without', async () => {
      const client = await awaited();
      await t.data.saveClient({ ...client, namespaceId: 'other' });
      expect((await t.data.handOutHeld('client', 0, 0)).messages).toEqual(sent);
      expect(ids(await t.data.clientsOf('other'))).toEqual(['client']);
      expect(await t.data.clientsOf('desk')).toEqual([]);
      const room = await store(t.data, { namespaceId: 'other', members: [patient] });
      await t.data.saveRoom({ ...room, namespaceId: 'desk' }, [], client);
      expect((await t.data.handOutHeld('client', 2, 0)).messages).toEqual([]);
      await t.data.dropHandedOut('client');
      expect(ids(await t.data.clientsLeasedUntil(NOW, 9))).toEqual(['client']);
      await t.data.removeNamespace('other', NOW);
      expect(await t.data.findClient('client')).toEqual(client);
    });

    test('STORE-60 a client finds its rooms wherever they and it are', async () => {
      const client = await awaited();
      for (const namespaceId of ['desk', 'other']) {
        await store(t.data, { id: namespaceId, namespaceId, members: [patient] });
        await store(t.data, { id: `by ${namespaceId}`, namespaceId, claimedBy: 'client' });
      }
      const seen = async () => [
        sortedIds(await t.data.roomsOf('client')),
        sortedIds(await t.data.roomsClaimedBy('client')),
      ];
      const all = [
        ['desk', 'other'],
        ['by desk', 'by other'],
      ];
      expect(await seen()).toEqual(all);
      await t.data.saveClient({ ...client, namespaceId: 'other' });
      expect(await seen()).toEqual(all);
      await t.data.forgetClient('client');
      expect(await seen()).toEqual(all);
    });

    test('STORE-60 and after it was forgotten', async () => {
      await t.data.saveClient(aClient());
      const room = await store(t.data, { members: [patient] });
      await t.data.forgetClient('client');
      expect(await t.data.roomsOf('client')).toEqual([room]);
    });

    test('STORE-60 an id is taken in all of them, and free in all when its room is forgotten', async () => {
      await store(t.data, { state: 'ended', changedAt: NOW });
      const elsewhere = aRoom({ namespaceId: 'other' });
      expect(await t.data.createRoom(elsewhere)).toBe(false);
      await t.data.forgetEndedRooms(NOW + 1);
      expect(await t.data.createRoom(elsewhere)).toBe(true);
      expect(await t.data.createRoom(aRoom())).toBe(false);
      expect(await t.data.findRoom('room')).toEqual(elsewhere);
    });
  });
}
