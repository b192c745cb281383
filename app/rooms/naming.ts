import type { Passed } from '@telemedicine-signaling/protocol';
import type { Room, SessionData } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { isHolderLost } from './claim.ts';
import { type Actor, givenPatientId, isMember } from './room.ts';

/**
 * Which room a message means (SPEC ROOM-9): the one that `room-id` names; else the one whose patient
 * gave this `patientID` at `create`; else the only one that the sender is in.
 *
 * A patient's message means the patient's own rooms only, so that nobody can end, or find out about,
 * somebody else's consultation by trying ids. A doctor ends what the doctor is in or has claimed,
 * and what a doctor held whose connection is lost.
 * @throws SignalingError `room-not-found`, `room-ambiguous`, `room-ended`, `not-allowed`
 */
export async function whichRoom(data: SessionData, actor: Actor, sent: Passed): Promise<string> {
  const roomId = sent['room-id'];
  if (typeof roomId === 'string') return namedRoom(data, actor, roomId);
  const own = await ownRooms(data, actor);
  const patientId = givenPatientId(sent);
  if (patientId !== undefined) {
    const meant = await roomsOfPatient(data, actor, own, String(patientId));
    if (meant.length > 0) {
      const mayEnd = await Promise.all(meant.map((room) => holds(data, actor, room)));
      return theOnly(
        meant.filter((_, index) => mayEnd[index]),
        'not-allowed',
      );
    }
  }
  return theOnly(own, 'room-not-found');
}

async function namedRoom(data: SessionData, actor: Actor, roomId: string): Promise<string> {
  const room = await data.findRoom(roomId);
  if (room?.namespaceId !== actor.namespaceId) throw new SignalingError('room-not-found');
  if (await holds(data, actor, room)) return room.id;
  // A stranger to the room learns nothing of it; a doctor may know what is in this practice.
  if (actor.role !== 'doctor') throw new SignalingError('room-not-found');
  throw new SignalingError(room.state === 'ended' ? 'room-ended' : 'not-allowed');
}

/** A doctor whose page was loaded anew is another client: it may end what its former self held. */
async function holds(data: SessionData, actor: Actor, room: Room): Promise<boolean> {
  if (isMember(room, actor.id) || room.claimedBy === actor.id) return true;
  return actor.role === 'doctor' && (await isHolderLost(data, room));
}

async function ownRooms(data: SessionData, actor: Actor): Promise<Room[]> {
  const rooms = await data.roomsOf(actor.id);
  if (actor.role !== 'doctor') return rooms;
  const claimed = await data.roomsClaimedBy(actor.id);
  return [...rooms, ...claimed.filter((room) => !isMember(room, actor.id))];
}

async function roomsOfPatient(
  data: SessionData,
  actor: Actor,
  own: Room[],
  patientId: string,
): Promise<Room[]> {
  if (actor.role === 'doctor') {
    const rooms = await data.roomsOfPatient(actor.namespaceId, patientId);
    return rooms.filter((room) => (actor.onlyRoom ?? room.id) === room.id);
  }
  return own.filter((room) => room.patientId === patientId);
}

function theOnly(rooms: Room[], none: 'not-allowed' | 'room-not-found'): string {
  const [first, second] = rooms;
  if (first === undefined) throw new SignalingError(none);
  if (second !== undefined) throw new SignalingError('room-ambiguous');
  return first.id;
}
