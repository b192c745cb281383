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

/**
 * The first half of `transfer`, in the turn of the namespace that the patient leaves (SPEC DESK-7): the
 * room, with its waiting time, and the patient's client move to the other namespace. The patient hears
 * `transferred`, with a resume token that opens that namespace to this one client: no new link, no new
 * access token. Whoever else was in the room is not any more.
 * @throws SignalingError `room-not-found`, `room-ended`, `already-claimed`, `not-allowed` (no patient
 * yet), `namespace-not-found`, `queue-full`, `peer-unreachable` (the patient's connection is lost: nobody
 * could tell it where to go)
 */
export async function transferAway(
  parts: TransferParts,
  actor: Actor,
  roomId: string,
  toNamespaceId: string,
  isConnected: (clientId: string) => boolean,
): Promise<Outcome<Room>> {
  const { data } = parts;
  const { token, hash } = parts.newResumeToken();
  let patient: Client | undefined;
  const { before, after } = await changeRoom(
    parts,
    () => roomIn(data, actor.namespaceId, roomId),
    async (room) => {
      await assertFree(data, room, actor);
      const next = moved(room, toNamespaceId);
      await assertTakes(parts, actor, toNamespaceId);
      const client = await data.findClient(patientOf(room) ?? '');
      if (client === undefined || !isConnected(client.id)) {
        throw new SignalingError('peer-unreachable', 'The patient is not connected at the moment.');
      }
      patient = movedClient(parts, client, toNamespaceId, hash);
      return next;
    },
    (room, facts) => data.saveRoom(room, facts, patient),
  );
  return {
    reply: after,
    steps: [
      auditedTransfer(actor, before, toNamespaceId),
      ...farewell(before, toNamespaceId, token),
    ],
  };
}

async function assertTakes(
  { data, limits }: TransferParts,
  actor: Actor,
  namespaceId: string,
): Promise<void> {
  const isElsewhere = namespaceId !== actor.namespaceId;
  if (!(isElsewhere && (await data.hasNamespace(namespaceId)))) {
    throw new SignalingError('namespace-not-found');
  }
  if ((await data.countWaiting(namespaceId)) >= limits.waitingRoomSize) {
    throw new SignalingError('queue-full');
  }
}

const moved = (room: Room, namespaceId: string): Room => ({
  ...room,
  namespaceId,
  state: stateAfter(room.state, 'transfer'),
  members: room.members.filter(({ role }) => role === 'patient'),
  claimedBy: null,
  knockUntil: null,
  place: room.waitingSince ?? room.place,
  // The other waiting room gives its own.
  arrival: null,
});

/**
 * A half-open connection swallows `transferred`. Then the client comes back to where it was, with the
 * token that was good there: that stays known, so that it can be told where it is now.
 */
const movedClient = (
  { clock, patientWindowMs }: TransferParts,
  client: Client,
  namespaceId: string,
  resumeHash: string,
): Client => ({
  ...client,
  namespaceId,
  resumeHash,
  formerResumeHash: client.resumeHash,
  leaseUntil: clock.now() + patientWindowMs,
});

function farewell(room: Room, toNamespaceId: string, token: string): Step[] {
  const patientId = patientOf(room) ?? '';
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

/**
 * The second half, in the turn of the namespace that the patient comes to. Meanwhile the room may have
 * ended there, or the namespace have been removed.
 */
export async function transferHere(parts: RoomParts, sent: Room): Promise<Outcome> {
  const room = await parts.data.findRoom(sent.id);
  const isHere = room !== undefined && room.namespaceId === sent.namespaceId;
  const steps: Step[] = [];
  if (isHere && isWaiting(room.state)) {
    steps.push({ enter: room.id, client: patientOf(room) ?? '' });
    steps.push(...(await backInLine(parts, room)));
  }
  return { reply: { 'room-id': sent.id }, steps };
}
