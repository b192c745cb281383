import { describe, expect, it } from 'vitest';
import { NOW, roomParts } from '../../test/support/room-parts.ts';
import { aRoom } from '../data/contract/fixtures.contract.ts';
import type { Room, SessionData } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { changeRoom, givenPatientId, patientIdOf, roomIn } from './room.ts';

const test = roomParts();
const code = (expected: string) => expect.objectContaining({ code: expected });
const read = () => roomIn(test.parts.data, 'desk', 'room');

/** A colleague on another node, who changes the room each time before this one can. */
function racing(data: SessionData, times: number): SessionData['saveRoom'] {
  let left = times;
  return async (room, facts) => {
    if (left > 0) {
      left -= 1;
      const current = (await data.findRoom(room.id)) as Room;
      await data.saveRoom({ ...current, urgent: !current.urgent });
    }
    return data.saveRoom(room, facts);
  };
}

describe('a change', () => {
  it('ROOM-1 is decided on what is stored, and stored if that is so still', async () => {
    await test.parts.data.createRoom(aRoom());
    const { before, after } = await changeRoom(test.parts, read, (room) => ({
      ...room,
      patientId: 'p',
    }));
    expect(before).toMatchObject({ patientId: null, version: 0 });
    expect(after).toEqual({ ...before, patientId: 'p', version: 1, changedAt: NOW });
    expect(await read()).toEqual(after);
  });

  it('ROOM-1 is decided anew when somebody else was faster', async () => {
    const { data } = test.parts;
    await data.createRoom(aRoom());
    const seen: boolean[] = [];
    const decide = (room: Room) => {
      seen.push(room.urgent);
      return { ...room, patientId: 'p' };
    };
    const { after } = await changeRoom(test.parts, read, decide, racing(data, 2));
    expect(seen).toEqual([false, true, false]);
    expect(after).toMatchObject({ patientId: 'p', urgent: false, version: 3 });
  });

  it('ERR-1 is given up when somebody else always is', async () => {
    const { data } = test.parts;
    await data.createRoom(aRoom());
    const change = changeRoom(
      test.parts,
      read,
      (room) => ({ ...room, patientId: 'p' }),
      racing(data, 100),
    );
    await expect(change).rejects.toThrow(code('store-unavailable'));
    expect(await read()).toMatchObject({ patientId: null });
  });

  it('ROOM-1 that changes nothing is not stored, and one that is refused neither', async () => {
    await test.parts.data.createRoom(aRoom());
    const same = await changeRoom(test.parts, read, (room) => room);
    expect(same.after).toBe(same.before);
    const refused = changeRoom(test.parts, read, () => {
      throw new SignalingError('already-claimed');
    });
    await expect(refused).rejects.toThrow(code('already-claimed'));
    expect(await read()).toMatchObject({ version: 0 });
  });
});

it('ROOM-2 the room of another namespace, of none, and one that is not there are all unknown', async () => {
  const { data } = test.parts;
  await data.createNamespace('other', NOW);
  await data.createRoom(aRoom({ id: 'theirs', namespaceId: 'other' }));
  await data.createRoom(aRoom({ id: 'nobodys', namespaceId: null }));
  for (const id of ['theirs', 'nobodys', 'missing']) {
    await expect(roomIn(data, 'desk', id)).rejects.toThrow(code('room-not-found'));
  }
});

describe('the patient’s own id', () => {
  it('ID-3 is patientID, else patient-id, text or number', () => {
    expect(givenPatientId({ patientID: 'a', 'patient-id': 'b' })).toBe('a');
    expect(givenPatientId({ 'patient-id': 'b' })).toBe('b');
    expect(givenPatientId({ patientID: 0 })).toBe(0);
    expect(givenPatientId({ patientID: { a: 1 } })).toBeUndefined();
    expect(givenPatientId({})).toBeUndefined();
    expect(givenPatientId(null)).toBeUndefined();
  });

  it('ROOM-10 who gave none goes by the client-id', () => {
    const members = [{ clientId: 'c', role: 'patient' } as const];
    expect(patientIdOf(aRoom({ members, entry: { patientID: 7 } }))).toBe(7);
    expect(patientIdOf(aRoom({ members, entry: {} }))).toBe('c');
    expect(patientIdOf(aRoom())).toBe('room');
  });
});
