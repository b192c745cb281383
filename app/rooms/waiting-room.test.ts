import { describe, expect, it } from 'vitest';
import { NOW, roomParts } from '../../test/support/room-parts.ts';
import { aRoom, ids, store } from '../data/contract/fixtures.contract.ts';
import { backToHead, newPatient, queueOf } from './waiting-room.ts';

const test = roomParts();

const members = (clientId: string) => [{ clientId, role: 'patient' } as const];

const waits = (id: string, place: number, urgent = false) =>
  store(test.parts.data, {
    id,
    state: 'waiting',
    members: members(`p-${id}`),
    waitingSince: NOW,
    place,
    urgent,
  });

async function interrupted(id: string, place: number, urgent = false): Promise<void> {
  const room = await store(test.parts.data, {
    id,
    state: 'in-consultation',
    members: members(`p-${id}`),
    waitingSince: NOW,
    place,
    urgent,
    claimedBy: 'd',
  });
  await test.parts.data.saveRoom(await backToHead(test.parts.data, room));
}

const line = async () => ids(await test.parts.data.waitingRooms('desk'));

describe('a patient whose doctor dropped out', () => {
  it('QUEUE-6 is before all who wait, however late they came themselves', async () => {
    await waits('first', NOW);
    await waits('second', NOW);
    await interrupted('late', NOW + 5000);
    expect(await line()).toEqual(['late', 'first', 'second']);
    await interrupted('later', NOW + 9000);
    expect(await line()).toEqual(['later', 'late', 'first', 'second']);
  });

  it('QUEUE-6 DESK-4 is before all who are as urgent, and after those who are more so', async () => {
    await waits('urgent', NOW + 5000, true);
    await waits('first', NOW);
    await interrupted('late', NOW + 1000);
    expect(await line()).toEqual(['urgent', 'late', 'first']);
    await interrupted('urgent-late', NOW + 9000, true);
    expect(await line()).toEqual(['urgent-late', 'urgent', 'late', 'first']);
  });

  it('QUEUE-6 keeps an earlier place than the first of those who wait', async () => {
    await waits('later', NOW + 5000);
    await interrupted('earliest', NOW);
    expect(await line()).toEqual(['earliest', 'later']);
  });
});

describe('what the doctors see', () => {
  const entry = { name: 'x', 'client-id': 'forged', from: 'forged', 'room-id': 'forged' };
  const room = aRoom({ members: members('p'), state: 'knocking', waitingSince: NOW, entry });

  it('WHO-2 new-patient carries what was sent under the true client-id and room', () => {
    const told = { name: 'x', 'client-id': 'p', from: 'p', 'room-id': 'room' };
    expect(newPatient(room)).toEqual(told);
  });

  it('QUEUE-1 queue shows each who waits, connected or not', () => {
    expect(queueOf('desk', [room], () => false).waiting[0]).toMatchObject({
      'room-id': 'room',
      'client-id': 'p',
      metadata: entry,
      'waiting-since': new Date(NOW).toISOString(),
      connected: false,
      state: 'knocking',
      urgent: false,
    });
  });
});
