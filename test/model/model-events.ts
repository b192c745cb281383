import { type ErrorCode, RELAY_EVENTS, type Role } from '@telemedicine-signaling/protocol';
import {
  isWaiting,
  type Model,
  type ModelClient,
  type ModelRoom,
  others,
  refuse,
} from './model.ts';
import { DESK_RULES } from './model-desk.ts';
import { assertFree, claim, knock, live, roomHere, stepOut } from './model-rooms.ts';
import { RULES } from './rules.ts';
import type { Sent, Sight } from './sight.ts';

type Rule = (model: Model, client: ModelClient, sent: Sent, sight: Sight) => void;

/** AUTH-1, for what is not open to everybody. */
const WHO: Partial<Record<ModelEvent, readonly Role[]>> = {
  join: ['doctor', 'guest'],
  'ack-doctor-entered': ['patient'],
  'doctor-rejected': ['doctor'],
  'patient-left': ['patient'],
  'doctor-ended': ['doctor'],
  'patient-ended': ['patient'],
  'call-next': ['doctor'],
  hold: ['doctor'],
  'return-to-queue': ['doctor'],
  transfer: ['doctor'],
  'message-to-waiting': ['doctor'],
  'set-priority': ['doctor'],
  ready: ['patient'],
};

/** The specification, event by event. A rule either changes the model or refuses. */
const EVENT_RULES = {
  'doctor-joined'(model: Model, client: ModelClient) {
    becomes(model, client, 'doctor');
    for (const room of model.line(client.namespaceId)) {
      model.tell([client.id], room.id, `new-patient ${room.patient}`);
    }
  },
  create(model: Model, client: ModelClient, sent: Sent) {
    becomes(model, client, 'patient');
    create(model, client, sent);
  },
  join(model: Model, client: ModelClient, sent: Sent) {
    if (sent.init === true && client.role !== 'doctor') refuse('not-allowed');
    if (sent.init === true) knock(model, client, roomHere(model, client, sent['room-id']));
    else join(model, client, sent);
  },
  'doctor-rejected'(model: Model, client: ModelClient, sent: Sent) {
    const room = live(roomHere(model, client, sent['room-id']));
    assertFree(model, room, client);
    model.tell(others(room, client.id), room.id, `rejected ${client.id}`);
    model.endRoom(room, 'rejected', 'doctor');
  },
  'patient-left'(model: Model, client: ModelClient, sent: Sent) {
    patientLeaves(model, live(whichRoom(model, client, sent)), client);
  },
  'doctor-ended'(model: Model, client: ModelClient, sent: Sent) {
    consultationEnds(model, client, sent, 'doctor-ended');
  },
  'patient-ended'(model: Model, client: ModelClient, sent: Sent) {
    consultationEnds(model, client, sent, 'patient-ended');
  },
  leave(model: Model, client: ModelClient, sent: Sent) {
    const room = roomHere(model, client, sent['room-id']);
    if (!room.members.has(client.id)) refuse('room-not-found');
    live(room);
    if (room.patient !== client.id) return stepOut(model, room, client.id);
    model.tell(others(room, client.id), room.id, `client-left ${client.id}`);
    patientLeaves(model, room, client);
  },
  'ack-doctor-entered': relay,
  'send-metadata': relay,
  offer: relay,
  answer: relay,
  'ice-candidate': relay,
  ...DESK_RULES,
} as const;

/** The events that the model knows. */
export type ModelEvent = keyof typeof EVENT_RULES;

export const isRelay = (event: string): boolean =>
  event === 'ack-doctor-entered' || (RELAY_EVENTS as readonly string[]).includes(event);

/** @throws Refusal with the code that the server must answer */
export function applyEvent(
  model: Model,
  client: ModelClient,
  event: ModelEvent,
  sent: Sent,
  sight: Sight,
): void {
  if (WHO[event]?.includes(client.role) === false) refuse('not-allowed');
  const rule: Rule = EVENT_RULES[event];
  rule(model, client, sent, sight);
}

/** AUTH-2: a client is what it says, unless it is in a room as something else. A doctor stays one. */
function becomes(model: Model, client: ModelClient, role: 'doctor' | 'patient'): void {
  if (client.role === role) return;
  if (client.role === 'doctor' || model.roomsOf(client.id).length > 0) refuse('not-allowed');
  client.role = role;
}

function create(model: Model, client: ModelClient, sent: Sent): void {
  const { id, namespaceId } = client;
  const roomId = sent['room-id'] ?? '';
  const room = model.rooms.get(roomId) ?? model.addRoom(roomId, namespaceId);
  if (room.namespaceId !== null && room.namespaceId !== namespaceId) refuse('room-not-found');
  live(room);
  const patientId = sent.patientID ?? null;
  if (room.patient === id) {
    room.patientId = patientId;
    return;
  }
  if (room.patient !== null) takeSeat(model, room, client, patientId);
  else {
    const waiting = model.line(namespaceId).filter((one) => one.patient !== id);
    if (waiting.length >= RULES.waitingRoomSize) refuse('queue-full');
    room.namespaceId = namespaceId;
  }
  for (const former of model.roomsOf(id)) patientLeaves(model, former, client);
  if (room.patient === null) model.waitsNew(room, model.now);
  room.patient = id;
  room.patientId = patientId;
  room.members.add(id);
  model.tell(others(room, id), room.id, `room-joined ${id}`);
  if (isWaiting(room)) model.tell(model.doctorsOf(namespaceId), room.id, `new-patient ${id}`);
}

