import type { Client, Room } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { Outcome, Step } from '../outcome.ts';
import { auditedTransfer } from './audited.ts';
import { assertFree } from './claim.ts';
import { isWaiting, stateAfter } from './consultation.ts';
import { patientRemove } from './end.ts';
import { type Actor, changeRoom, othersIn, patientOf, type RoomParts, roomIn } from './room.ts';
import { backInLine } from './waiting-room.ts';

export interface TransferParts extends RoomParts {
  /** A fresh resume token, with the hash that the store keeps of it. */
  newResumeToken: () => { token: string; hash: string };
  /** How long the patient has to come over. */
  patientWindowMs: number;
}

export interface Transferred {
  room: Room;
  patient: Client;
}

/**
 * The first half of `transfer`, in the turn of the namespace that the patient leaves (SPEC DESK-7): the
 * room, with its waiting time, and the patient's client move to the other namespace. The patient hears
 * `transferred`, with a resume token that opens that namespace to this one client: no new link, no new
 * access token. Whoever else was in the room is not any more.
 * @throws SignalingError `namespace-not-found`, `room-not-found`, `room-ended`, `already-claimed`,
 * `peer-unreachable` (the patient's connection is lost: nobody could tell it where to go)
 */
export async function transferAway(
  parts: TransferParts,
  actor: Actor,
  roomId: string,
  toNamespaceId: string,
  isConnected: (clientId: string) => boolean,
): Promise<Outcome<Transferred>> {
  const { data, clock } = parts;
  if (toNamespaceId === actor.namespaceId || !(await data.hasNamespace(toNamespaceId))) {
    throw new SignalingError('namespace-not-found');
  }
  const room = await roomIn(data, actor.namespaceId, roomId);
  const client = await data.findClient(patientOf(room) ?? '');
  if (client === undefined || !isConnected(client.id)) {
    throw new SignalingError('peer-unreachable', 'The patient is not connected at the moment.');
  }
  const { before, after } = await changeRoom(
    parts,
    () => roomIn(data, actor.namespaceId, roomId),
    async (current) => {
      await assertFree(data, current, actor);
      return moved(current, client.id, toNamespaceId);
    },
  );
  const { token, hash } = parts.newResumeToken();
  const patient: Client = {
    ...client,
    namespaceId: toNamespaceId,
    resumeHash: hash,
    formerResumeHash: null,
    leaseUntil: clock.now() + parts.patientWindowMs,
  };
  await data.saveClient(patient);
  return {
    reply: { room: after, patient },
    steps: [
      auditedTransfer(actor, before, toNamespaceId),
      ...farewell(before, client.id, toNamespaceId, token),
    ],
  };
}

function moved(room: Room, patientId: string, namespaceId: string): Room {
  return {
    ...room,
    namespaceId,
    state: stateAfter(room.state, 'transfer'),
    members: room.members.filter((member) => member.clientId === patientId),
    claimedBy: null,
    knockUntil: null,
    place: room.waitingSince ?? room.place,
    // The other waiting room gives its own.
    arrival: null,
  };
}

function farewell(room: Room, patientId: string, toNamespaceId: string, token: string): Step[] {
  const others = othersIn(room, patientId);
  const namespaceId = room.namespaceId ?? '';
  return [
    {
      to: { clients: others },
      event: 'client-left',
      data: { 'client-id': patientId, 'room-id': room.id },
    },
    {
      to: { clients: [patientId] },
      event: 'transferred',
      data: {
        'room-id': room.id,
        'client-id': patientId,
        'to-namespace-id': toNamespaceId,
        'resume-token': token,
      },
    },
    { leave: room.id, clients: [...others, patientId] },
    { release: patientId },
    ...(isWaiting(room.state)
      ? [patientRemove(room, namespaceId), { queueChanged: namespaceId }]
      : []),
  ];
}

/** The second half, in the turn of the namespace that the patient comes to. */
export async function transferHere(
  parts: RoomParts,
  { room }: Transferred,
): Promise<Outcome<object>> {
  return { reply: { 'room-id': room.id }, steps: await backInLine(parts, room) };
}
