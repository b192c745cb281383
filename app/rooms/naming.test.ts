import type { Role } from '@telemedicine-signaling/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { NOW, roomParts } from '../../test/support/room-parts.ts';
import { aClient, store } from '../data/contract/fixtures.contract.ts';
import type { Room } from '../data/session-data.ts';
import { whichRoom } from './naming.ts';

const test = roomParts();

const actor = (id: string, role: Role) => ({ id, role, namespaceId: 'desk' });
const patient = actor('p', 'patient');
const doctor = actor('d', 'doctor');

const inIt = (...members: [string, Role][]): Pick<Room, 'members' | 'waitingSince'> => ({
  members: members.map(([clientId, role]) => ({ clientId, role })),
  waitingSince: NOW,
});

const room = (id: string, rest: Partial<Room>) =>
  store(test.parts.data, { id, namespaceId: 'desk', ...rest });

const means = (who: typeof patient, sent: Record<string, unknown>) =>
  whichRoom(test.parts.data, who, sent);

const refuses = (who: typeof patient, sent: Record<string, unknown>, code: string) =>
  expect(means(who, sent)).rejects.toThrow(expect.objectContaining({ code }));

beforeEach(async () => {
  const { data } = test.parts;
  for (const id of ['d', 'colleague']) await data.saveClient(aClient({ id, role: 'doctor' }));
  await room('own', { ...inIt(['p', 'patient']), state: 'waiting', patientId: 'x' });
});

describe('a patient', () => {
  it('ROOM-9 means the room they are in, however they name it', async () => {
    for (const sent of [{}, { patientID: 'x' }, { 'patient-id': 'x' }, { 'room-id': 'own' }]) {
      expect(await means(patient, sent)).toBe('own');
    }
  });

  it('ROOM-9 cannot mean, or find out about, somebody else’s', async () => {
    await room('theirs', { ...inIt(['q', 'patient']), state: 'waiting', patientId: 'y' });
    await refuses(patient, { 'room-id': 'theirs' }, 'room-not-found');
    await refuses(patient, { 'room-id': 'missing' }, 'room-not-found');
    expect(await means(patient, { patientID: 'y' })).toBe('own');
    await refuses(actor('nobody', 'patient'), { patientID: 'x' }, 'room-not-found');
  });
});

describe('a doctor', () => {
  it('ROOM-9 means a room that the doctor is in, or has claimed', async () => {
    await refuses(doctor, {}, 'room-not-found');
    await room('called', {
      ...inIt(['q', 'patient']),
      state: 'knocking',
      patientId: 'y',
      claimedBy: 'd',
    });
    for (const sent of [
      {},
      { patientID: 'y' },
      { 'room-id': 'called' },
      { patientID: 'unknown' },
    ]) {
      expect(await means(doctor, sent)).toBe('called');
    }
  });

  it('ROOM-9 does not mean what a colleague holds, and nothing ends', async () => {
    await room('hers', {
      ...inIt(['q', 'patient'], ['colleague', 'doctor']),
      state: 'in-consultation',
      patientId: 'y',
      claimedBy: 'colleague',
    });
    await refuses(doctor, { 'room-id': 'hers' }, 'not-allowed');
    await refuses(doctor, { patientID: 'y' }, 'not-allowed');
    await refuses(doctor, { 'room-id': 'own' }, 'not-allowed');
  });

  it('ROOM-9 means what a doctor held whose connection is lost', async () => {
    const { data } = test.parts;
    await room('left', {
      ...inIt(['q', 'patient'], ['colleague', 'doctor']),
      state: 'in-consultation',
      patientId: 'y',
      claimedBy: 'colleague',
    });
    await data.saveClient(aClient({ id: 'colleague', role: 'doctor', leaseUntil: NOW + 1 }));
    expect(await means(doctor, { patientID: 'y' })).toBe('left');
    expect(await means(doctor, { 'room-id': 'left' })).toBe('left');
  });

  it('ROOM-9 has to say which of two', async () => {
    for (const id of ['one', 'two']) {
      await room(id, {
        ...inIt([`patient of ${id}`, 'patient'], ['d', 'doctor']),
        state: 'in-consultation',
        patientId: 'same',
        claimedBy: 'd',
      });
    }
    await refuses(doctor, {}, 'room-ambiguous');
    await refuses(doctor, { patientID: 'same' }, 'room-ambiguous');
    expect(await means(doctor, { 'room-id': 'two' })).toBe('two');
  });

  it('ROOM-8 ROOM-9 hears that the room has ended', async () => {
    await room('own', {});
    const stored = await test.parts.data.findRoom('own');
    await test.parts.data.saveRoom({ ...(stored as Room), state: 'ended', endReason: 'lost' });
    await refuses(doctor, { 'room-id': 'own' }, 'room-ended');
  });
});
