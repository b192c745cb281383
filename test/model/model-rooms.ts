import {
  isWaiting,
  type Model,
  type ModelClient,
  type ModelRoom,
  others,
  refuse,
} from './model.ts';
import { RULES } from './rules.ts';

/** ROOM-4. */
export function knock(model: Model, doctor: ModelClient, known: ModelRoom): void {
  const room = live(known);
  if (room.state === 'open') refuse('not-allowed');
  assertFree(model, room, doctor);
  // A colleague whose connection was lost is out; until this doctor comes in the patient waits.
  if (!isWaiting(room) && room.claimedBy !== doctor.id) {
    const former = room.claimedBy;
    model.toHead(room);
    model.waitsAgain(room);
    room.claimedBy = former;
  }
  claim(model, room, doctor);
  if (isWaiting(room)) {
    room.state = 'knocking';
    room.knockUntil = model.now + RULES.knockMs;
  }
  model.tell(others(room, doctor.id), room.id, `doctor-entered ${doctor.id}`);
}

/** ROOM-5. */
export function assertFree(model: Model, room: ModelRoom, doctor: ModelClient): void {
  const holder = room.claimedBy;
  if (holder === null || holder === doctor.id) return;
  if (!model.isLost(holder)) refuse('already-claimed');
}

/** The other doctors hear of it, and who was in the room with the former one. */
export function claim(model: Model, room: ModelRoom, doctor: ModelClient): void {
  const former = room.claimedBy;
  if (former === doctor.id) return;
  if (former !== null && room.members.delete(former)) {
    model.tell(others(room, doctor.id), room.id, `client-left ${former}`);
  }
  room.claimedBy = doctor.id;
  const colleagues = model.doctorsOf(doctor.namespaceId).filter((id) => id !== doctor.id);
  model.tell(colleagues, room.id, 'answered-elsewhere');
}

/** ROOM-7: a doctor or a guest goes; the doctor's patient is first in line again. */
export function stepOut(model: Model, room: ModelRoom, id: string): void {
  model.tell(others(room, id), room.id, `client-left ${id}`);
  room.members.delete(id);
  if (room.claimedBy !== id) return;
  model.toHead(room);
  model.waitsAgain(room);
}

/** ROOM-2: the room of another namespace, or of none yet, is unknown. */
export function roomHere(model: Model, client: ModelClient, roomId = ''): ModelRoom {
  const room = model.rooms.get(roomId);
  return room?.namespaceId === client.namespaceId ? room : refuse('room-not-found');
}

export function live(room: ModelRoom): ModelRoom {
  return room.state === 'ended' ? refuse('room-ended') : room;
}
