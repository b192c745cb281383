import type { Room, SessionData } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { type Actor, without } from './room.ts';

/**
 * Refuses a room that another doctor holds (SPEC ROOM-5). A doctor whose connection is lost holds it no
 * longer against a colleague, or against their own reloaded page: the patient need not wait for a window.
 * @throws SignalingError `already-claimed`
 */
export async function assertFree(data: SessionData, room: Room, actor: Actor): Promise<void> {
  if (room.claimedBy === null || room.claimedBy === actor.id) return;
  if (!(await isHolderLost(data, room))) throw new SignalingError('already-claimed');
}

/** Whether somebody has claimed the room whose connection is lost. */
export async function isHolderLost(data: SessionData, { claimedBy }: Room): Promise<boolean> {
  if (claimedBy === null) return false;
  const holder = await data.findClient(claimedBy);
  return holder === undefined || holder.leaseUntil !== null;
}

/** The room in the hands of `actor`; a former holder is in it no longer. */
export const claimed = (room: Room, actor: Actor): Room => {
  if (room.claimedBy === actor.id) return room;
  const free = room.claimedBy === null ? room : without(room, room.claimedBy);
  return { ...free, claimedBy: actor.id };
};
