import {
  isWaiting,
  type Model,
  type ModelClient,
  type ModelRoom,
  others,
  refuse,
} from './model.ts';
import { assertFree, knock, live, roomHere } from './model-rooms.ts';
import { RULES } from './rules.ts';
import type { Sent, Sight } from './sight.ts';

/** What a desk can do (DESK-1 … DESK-7). */
export const DESK_RULES = {
  'call-next'(model: Model, doctor: ModelClient, _sent: Sent, sight: Sight) {
    const callable = model
      .line(doctor.namespaceId)
      .filter((room) => room.state === 'waiting' && room.hasMicrophone)
      .filter((room) => !model.isLost(room.patient ?? ''));
    // Whoever was lost a moment ago may or may not have been passed over.
    const first = callable.findIndex((room) => sight.isOnline(room.patient ?? ''));
    const possible = first < 0 ? callable : callable.slice(0, first + 1);
    const called = possible.find(({ id }) => id === sight.roomId);
    const isNobodySeen = first < 0 && sight.code === 'room-not-found';
    const room = isNobodySeen ? undefined : (called ?? possible.at(-1));
    if (room === undefined) refuse('room-not-found');
    knock(model, doctor, room);
  },
  hold(model: Model, doctor: ModelClient, sent: Sent) {
    const room = ownRoom(model, doctor, sent);
    if (room.state === 'knocking') refuse('not-allowed');
    room.state = 'on-hold';
    model.tell(others(room, doctor.id), room.id, `put-on-hold ${doctor.id}`);
  },
  'return-to-queue'(model: Model, doctor: ModelClient, sent: Sent) {
    const room = ownRoom(model, doctor, sent);
    model.tell(others(room, doctor.id), room.id, `returned-to-queue ${doctor.id}`);
    room.members.delete(doctor.id);
    model.waitsAgain(room);
  },
  'set-priority'(model: Model, doctor: ModelClient, sent: Sent) {
    waitingRoom(model, doctor, sent).urgent = sent.urgent === true;
  },
  ready(model: Model, patient: ModelClient, sent: Sent) {
    const room = model.roomsOf(patient.id).find((one) => one.patient === patient.id);
    if (room === undefined) refuse('room-not-found');
    room.hasMicrophone = sent.microphone === true;
  },
  'message-to-waiting'(model: Model, doctor: ModelClient, sent: Sent) {
    const rooms =
      sent['room-id'] === undefined
        ? model.line(doctor.namespaceId)
        : [waitingRoom(model, doctor, sent)];
    for (const room of rooms) {
      model.tell([room.patient ?? ''], room.id, `message-to-waiting ${doctor.id}`);
    }
  },
  transfer(model: Model, doctor: ModelClient, sent: Sent, sight: Sight) {
    const to = sent['to-namespace-id'] ?? '';
    const room = roomHere(model, doctor, sent['room-id']);
    assertFree(model, room, doctor);
    if (live(room).state === 'open') refuse('not-allowed');
    if (to === doctor.namespaceId || !model.namespaces.has(to)) refuse('namespace-not-found');
    if (model.line(to).length >= RULES.waitingRoomSize) refuse('queue-full');
    const patient = model.client(room.patient ?? '');
    if (patient === undefined || patient.socket === null) refuse('peer-unreachable');
    const isJustLost = !sight.isOnline(patient.id) && sight.code === 'peer-unreachable';
    if (isJustLost) refuse('peer-unreachable');
    // The other namespace knows nothing of what was sent on the connection in this one. And another node may
    // have heard of its loss a moment too late: it is told where to go when it comes back.
    if (sight.hadSwallowed(patient) || !sight.isOnline(patient.id)) patient.mayHaveMissed = true;
    transferAway(model, room, patient, to);
  },
} as const;

function ownRoom(model: Model, doctor: ModelClient, sent: Sent): ModelRoom {
  const room = live(roomHere(model, doctor, sent['room-id']));
  return room.claimedBy === doctor.id ? room : refuse('not-allowed');
}

function waitingRoom(model: Model, doctor: ModelClient, sent: Sent): ModelRoom {
  const room = live(roomHere(model, doctor, sent['room-id']));
  return isWaiting(room) ? room : refuse('not-allowed');
}

/** The room goes over with its waiting time; the patient has a window to follow. */
function transferAway(model: Model, room: ModelRoom, patient: ModelClient, to: string): void {
  const from = patient.namespaceId;
  model.tell(others(room, patient.id), room.id, `client-left ${patient.id}`);
  model.tell([patient.id], room.id, `transferred ${patient.id}`);
  if (isWaiting(room)) {
    model.tell(model.doctorsOf(from), room.id, `patient-remove ${model.nameOfPatient(room)}`);
  }
  room.members = new Set([patient.id]);
  room.namespaceId = to;
  room.claimedBy = null;
  room.knockUntil = Number.POSITIVE_INFINITY;
  model.waitsNew(room, room.waitingSince);
  patient.namespaceId = to;
  // What a half-open connection swallowed never arrived: then the token from before is good still.
  patient.formerTokenFrom = patient.tokenFrom;
  patient.isHeardFrom = false;
  patient.tokenFrom = transferredBy(patient.socket ?? '');
  patient.socket = null;
  patient.leaseUntil = model.now + RULES.windowMs;
  model.clientOf.set(patient.tokenFrom, patient.id);
}

/** Where the token came from that `transferred` carried over this connection. */
export const transferredBy = (socket: string): string => `${socket}, transferred`;

/** The other half, in the turn of the other namespace: its doctors see the patient come. */
export function transferHere(model: Model, roomId: string): void {
  const room = model.rooms.get(roomId);
  if (room === undefined || !isWaiting(room)) return;
  model.tell(model.doctorsOf(room.namespaceId ?? ''), room.id, `new-patient ${room.patient}`);
}

/** Who comes back to where it was before a transfer is told where it is expected, with a token anew. */
export function sendOn(
  model: Model,
  {
    namespaceId,
    socket,
    tokenFrom = '',
  }: { namespaceId: string; socket: string; tokenFrom?: string | undefined },
  isHeard: boolean,
): void {
  const client = model.speaker(tokenFrom);
  if (client?.namespaceId !== namespaceId || client.socket !== null) return;
  const room = model.roomsOf(client.id).find((one) => one.patient === client.id);
  client.tokenFrom = transferredBy(socket);
  client.leaseUntil = model.now + RULES.windowMs;
  model.clientOf.set(client.tokenFrom, client.id);
  model.clientOf.set(socket, client.id);
  if (isHeard) model.tell([client.id], room?.id ?? '', `transferred ${client.id}`);
}
