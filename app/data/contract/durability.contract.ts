import { beforeEach, describe, expect, test } from 'vitest';
import { SignalingError } from '../../errors/signaling-error.ts';
import { startChild } from './child-process.contract.ts';
import { aClient, aRoom, NOW, type StoreInTest, store } from './fixtures.contract.ts';

export function describeDurability(t: StoreInTest): void {
  describe('what every method promises', () => {
    beforeEach(() => t.data.createNamespace('desk', NOW));

    test('STORE-1 what was acknowledged is there after SIGKILL', async () => {
      let acknowledged = 0;
      const data = await t.whileClosed(async () => {
        const child = startChild(t.opener, 'write');
        for await (const line of child.lines) {
          acknowledged = Number(line);
          if (acknowledged === 50) break;
        }
        await child.kill();
      });
      expect(acknowledged).toBe(50);
      for (let n = 1; n <= acknowledged; n += 1) {
        expect(await data.findClient(`client-${n}`)).toMatchObject({ generation: n });
        expect(await data.findRoom(`room-${n}`)).toMatchObject({ state: 'waiting', version: 1 });
        expect((await data.handOutHeld(`client-${n}`, 0, 0)).messages).toEqual([
          { event: 'offer', data: n },
        ]);
      }
      const places = (await data.waitingRooms('desk')).map((room) => room.place);
      expect(places).toEqual([...places].sort((a, b) => a - b));
      expect(places.length).toBeGreaterThanOrEqual(acknowledged);
    });

    test('STORE-1 what was stored is there after it was closed and opened again', async () => {
      const room = await store(t.data, { state: 'waiting', entry: { a: 1 }, urgent: true });
      await t.data.saveClient(aClient({ resumeHash: 'h' }));
      const data = await t.reopen();
      expect(await data.hasNamespace('desk')).toBe(true);
      expect(await data.findRoom('room')).toEqual(room);
      expect(await data.findClientByResume('desk', 'h')).toEqual(aClient({ resumeHash: 'h' }));
    });

    test('STORE-2 calls take effect in the order in which they were made', async () => {
      const seen = await Promise.all([
        t.data.hasNamespace('new'),
        t.data.createNamespace('new', NOW),
        t.data.saveClient(aClient({ namespaceId: 'new', generation: 1 })),
        t.data.saveClient(aClient({ namespaceId: 'new', generation: 2 })),
        t.data.findClient('client').then((client) => client?.generation),
        t.data.createRoom(aRoom({ namespaceId: 'new' })),
        t.data.saveRoom(aRoom({ namespaceId: 'new', place: 1 })).then((room) => room?.place),
        t.data.findRoom('room').then((room) => room?.place),
        t.data.removeNamespace('new', NOW).then((rooms) => rooms?.length),
        t.data.hasNamespace('new'),
      ]);
      expect(seen).toEqual([false, true, undefined, undefined, 2, true, 1, 1, 1, false]);
    });

    test('STORE-3 what is handed in or out is a copy: changing it changes nothing', async () => {
      const sent = aRoom({ state: 'waiting', entry: { list: [1] } });
      sent.members.push({ clientId: 'p', role: 'patient' });
      await t.data.createRoom(sent);
      const client = aClient();
      await t.data.saveClient(client);
      const before = await t.data.findRoom('room');
      const again = { ...aRoom(before), members: [...sent.members], entry: { list: [1] } };
      const saved = await t.data.saveRoom(again);
      const kept = structuredClone(saved);
      const handedOut = [
        sent,
        again,
        saved,
        await t.data.findRoom('room'),
        ...(await t.data.waitingRooms('desk')),
        ...(await t.data.roomsOf('p')),
      ];
      for (const room of handedOut) {
        if (room === undefined) throw new Error('a room is missing');
        (room.entry?.list as number[] | undefined)?.push(2);
        room.members.pop();
        Object.assign(room, { version: 99, claimedBy: 'x' });
      }
      client.generation = 99;
      Object.assign((await t.data.findClient('client')) ?? {}, { generation: 99 });
      expect(await t.data.findRoom('room')).toEqual(kept);
      expect(await t.data.findClient('client')).toEqual(aClient());
    });

    test('STORE-4 an error is store-unavailable and carries its cause', async () => {
      const { data } = t;
      await data.close();
      await data.close();
      const calls = [
        () => data.createNamespace('x', NOW),
        () => data.findRoom('room'),
        () => data.saveRoom(aRoom()),
        () => data.hold('client', { event: 'e', data: 1 }, { messages: 1, bytes: 99 }),
      ];
      for (const call of calls) {
        const error = await call().catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(SignalingError);
        expect(error).toMatchObject({ code: 'store-unavailable', cause: expect.any(Error) });
      }
    });
  });
}
