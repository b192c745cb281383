import type { Passed } from '@telemedicine-signaling/protocol';
import type { Room } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { Outcome, Step } from '../outcome.ts';
import { audited } from './audited.ts';
import { assertFree, claimed } from './claim.ts';
import { isWaiting, stateAfter } from './consultation.ts';
import {
  type Actor,
  answerAbout,
  changeRoom,
  isMember,
  othersIn,
  type RoomParts,
  roomIn,
  withMember,
  without,
} from './room.ts';
import { backInLine, backToHead } from './waiting-room.ts';

type Join = Passed & { 'room-id': string };

/**
 * `join` with `init: true`: a doctor knocks (SPEC ROOM-4). The room is this doctor's from now on;
 * everyone in it hears `doctor-entered`. The doctor is not in the room yet.
 * @throws SignalingError `room-not-found`, `room-ended`, `already-claimed`, `not-allowed` (no patient yet)
 */
export async function knock(parts: RoomParts, actor: Actor, sent: Join): Promise<Outcome> {
  const { before, after } = await changeRoom(
    parts,
    () => roomIn(parts.data, actor.namespaceId, sent['room-id']),
    async (room) => {
      await assertFree(parts.data, room, actor);
      const called = await calledBy(parts, room, actor);
      const state = stateAfter(called.state, 'knock');
      const knockUntil = state === 'knocking' ? parts.clock.now() + parts.windows.knockMs : null;
      return { ...claimed(called, actor), state, knockUntil };
    },
  );
  const isBack = !isWaiting(before.state) && isWaiting(after.state);
  const steps = isBack ? await backInLine(parts, after) : [];
  steps.push(...claimSteps(actor, before, after), {
    to: { clients: othersIn(after, actor.id) },
    event: 'doctor-entered',
    data: { ...sent, 'client-id': actor.id, from: actor.id },
  });
  // A doctor who rings again does nothing new.
  const isNew = before.claimedBy !== after.claimedBy || before.state !== after.state;
  if (isNew) steps.push(audited('knocked', actor, after));
  return { reply: answerAbout(after), steps };
}

/**
 * The room as this doctor finds it: who calls a patient whose doctor is lost in the midst of the
 * consultation interrupts that, so that the patient waits on if the knock comes to nothing.
 */
async function calledBy(parts: RoomParts, room: Room, actor: Actor): Promise<Room> {
  const goesOn = isWaiting(room.state) || room.claimedBy === actor.id;
  if (goesOn || room.claimedBy === null) return room;
  return without(await backToHead(parts.data, room), room.claimedBy);
}

/**
 * `join` without `init`: the sender enters the room, the others in it hear `room-joined` (SPEC ROOM-6).
 * With a doctor the consultation is under way; a guest changes nothing but who is there.
 * @throws SignalingError `room-not-found`, `room-ended`, `already-claimed`, `not-allowed`, `limit-reached`
 */
export async function join(parts: RoomParts, actor: Actor, sent: Join): Promise<Outcome> {
  const own = await parts.data.roomsOf(actor.id);
  const isIn = own.some((room) => room.id === sent['room-id']);
  if (!isIn && own.length >= parts.limits.roomsPerClient) {
    throw new SignalingError('limit-reached', 'You are in too many rooms. Leave one first.');
  }
  const { before, after } = await changeRoom(
    parts,
    () => roomIn(parts.data, actor.namespaceId, sent['room-id']),
    (room) => (actor.role === 'doctor' ? admit(parts, room, actor) : accompany(parts, room, actor)),
  );
  const steps = claimSteps(actor, before, after);
  if (!isMember(before, actor.id)) steps.push({ enter: after.id, client: actor.id });
  if (!isMember(before, actor.id) || before.state !== after.state) {
    steps.push(audited(actor.role === 'doctor' ? 'admitted' : 'entered', actor, after));
  }
  steps.push({
    to: { clients: othersIn(after, actor.id) },
    event: 'room-joined',
    data: { ...sent, 'client-id': actor.id, from: actor.id },
  });
  if (isWaiting(before.state) && !isWaiting(after.state)) {
    steps.push({ queueChanged: actor.namespaceId });
  }
  return { reply: answerAbout(after), steps };
}

async function admit(parts: RoomParts, room: Room, actor: Actor): Promise<Room> {
  const state = stateAfter(room.state, 'admit');
  await assertFree(parts.data, room, actor);
  return withMember({ ...claimed(room, actor), state, knockUntil: null }, actor);
}

function accompany(parts: RoomParts, room: Room, actor: Actor): Room {
  if (room.state === 'ended') throw new SignalingError('room-ended');
  if (isMember(room, actor.id)) return room;
  // Two places are kept, so that guests never shut out the patient or the doctor.
  const guests = room.members.filter((member) => member.role === 'guest');
  if (guests.length >= parts.limits.membersPerRoom - 2) {
    throw new SignalingError('limit-reached', 'This room is full.');
  }
  return withMember(room, actor);
}

/** Who hears that a room has changed hands: the other doctors, and a former holder's companions. */
function claimSteps(actor: Actor, before: Room, after: Room): Step[] {
  if (before.claimedBy === after.claimedBy) return [];
  const steps: Step[] = [];
  const former = before.claimedBy;
  if (former !== null && isMember(before, former)) {
    const left = { 'client-id': former, 'room-id': after.id };
    steps.push({ leave: after.id, clients: [former] });
    steps.push({ to: { clients: othersIn(after, actor.id) }, event: 'client-left', data: left });
  }
  steps.push({
    to: { doctorsOf: actor.namespaceId, except: actor.id },
    event: 'answered-elsewhere',
    data: { 'room-id': after.id },
  });
  if (isWaiting(after.state)) steps.push({ queueChanged: actor.namespaceId });
  return steps;
}
