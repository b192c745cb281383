import type { EndReason, FromClient, Passed, Role } from '@telemedicine-signaling/protocol';
import type { Room } from '../data/session-data.ts';
import type { Outcome, Step } from '../outcome.ts';
import { auditedEnd } from './audited.ts';
import { assertFree } from './claim.ts';
import { isWaiting, stateAfter } from './consultation.ts';
import { whichRoom } from './naming.ts';
import { type Actor, changeRoom, othersIn, patientIdOf, type RoomParts, roomIn } from './room.ts';

/** The next form of a room that is over. Its claim and its knock end with it. */
export const ended = (room: Room, reason: EndReason, by: Role | null): Room => ({
  ...room,
  state: stateAfter(room.state, 'end'),
  claimedBy: null,
  knockUntil: null,
  endReason: reason,
  endedBy: by,
});

/**
 * What follows an end (SPEC ROOM-8): the members hear `room-ended`, and so do the doctors if it was in
 * their waiting room; then nobody is a member any more.
 */
export function endSteps(before: Room, reason: EndReason, by: Role | null, actor?: Actor): Step[] {
  const data = { 'room-id': before.id, reason, ...(by === null ? {} : { by }) };
  const members = othersIn(before);
  const leave: Step = { leave: before.id, clients: members };
  if (!isWaiting(before.state) || before.namespaceId === null) {
    return [
      ...auditedEnd(before, reason, actor),
      { to: { clients: members }, event: 'room-ended', data },
      leave,
    ];
  }
  const withoutDoctors = before.members.filter((member) => member.role !== 'doctor');
  return [
    ...auditedEnd(before, reason, actor),
    {
      to: { clients: withoutDoctors.map((member) => member.clientId) },
      event: 'room-ended',
      data,
    },
    { to: { doctorsOf: before.namespaceId }, event: 'room-ended', data },
    leave,
    { queueChanged: before.namespaceId },
  ];
}

/** `patient-remove` to the doctors of the namespace (SPEC ROOM-10). */
export const patientRemove = (room: Room, namespaceId: string, sent: Passed = {}): Step => ({
  to: { doctorsOf: namespaceId },
  event: 'patient-remove',
  data: { ...sent, patientID: patientIdOf(room), 'room-id': room.id },
});

async function end(
  parts: RoomParts,
  actor: Actor,
  roomId: string,
  reason: EndReason,
  may: (room: Room) => Promise<void> = async () => {},
): Promise<Room> {
  const { before } = await changeRoom(
    parts,
    () => roomIn(parts.data, actor.namespaceId, roomId),
    async (room) => {
      await may(room);
      return ended(room, reason, actor.role);
    },
  );
  return before;
}

/** `doctor-rejected`: the room gets `rejected` and ends. A room that another doctor has claimed does not. */
export async function reject(
  parts: RoomParts,
  actor: Actor,
  sent: Passed & { 'room-id'?: string | undefined; roomID?: string | undefined },
): Promise<Outcome> {
  const roomId = (sent['room-id'] ?? sent.roomID) as string;
  const before = await end(parts, actor, roomId, 'rejected', (room) =>
    assertFree(parts.data, room, actor),
  );
  return {
    reply: { 'room-id': roomId },
    steps: [
      {
        to: { clients: othersIn(before, actor.id) },
        event: 'rejected',
        data: { ...sent, from: actor.id },
      },
      ...endSteps(before, 'rejected', actor.role, actor),
    ],
  };
}

/** `patient-left`: the doctors get `patient-remove`, and the sender's waiting ends. */
export async function patientLeft(parts: RoomParts, actor: Actor, sent: Passed): Promise<Outcome> {
  const roomId = await whichRoom(parts.data, actor, sent);
  const before = await end(parts, actor, roomId, 'patient-left');
  return { reply: { 'room-id': roomId }, steps: patientLeftSteps(before, actor, sent) };
}

export const patientLeftSteps = (before: Room, actor: Actor, sent: Passed): Step[] => [
  patientRemove(before, actor.namespaceId, { ...sent, from: actor.id }),
  ...endSteps(before, 'patient-left', actor.role, actor),
];

/** `doctor-ended` and `patient-ended`: the others in the room get the same event, and it ends. */
export async function endConsultation(
  parts: RoomParts,
  actor: Actor,
  event: 'doctor-ended' | 'patient-ended',
  sent: Passed,
): Promise<Outcome> {
  const roomId = await whichRoom(parts.data, actor, sent);
  const before = await end(parts, actor, roomId, event);
  const told: Step = {
    to: { clients: othersIn(before, actor.id) },
    event,
    data: { patientID: patientIdOf(before), ...sent, from: actor.id } as FromClient & {
      patientID: string;
    },
  };
  return {
    reply: { 'room-id': roomId },
    steps: [told, ...endSteps(before, event, actor.role, actor)],
  };
}
