import type { Passed, Role } from '@telemedicine-signaling/protocol';
import type { Clock } from '../clock.ts';
import type { ConsultationRecords } from '../data/consultation-records.ts';
import type { Room, SessionData, Time } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { RecentLengths } from './recent-lengths.ts';
import { factsOf } from './records.ts';

/** Who acts: a client of a namespace, as the server knows it. */
export interface Actor {
  id: string;
  namespaceId: string;
  role: Role;
  /** Who it is by its access token; `null` or absent in open access. */
  subject?: string | null;
  /** Whether its token lets it wait before others. */
  urgent?: boolean;
  /** The one room that its token is pinned to, if it is. */
  onlyRoom?: string | null;
}

/** What the use cases of a room stand on. */
export interface RoomParts {
  data: SessionData;
  records: ConsultationRecords;
  lengths: RecentLengths;
  clock: Clock;
  limits: {
    metadataBytes: number;
    roomsPerClient: number;
    membersPerRoom: number;
    waitingRoomSize: number;
  };
  windows: { knockMs: number };
}

/** A room in which nobody is yet; `namespaceId` null leaves it to the first patient to bind it. */
export function newRoom(id: string, namespaceId: string | null, now: Time): Room {
  return {
    id,
    namespaceId,
    state: 'open',
    version: 0,
    members: [],
    claimedBy: null,
    knockUntil: null,
    urgent: false,
    place: now,
    arrival: null,
    waitingSince: null,
    ready: null,
    missedKnocks: 0,
    entry: null,
    patientId: null,
    createdAt: now,
    changedAt: now,
    endReason: null,
    endedBy: null,
  };
}

export const isMember = (room: Room, clientId: string): boolean =>
  room.members.some((member) => member.clientId === clientId);

/** The ids of the members, without the one given. */
export const othersIn = (room: Room, clientId?: string): string[] =>
  room.members.map((member) => member.clientId).filter((id) => id !== clientId);

/**
 * What the acknowledgement tells whoever calls or comes in: how far the room is, and who is in it, since
 * nobody is in a room unseen (SPEC ROOM-15).
 */
export const answerAbout = (room: Room) => ({
  'room-id': room.id,
  state: room.state,
  members: room.members.map(({ clientId, role }) => ({ 'client-id': clientId, role })),
});

/** The client-id of the room's patient; undefined while none has come in. */
export const patientOf = (room: Room): string | undefined =>
  room.members.find((member) => member.role === 'patient')?.clientId;

export const without = (room: Room, clientId: string): Room => ({
  ...room,
  members: room.members.filter((member) => member.clientId !== clientId),
});

export const withMember = (room: Room, actor: Actor): Room =>
  isMember(room, actor.id)
    ? room
    : { ...room, members: [...room.members, { clientId: actor.id, role: actor.role }] };

/** The patient's id as pages know it: what they gave at `create`, else the client-id (SPEC ROOM-9). */
export const patientIdOf = (room: Room): string | number =>
  givenPatientId(room.entry) ?? patientOf(room) ?? room.id;

export function givenPatientId(entry: Passed | null): string | number | undefined {
  const given = entry?.patientID ?? entry?.['patient-id'];
  return typeof given === 'string' || typeof given === 'number' ? given : undefined;
}

/**
 * The room of this namespace by its id.
 * @throws SignalingError `room-not-found`: unknown, or another namespace's, with the same answer.
 */
export async function roomIn(data: SessionData, namespaceId: string, id: string): Promise<Room> {
  const room = await data.findRoom(id);
  if (room?.namespaceId !== namespaceId) throw new SignalingError('room-not-found');
  return room;
}

const TRIES = 8;

/**
 * Compare-and-set: reads the room with `read`, lets `decide` make the next form of it, and stores that
 * unless another node was faster; then it decides anew on what is there now. What `decide` throws ends it.
 * The record of the consultation is written in the same step.
 */
export async function changeRoom(
  parts: Pick<RoomParts, 'data' | 'clock' | 'lengths'>,
  read: () => Promise<Room>,
  decide: (room: Room) => Room | Promise<Room>,
  save: SessionData['saveRoom'] = (room, facts) => parts.data.saveRoom(room, facts),
): Promise<{ before: Room; after: Room }> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = await read();
    const next = await decide(before);
    if (next === before) return { before, after: before };
    const changedAt = parts.clock.now();
    const facts = factsOf(before, next, changedAt);
    const after = await save({ ...next, changedAt }, facts);
    if (after === undefined) continue;
    if (after.state === 'ended') parts.lengths.forget(after.namespaceId ?? '');
    return { before, after };
  }
  throw new SignalingError('store-unavailable');
}
