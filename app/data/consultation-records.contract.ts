import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type ConsultationFact,
  type ConsultationRecords,
  MOMENTS_KEPT,
} from './consultation-records.ts';
import { NOW, store } from './contract/fixtures.contract.ts';
import type { SessionData } from './session-data.ts';

export interface RecordsStore {
  /** Opens it, with what it held when it was last open. */
  open(): Promise<{ data: SessionData; records: ConsultationRecords }>;
  destroy(): Promise<void>;
}

const waits = (since = NOW, namespaceId = 'desk'): ConsultationFact => ({
  fact: 'waits',
  namespaceId,
  clientId: 'p',
  since,
});
const admitted: ConsultationFact = { fact: 'admitted', by: 'd' };
const ended: Extract<ConsultationFact, { fact: 'ended' }> = {
  fact: 'ended',
  reason: 'doctor-ended',
  by: 'doctor',
};
const held: ConsultationFact = { fact: 'is', state: 'on-hold' };
const members = [
  { clientId: 'p', role: 'patient' },
  { clientId: 'd', role: 'doctor' },
] as const;

/** The promises of the `ConsultationRecords` port (SPEC STORE-40 to STORE-46), for every adapter. */
export function describeConsultationRecords(
  name: string,
  factory: () => Promise<RecordsStore>,
): void {
  describe(`ConsultationRecords: ${name}`, () => {
    let place: RecordsStore;
    let data: SessionData;
    let records: ConsultationRecords;

    const open = async (): Promise<void> => {
      ({ data, records } = await place.open());
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

    const query = { namespaceId: 'desk', from: 0, until: 2 * NOW, roomId: null };
    const all = () => records.find({ ...query, skip: 0, limit: 1000 });
    const rooms = (found: { roomId: string }[]): string[] => found.map(({ roomId }) => roomId);

    describe('noting', () => {
      test('STORE-40 a consultation from its beginning to its end, across a restart', async () => {
        await records.note('room', NOW, [waits(NOW - 5)]);
        await records.note('room', NOW + 1, [admitted, { fact: 'is', state: 'in-consultation' }]);
        await records.note('room', NOW + 2, [{ fact: 'lost', clientId: 'p', role: 'patient' }]);
        await data.close();
        await open();
        await records.note('room', NOW + 3, [{ fact: 'back', clientId: 'p' }]);
        await records.note('room', NOW + 4, [ended]);
        expect(await all()).toEqual([
          {
            roomId: 'room',
            clientId: 'p',
            waitedFrom: NOW - 5,
            admittedAt: NOW + 1,
            admittedBy: 'd',
            endedAt: NOW + 4,
            endReason: 'doctor-ended',
            endedBy: 'doctor',
            moments: [
              { at: NOW + 1, fact: 'is', state: 'in-consultation' },
              { at: NOW + 2, fact: 'lost', clientId: 'p', role: 'patient' },
              { at: NOW + 3, fact: 'back', clientId: 'p' },
            ],
          },
        ]);
      });

      test('STORE-40 the first doctor counts, and the latest client of the patient', async () => {
        await records.note('room', NOW, [waits(), admitted]);
        await records.note('room', NOW + 1, [
          { fact: 'admitted', by: 'another' },
          { fact: 'patient', clientId: 'p2' },
        ]);
        expect(await all()).toMatchObject([{ clientId: 'p2', admittedBy: 'd', admittedAt: NOW }]);
      });

      test('STORE-40 nothing where no record has begun, or it has ended', async () => {
        await records.note('room', NOW, [admitted, held, ended]);
        expect(await all()).toEqual([]);
        await records.note('room', NOW, [waits(), ended]);
        const complete = await all();
        await records.note('room', NOW + 1, [admitted, held, { ...ended, by: null }]);
        expect(await all()).toEqual(complete);
      });

      test('STORE-40 the same room id again is another consultation', async () => {
        await records.note('room', NOW, [waits(), ended]);
        await records.note('room', NOW + 1, [waits(NOW + 1), held]);
        expect(await all()).toMatchObject([
          { endedAt: NOW, moments: [] },
          { endedAt: null, moments: [{ fact: 'is' }] },
        ]);
      });

      test('RECORD-2 STORE-40 a flood of moments leaves the times of the consultation alone', async () => {
        await records.note('room', NOW, [waits(), ...Array(MOMENTS_KEPT + 7).fill(held)]);
        await records.note('room', NOW + 1, [admitted, held, ended]);
        const [found] = await all();
        expect(found).toMatchObject({ admittedAt: NOW + 1, endedAt: NOW + 1 });
        expect(found?.moments).toHaveLength(MOMENTS_KEPT);
      });
    });

    describe('with a change of the session data', () => {
      test('STORE-41 saveRoom stores room and facts, at the time of the change', async () => {
        const room = await store(data, {});
        await data.saveRoom({ ...room, state: 'waiting', changedAt: NOW + 9 }, [waits(), admitted]);
        expect(await all()).toMatchObject([{ waitedFrom: NOW, admittedAt: NOW + 9 }]);
      });

      test('STORE-41 a change that comes late leaves no fact', async () => {
        const room = await store(data, {});
        const next = { ...room, state: 'waiting' } as const;
        await data.saveRoom(next, [waits()]);
        expect(await data.saveRoom(next, [waits()])).toBeUndefined();
        expect(await data.saveRoom({ ...room, id: 'nowhere' }, [waits()])).toBeUndefined();
        expect(await all()).toHaveLength(1);
      });

      test('STORE-41 facts that cannot be stored undo the change', async () => {
        const room = await store(data, {});
        // No number: the column takes none but whole ones.
        const broken = { ...waits(), since: 'yesterday' } as unknown as ConsultationFact;
        const change = data.saveRoom({ ...room, state: 'waiting' }, [broken]);
        await expect(change).rejects.toMatchObject({ code: 'store-unavailable' });
        expect(await data.findRoom('room')).toEqual(room);
        expect(await all()).toEqual([]);
      });

      test('STORE-41 STORE-60 a room that goes to another namespace ends a record here and begins one there', async () => {
        await data.createNamespace('other', NOW);
        const room = await store(data, {});
        const waiting = await data.saveRoom({ ...room, state: 'waiting' }, [waits()]);
        const there = { ...room, version: room.version + 1, namespaceId: 'other' };
        const over = { ...ended, reason: 'transferred' } as const;
        expect(waiting && (await data.saveRoom(there, [over, waits(NOW, 'other')]))).toBeDefined();
        await records.note('room', NOW + 1, [admitted]);
        expect(await all()).toMatchObject([{ endReason: 'transferred', admittedAt: null }]);
        expect(
          await records.find({ ...query, namespaceId: 'other', skip: 0, limit: 9 }),
        ).toMatchObject([{ endReason: null, admittedAt: NOW + 1 }]);
      });

      test('STORE-42 removeNamespace ends its records, and no others', async () => {
        await data.createNamespace('other', NOW);
        for (const namespaceId of ['desk', 'other']) {
          const room = await store(data, { id: namespaceId, namespaceId });
          await data.saveRoom({ ...room, state: 'waiting' }, [waits(NOW, namespaceId)]);
        }
        await records.note('before', NOW, [waits(), ended]);
        await data.removeNamespace('desk', NOW + 5);
        const [removed, before] = await all();
        expect(removed).toMatchObject({
          endedAt: NOW + 5,
          endReason: 'namespace-removed',
          endedBy: null,
        });
        expect(before).toMatchObject({ endedAt: NOW, endReason: 'doctor-ended' });
        const other = { ...query, namespaceId: 'other', skip: 0, limit: 9 };
        expect(await records.find(other)).toMatchObject([{ endedAt: null }]);
      });

      test('RECORD-7 STORE-43 loseAllClients: who is in a consultation is lost', async () => {
        const room = await store(data, {});
        await data.saveRoom({ ...room, state: 'in-consultation', members: [...members] }, [
          waits(),
        ]);
        await store(data, { id: 'unnoted', members: [...members] });
        await records.note('over', NOW, [waits(NOW - 1), ended]);
        const windows = { doctor: 1, patient: 1, guest: 1, service: 1 };
        await data.loseAllClients(NOW + 5, windows);
        expect(await all()).toMatchObject([
          { roomId: 'over', moments: [] },
          {
            roomId: 'room',
            moments: members.map((member) => ({ at: NOW + 5, fact: 'lost', ...member })),
          },
        ]);
      });
    });

    describe('find', () => {
      test('STORE-44 by namespace and time of coming, first come first', async () => {
        const times = { c: NOW + 2, a: NOW - 1, d: NOW + 3, b: NOW };
        for (const [room, since] of Object.entries(times))
          await records.note(room, NOW, [waits(since)]);
        await records.note('elsewhere', NOW, [waits(NOW, 'other')]);
        const within = { ...query, from: NOW, until: NOW + 3, skip: 0, limit: 9 };
        expect(rooms(await records.find(within))).toEqual(['b', 'c']);
        expect(rooms(await all())).toEqual(['a', 'b', 'c', 'd']);
      });

      test('STORE-44 of one room alone', async () => {
        for (const room of ['a', 'b', 'a']) await records.note(room, NOW, [waits(), ended]);
        const found = await records.find({ ...query, roomId: 'a', skip: 0, limit: 9 });
        expect(rooms(found)).toEqual(['a', 'a']);
      });

      test('STORE-44 a piece of it, and those who came at the same time in the order of noting', async () => {
        for (const room of ['d', 'b', 'c', 'a']) await records.note(room, NOW, [waits()]);
        const piece = (skip: number) => records.find({ ...query, skip, limit: 2 });
        expect(rooms(await piece(0))).toEqual(['d', 'b']);
        expect(rooms(await piece(2))).toEqual(['c', 'a']);
        expect(await piece(4)).toEqual([]);
      });
    });

    describe('lengths', () => {
      const over = (room: string, endedAt: number, fact: ConsultationFact = ended) =>
        records.note(room, endedAt, [fact]);
      const talk = async (room: string, began: number): Promise<void> => {
        await records.note(room, NOW, [waits()]);
        await records.note(room, began, [admitted]);
      };

      test('STORE-45 from the first doctor to the end, the latest first, at most so many', async () => {
        for (const [room, began, end] of [
          ['a', 10, 15],
          ['b', 11, 30],
          ['c', 12, 20],
        ] as const) {
          await talk(room, NOW + began);
          await over(room, NOW + end);
        }
        expect(await records.lengths('desk', 0, 9)).toEqual([
          { endedAt: NOW + 30, lengthMs: 19 },
          { endedAt: NOW + 20, lengthMs: 8 },
          { endedAt: NOW + 15, lengthMs: 5 },
        ]);
        expect(await records.lengths('desk', NOW + 20, 9)).toHaveLength(2);
        expect(await records.lengths('desk', 0, 1)).toEqual([{ endedAt: NOW + 30, lengthMs: 19 }]);
        expect(await records.lengths('other', 0, 9)).toEqual([]);
      });

      test('STORE-45 those alone that doctor or patient ended', async () => {
        const reasons = [
          'patient-ended',
          'lost',
          'patient-left',
          'transferred',
          'rejected',
        ] as const;
        for (const reason of reasons) {
          await talk(reason, NOW);
          await over(reason, NOW + 1, { ...ended, reason });
        }
        await talk('under way', NOW);
        await records.note('never admitted', NOW, [waits(), ended]);
        await data.removeNamespace('desk', NOW + 1);
        expect(await records.lengths('desk', 0, 9)).toEqual([{ endedAt: NOW + 1, lengthMs: 1 }]);
      });
    });

    test('RECORD-5 STORE-46 forgetEnded: what ended before, the oldest first, at most so many', async () => {
      const ends = { c: NOW + 2, a: NOW, d: NOW + 3, b: NOW + 1 };
      for (const [room, end] of Object.entries(ends)) {
        await records.note(room, NOW, [waits()]);
        await records.note(room, end, [ended]);
      }
      await records.note('under way', NOW, [waits()]);
      await records.forgetEnded(NOW + 3, 2);
      expect(rooms(await all())).toEqual(['c', 'd', 'under way']);
      await records.forgetEnded(NOW + 3, 2);
      await records.forgetEnded(NOW + 3, 2);
      expect(rooms(await all())).toEqual(['d', 'under way']);
    });

    test('STORE-4 an error is store-unavailable and carries its cause', async () => {
      await data.close();
      const calls = [
        () => records.note('room', NOW, [waits()]),
        () => all(),
        () => records.lengths('desk', 0, 1),
        () => records.forgetEnded(NOW, 1),
      ];
      for (const call of calls) {
        const failing = expect(call()).rejects;
        await failing.toMatchObject({ code: 'store-unavailable', cause: expect.any(Error) });
      }
    });

    test('STORE-3 what was handed out is a copy', async () => {
      await records.note('room', NOW, [waits(), held]);
      const [found] = await all();
      found?.moments.pop();
      expect((await all())[0]?.moments).toHaveLength(1);
    });
  });
}
