import type { RoomState } from '@telemedicine-signaling/protocol';
import type { Clock } from '../clock.ts';
import type { Room, SessionData } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { Outcome } from '../outcome.ts';
import { newRoom } from './room.ts';

/** What the use cases before a consultation stand on. */
export interface LobbyParts {
  data: SessionData;
  clock: Clock;
  ids: { uuid(): string };
}

/**
 * Makes a room in which nobody is yet, under a fresh UUID v4, bound to the namespace if one is given
 * (SPEC HTTP-6).
 * @throws SignalingError `namespace-not-found`, `store-unavailable`
 */
export async function makeRoom(
  { data, clock, ids }: LobbyParts,
  namespaceId: string | undefined,
): Promise<Outcome<{ roomId: string }>> {
  const roomId = ids.uuid();
  const stored = await data.createRoom(newRoom(roomId, namespaceId ?? null, clock.now()));
  // A fresh UUID is never taken, so a room that was refused lacks its namespace.
  if (!stored)
    throw new SignalingError(namespaceId === undefined ? 'internal' : 'namespace-not-found');
  return { reply: { roomId }, steps: [] };
}

/**
 * How far the consultation in this room has come, for whoever knows its id (SPEC HTTP-7). One that the
 * asker may not know of is not there.
 * @throws SignalingError `room-not-found`, `room-ended`, `store-unavailable`
 */
export async function lookUpRoom(
  { data }: Pick<LobbyParts, 'data'>,
  roomId: string,
  mayKnow: (room: Room) => boolean = () => true,
): Promise<{ roomId: string; state: Exclude<RoomState, 'ended'> }> {
  const room = await data.findRoom(roomId);
  if (room === undefined || !mayKnow(room)) throw new SignalingError('room-not-found');
  if (room.state === 'ended') throw new SignalingError('room-ended');
  return { roomId, state: room.state };
}
