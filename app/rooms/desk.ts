import type { Passed, Readiness } from '@telemedicine-signaling/protocol';
import type { Room } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { Outcome, Step } from '../outcome.ts';
import { knock } from './admit.ts';
import { isWaiting, stateAfter } from './consultation.ts';
import {
  type Actor,
  changeRoom,
  othersIn,
  patientOf,
  type RoomParts,
  roomIn,
  without,
} from './room.ts';
import { backInLine } from './waiting-room.ts';

/**
 * `call-next`: knocks on the first in line who is there and whose microphone works, as far as the page
 * has said (SPEC DESK-1). Two doctors who call at once get two patients.
 * @throws SignalingError `room-not-found`: nobody waits who could be called
 */
export async function callNext(
  parts: RoomParts,
  actor: Actor,
  sent: Passed,
  isConnected: (clientId: string) => boolean,
): Promise<Outcome> {
  for (const room of await parts.data.waitingRooms(actor.namespaceId)) {
    if (room.state !== 'waiting' || !isConnected(patientOf(room) ?? '')) continue;
    if (room.ready?.microphone === false) continue;
    try {
      const outcome = await knock(parts, actor, { ...sent, 'room-id': room.id, init: true });
      const reply = { ...outcome.reply, 'client-id': patientOf(room), metadata: room.entry };
      return { ...outcome, reply };
    } catch (error) {
      if (!isTakenMeanwhile(error)) throw error;
    }
  }
  throw new SignalingError('room-not-found', 'Nobody waits who could be called now.');
}

/** A colleague on another node was faster, or the patient has gone: the next one, then. */
const isTakenMeanwhile = (error: unknown): boolean =>
  error instanceof SignalingError &&
  ['already-claimed', 'room-ended', 'not-allowed'].includes(error.code);

/** `hold`: the doctor's consultation rests; `join` takes it up again (SPEC DESK-2). */
export async function hold(parts: RoomParts, actor: Actor, roomId: string): Promise<Outcome> {
  const { after } = await changeRoom(
    parts,
    () => ownRoom(parts, actor, roomId),
    (room) => ({ ...room, state: stateAfter(room.state, 'hold') }),
  );
  const told = { 'room-id': roomId, from: actor.id };
  return {
    reply: { 'room-id': roomId, state: after.state },
    steps: [{ to: { clients: othersIn(after, actor.id) }, event: 'put-on-hold', data: told }],
  };
}

/** `return-to-queue`: the patient waits on in the same place, for any doctor (SPEC DESK-3). */
export async function returnToQueue(
  parts: RoomParts,
  actor: Actor,
  roomId: string,
): Promise<Outcome> {
  const { before, after } = await changeRoom(
    parts,
    () => ownRoom(parts, actor, roomId),
    (room) => ({
      ...without(room, actor.id),
      state: stateAfter(room.state, 'return'),
      claimedBy: null,
      knockUntil: null,
    }),
  );
  const told = { 'room-id': roomId, from: actor.id };
  const steps: Step[] = [
    { to: { clients: othersIn(before, actor.id) }, event: 'returned-to-queue', data: told },
    { leave: roomId, clients: [actor.id] },
    ...(await backInLine(parts, after)),
  ];
  return { reply: { 'room-id': roomId, state: after.state }, steps };
}

/** A room that this doctor holds. */
async function ownRoom(parts: RoomParts, actor: Actor, roomId: string): Promise<Room> {
  const room = await roomIn(parts.data, actor.namespaceId, roomId);
  if (room.state === 'ended') throw new SignalingError('room-ended');
  if (room.claimedBy !== actor.id) throw new SignalingError('not-allowed');
  return room;
}

/** `set-priority`: urgent patients come before all others, among themselves in order (SPEC DESK-4). */
export async function setPriority(
  parts: RoomParts,
  actor: Actor,
  { 'room-id': roomId, urgent }: { 'room-id': string; urgent: boolean },
): Promise<Outcome> {
  const { after } = await changeRoom(
    parts,
    () => roomIn(parts.data, actor.namespaceId, roomId),
    (room) => {
      assertWaits(room);
      return { ...room, urgent };
    },
  );
  return {
    reply: { 'room-id': roomId, urgent: after.urgent },
    steps: [{ queueChanged: actor.namespaceId }],
  };
}

/** `ready`: what works on the patient's side, for the doctors to see (SPEC DESK-5). */
export async function reportReady(
  parts: RoomParts,
  actor: Actor,
  { camera, microphone, relay }: Readiness,
): Promise<Outcome> {
  const ready: Readiness = { camera, microphone, ...(relay === undefined ? {} : { relay }) };
  const own = await parts.data.roomsOf(actor.id);
  const roomId = own.find((room) => patientOf(room) === actor.id)?.id;
  if (roomId === undefined) throw new SignalingError('room-not-found');
  await changeRoom(
    parts,
    () => roomIn(parts.data, actor.namespaceId, roomId),
    (room) => {
      if (room.state === 'ended') throw new SignalingError('room-ended');
      return { ...room, ready };
    },
  );
  return { reply: { 'room-id': roomId }, steps: [{ queueChanged: actor.namespaceId }] };
}

/** `message-to-waiting`: a short line to one who waits, or to all (SPEC DESK-6). It is not kept. */
export async function messageToWaiting(
  parts: RoomParts,
  actor: Actor,
  { 'room-id': roomId, text }: { 'room-id'?: string | undefined; text: string },
): Promise<Outcome> {
  const rooms =
    roomId === undefined
      ? await parts.data.waitingRooms(actor.namespaceId)
      : [await roomIn(parts.data, actor.namespaceId, roomId)];
  if (roomId !== undefined) for (const room of rooms) assertWaits(room);
  return {
    reply: { told: rooms.length },
    steps: rooms.map(
      (room): Step => ({
        to: { clients: [patientOf(room) ?? ''] },
        event: 'message-to-waiting',
        data: { 'room-id': room.id, text, from: actor.id },
      }),
    ),
  };
}

function assertWaits(room: Room): void {
  if (room.state === 'ended') throw new SignalingError('room-ended');
  if (!isWaiting(room.state))
    throw new SignalingError('not-allowed', 'This patient does not wait.');
}
