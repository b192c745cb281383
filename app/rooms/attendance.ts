import type { Client, Room } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { Outcome, Step } from '../outcome.ts';
import { isWaiting, stateAfter } from './consultation.ts';
import { ended, endSteps, patientLeftSteps, patientRemove } from './end.ts';
import { attendanceFact } from './records.ts';
import {
  type Actor,
  changeRoom,
  isMember,
  othersIn,
  patientOf,
  type RoomParts,
  roomIn,
  without,
} from './room.ts';
import { backInLine, backToHead, tellDoctorOnline } from './waiting-room.ts';

/**
 * The others in the rooms of a client hear that its connection is lost, or is there again; of a patient
 * who waits, the doctors hear it too (SPEC RESUME-1).
 */
export async function tellAttendance(
  parts: RoomParts,
  client: Actor,
  event: 'client-disconnected' | 'client-reconnected',
): Promise<Step[]> {
  const steps: Step[] = [];
  for (const room of await parts.data.roomsOf(client.id)) {
    await parts.records.note(room.id, parts.clock.now(), [attendanceFact(client, event)]);
    const data = { 'client-id': client.id, 'room-id': room.id };
    const concernsDoctors = isWaiting(room.state) && patientOf(room) === client.id;
    const others = room.members.filter(
      (member) => member.clientId !== client.id && !(concernsDoctors && member.role === 'doctor'),
    );
    steps.push({ to: { clients: others.map((member) => member.clientId) }, event, data });
    if (concernsDoctors) {
      steps.push(
        { to: { doctorsOf: client.namespaceId }, event, data },
        { queueChanged: client.namespaceId },
      );
    }
  }
  return steps;
}

/**
 * The end of a reconnect window (SPEC RESUME-7): a waiting patient's room ends (`abandoned`), a patient
 * in consultation ends it (`lost`), a doctor leaves the patient at the head of the waiting room. Then
 * the client is forgotten.
 */
export async function windowEnds(parts: RoomParts, client: Client): Promise<Outcome> {
  const steps: Step[] = [];
  for (const room of await parts.data.roomsOf(client.id)) {
    steps.push(...(await dropOut(parts, room, client)));
  }
  steps.push(...(await releaseClaims(parts, client)));
  await parts.data.forgetClient(client.id);
  await parts.data.touchNamespace(client.namespaceId, parts.clock.now());
  steps.push({ forget: client.id });
  if (client.role === 'doctor' && (await parts.data.countDoctors(client.namespaceId)) === 0) {
    steps.push(...(await tellDoctorOnline(parts.data, client.namespaceId, false)));
  }
  return { reply: {}, steps };
}

async function dropOut(parts: RoomParts, room: Room, client: Client): Promise<Step[]> {
  if (patientOf(room) !== client.id) return stepOut(parts, room.id, client);
  const reason = isWaiting(room.state) ? 'abandoned' : 'lost';
  const { before } = await changeRoom(
    parts,
    () => roomIn(parts.data, client.namespaceId, room.id),
    (current) => (current.state === 'ended' ? current : ended(current, reason, null)),
  );
  if (before.state === 'ended') return [];
  const removed = isWaiting(before.state) ? [patientRemove(before, client.namespaceId)] : [];
  return [...removed, ...endSteps(before, reason, null)];
}

/** `leave`: the sender leaves the room, the others hear `client-left` (SPEC ROOM-7). */
export async function leave(parts: RoomParts, actor: Actor, roomId: string): Promise<Outcome> {
  const room = await roomIn(parts.data, actor.namespaceId, roomId);
  if (!isMember(room, actor.id)) throw new SignalingError('room-not-found');
  if (room.state === 'ended') throw new SignalingError('room-ended');
  if (patientOf(room) !== actor.id) {
    return { reply: { 'room-id': roomId }, steps: await stepOut(parts, roomId, actor) };
  }
  const { before } = await changeRoom(
    parts,
    () => roomIn(parts.data, actor.namespaceId, roomId),
    (current) => ended(current, 'patient-left', actor.role),
  );
  return {
    reply: { 'room-id': roomId },
    steps: [clientLeft(before, actor.id), ...patientLeftSteps(before, actor, {})],
  };
}