/** RESUME-9. */
function takeSeat(
  model: Model,
  room: ModelRoom,
  client: ModelClient,
  patientId: string | null,
): void {
  const seated = room.patient as string;
  const isProven = patientId !== null;
  if (room.patientId !== patientId || !(isProven || model.isLost(seated))) refuse('room-taken');
  room.members.delete(seated);
  model.clients.delete(seated);
  model.tell(others(room, client.id), room.id, `client-left ${seated}`);
}

function join(model: Model, client: ModelClient, sent: Sent): void {
  const own = model.roomsOf(client.id);
  const isIn = own.some(({ id }) => id === sent['room-id']);
  if (!isIn && own.length >= RULES.roomsPerClient) refuse('limit-reached');
  const room = live(roomHere(model, client, sent['room-id']));
  if (client.role === 'doctor') {
    if (room.state === 'open') refuse('not-allowed');
    assertFree(model, room, client);
    claim(model, room, client);
    room.state = 'in-consultation';
    room.knockUntil = Number.POSITIVE_INFINITY;
  } else if (!isIn && guestSeats(model, room) <= 0) refuse('limit-reached');
  room.members.add(client.id);
  model.tell(others(room, client.id), room.id, `room-joined ${client.id}`);
}

/** A guest never takes the seat of the patient or of the doctor (ROOM-3). */
function guestSeats(model: Model, room: ModelRoom): number {
  const guests = [...room.members].filter((id) => model.client(id)?.role === 'guest').length;
  return RULES.membersPerRoom - 2 - guests;
}

function consultationEnds(
  model: Model,
  client: ModelClient,
  sent: Sent,
  event: 'doctor-ended' | 'patient-ended',
): void {
  const room = live(whichRoom(model, client, sent));
  const name = sent.patientID ?? model.nameOfPatient(room);
  // The event names the patient, not the room.
  model.tell(others(room, client.id), '', `${event} ${name} ${client.id}`);
  model.endRoom(room, event, client.role);
}

function patientLeaves(model: Model, room: ModelRoom, patient: ModelClient): void {
  const doctors = model.doctorsOf(patient.namespaceId);
  model.tell(doctors, room.id, `patient-remove ${model.nameOfPatient(room)}`);
  model.endRoom(room, 'patient-left', 'patient');
}

/** ROOM-9. */
function whichRoom(model: Model, client: ModelClient, sent: Sent): ModelRoom {
  const has = (room: ModelRoom) => room.members.has(client.id) || room.claimedBy === client.id;
  const isLeftBehind = ({ claimedBy }: ModelRoom) => claimedBy !== null && model.isLost(claimedBy);
  const holds = (room: ModelRoom) => has(room) || (client.role === 'doctor' && isLeftBehind(room));
  if (sent['room-id'] !== undefined) {
    const room = roomHere(model, client, sent['room-id']);
    if (holds(room)) return room;
    if (client.role !== 'doctor') refuse('room-not-found');
    return refuse(room.state === 'ended' ? 'room-ended' : 'not-allowed');
  }
  const all = model.liveRooms(client.namespaceId);
  const own = all.filter(has);
  if (sent.patientID !== undefined) {
    const meant = all.filter((room) => room.patientId === sent.patientID);
    const seen = client.role === 'doctor' ? meant : meant.filter(holds);
    if (seen.length > 0) return only(seen.filter(holds), 'not-allowed');
  }
  return only(own, 'room-not-found');
}

function only(rooms: ModelRoom[], none: 'not-allowed' | 'room-not-found'): ModelRoom {
  if (rooms.length > 1) refuse('room-ambiguous');
  return rooms[0] ?? refuse(none);
}

function relay(model: Model, client: ModelClient, sent: Sent): void {
  const peer = model.client(addressee(sent));
  if (peer === undefined || !model.mayReach(client, peer)) refuse('peer-unreachable');
  noteRelayed(peer, client.id, sent.n ?? 0);
}

/** Whom a relayed message is for. */
export const addressee = (sent: Sent): string => sent['peer-id'] ?? sent['client-id'] ?? '';

/** Whether a relay would be refused as things stand, and with what. */
export function relayRefusal(
  model: Model,
  client: ModelClient,
  event: ModelEvent,
  sent: Sent,
): ErrorCode | undefined {
  if (WHO[event]?.includes(client.role) === false) return 'not-allowed';
  const peer = model.client(addressee(sent));
  return peer !== undefined && model.mayReach(client, peer) ? undefined : 'peer-unreachable';
}

/** RELAY-5: what `from` sent to this client, in order. */
export function noteRelayed(peer: ModelClient, from: string, n: number): void {
  const known = peer.relayed.get(from);
  if (known === undefined) peer.relayed.set(from, [n]);
  else known.push(n);
}