/** A doctor or a guest goes; with the doctor who held the consultation the patient is first in line again. */
async function stepOut(parts: RoomParts, roomId: string, actor: Actor): Promise<Step[]> {
  const { before, after } = await changeRoom(
    parts,
    () => roomIn(parts.data, actor.namespaceId, roomId),
    async (room) => {
      if (room.state === 'ended' || !isMember(room, actor.id)) return room;
      const remaining = without(room, actor.id);
      return room.claimedBy === actor.id ? backToHead(parts.data, remaining) : remaining;
    },
  );
  if (after === before) return [];
  const steps: Step[] = [clientLeft(before, actor.id), { leave: roomId, clients: [actor.id] }];
  if (isWaiting(before.state) || !isWaiting(after.state)) return steps;
  return [...steps, ...(await backInLine(parts, after))];
}

const clientLeft = (room: Room, clientId: string): Step => ({
  to: { clients: othersIn(room, clientId) },
  event: 'client-left',
  data: { 'client-id': clientId, 'room-id': room.id },
});

/** The knocks of a doctor who is gone are over. */
async function releaseClaims(parts: RoomParts, client: Actor): Promise<Step[]> {
  const steps: Step[] = [];
  for (const room of await parts.data.roomsClaimedBy(client.id)) {
    steps.push(
      ...(await withdrawKnock(parts, room, ({ claimedBy }) => claimedBy === client.id, 0)),
    );
  }
  return steps;
}

/**
 * A knock that nobody answered in time is over: the patient waits on in the same place, with a mark in
 * `queue` (SPEC ROOM-11).
 */
export async function knockEnds(parts: RoomParts, room: Room): Promise<Outcome> {
  const now = parts.clock.now();
  const isOver = ({ knockUntil }: Room) => knockUntil !== null && knockUntil <= now;
  // The patient may have been transferred while this stood in the lane.
  const isHere = (await parts.data.findRoom(room.id))?.namespaceId === room.namespaceId;
  if (!isHere) return { reply: {}, steps: [] };
  return { reply: {}, steps: await withdrawKnock(parts, room, isOver, 1) };
}

async function withdrawKnock(
  parts: RoomParts,
  known: Room,
  isOver: (room: Room) => boolean,
  missed: 0 | 1,
): Promise<Step[]> {
  const namespaceId = known.namespaceId ?? '';
  const { before, after } = await changeRoom(
    parts,
    () => roomIn(parts.data, namespaceId, known.id),
    (room) =>
      room.state === 'knocking' && isOver(room)
        ? {
            ...room,
            state: stateAfter(room.state, 'withdraw'),
            claimedBy: null,
            knockUntil: null,
            missedKnocks: room.missedKnocks + missed,
          }
        : room,
  );
  if (after === before) return [];
  // Who is called hears that it is over: else the patient's page would go on ringing.
  const from = before.claimedBy ?? '';
  const told = { 'room-id': before.id, from };
  return [
    { to: { clients: othersIn(before, from) }, event: 'returned-to-queue', data: told },
    { queueChanged: namespaceId },
  ];
}

/** A room into which no patient ever came is over, also for a guest who waits there (SPEC ROOM-12). */
export async function unusedRoomEnds(parts: RoomParts, room: Room): Promise<Outcome> {
  const { before, after } = await changeRoom(
    parts,
    async () => (await parts.data.findRoom(room.id)) ?? room,
    (current) => (current.state === 'open' ? ended(current, 'expired', null) : current),
  );
  return { reply: {}, steps: after === before ? [] : endSteps(before, 'expired', null) };
}
