import type { Passed } from '@telemedicine-signaling/protocol';
import type { Room, SessionData } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { Outcome, Step } from '../outcome.ts';
import { audited } from './audited.ts';
import { isWaiting, stateAfter } from './consultation.ts';
import { ended, patientLeftSteps } from './end.ts';
import {
  type Actor,
  answerAbout,
  changeRoom,
  givenPatientId,
  newRoom,
  othersIn,
  patientOf,
  type RoomParts,
  withMember,
  without,
} from './room.ts';
import { newPatient, positionAfter } from './waiting-room.ts';

type Create = Passed & { 'room-id': string };

/**
 * `create`: a patient enters a room and waits (SPEC QUEUE-3). The room may be known, or new under the
 * well-formed id that the page brings. A second `create` for the same room renews what it carries; one
 * for another room leaves the first.
 * @throws SignalingError `payload-too-large`, `queue-full`, `room-not-found` (it is another namespace's),
 * `room-ended`, `room-taken`, `namespace-not-found`
 */
export async function enterWaitingRoom(
  parts: RoomParts,
  actor: Actor,
  sent: Create,
): Promise<Outcome> {
  const { limits } = parts;
  if (Buffer.byteLength(JSON.stringify(sent)) > limits.metadataBytes) {
    throw new SignalingError(
      'payload-too-large',
      `What create carries is kept with the room: at most ${limits.metadataBytes} bytes.`,
    );
  }
  const { before, after } = await changeRoom(
    parts,
    () => findOrMake(parts, actor, sent['room-id']),
    (room) => seat(parts, room, actor, sent),
  );
  const steps = await leaveOtherRooms(parts, actor, after.id);
  steps.push(...(await arrivalSteps(parts, actor, before, after)));
  return { reply: answerAbout(after), steps };
}

async function findOrMake(parts: RoomParts, actor: Actor, roomId: string): Promise<Room> {
  const { data, clock } = parts;
  const known = await data.findRoom(roomId);
  if (known !== undefined) {
    const isHere = known.namespaceId === null || known.namespaceId === actor.namespaceId;
    if (!isHere) throw new SignalingError('room-not-found');
    return known;
  }
  const room = newRoom(roomId, actor.namespaceId, clock.now());
  if (await data.createRoom(room)) return room;
  if (!(await data.hasNamespace(actor.namespaceId)))
    throw new SignalingError('namespace-not-found');
  return findOrMake(parts, actor, roomId);
}

/** The next form of the room with this patient in it. */
async function seat(parts: RoomParts, room: Room, actor: Actor, sent: Create): Promise<Room> {
  const given = givenPatientId(sent);
  const carried = {
    entry: sent as Passed,
    patientId: given === undefined ? null : String(given),
  };
  const patient = patientOf(room);
  if (patient === actor.id) return { ...room, ...carried, state: stillGoing(room) };
  if (patient !== undefined) {
    await assertSamePatientComesBack(parts, room, patient, actor, carried.patientId);
    return { ...withMember(without(room, patient), actor), ...carried };
  }
  const state = stateAfter(room.state, 'enter');
  if ((await countOthersWaiting(parts.data, actor)) >= parts.limits.waitingRoomSize) {
    throw new SignalingError('queue-full');
  }
  const now = parts.clock.now();
  return {
    ...withMember(room, actor),
    ...carried,
    state,
    urgent: actor.urgent ?? false,
    namespaceId: actor.namespaceId,
    place: now,
    waitingSince: now,
  };
}

/** Without the actor, who gives up one place in the waiting room for the other. */
async function countOthersWaiting(data: SessionData, actor: Actor): Promise<number> {
  const own = (await data.roomsOf(actor.id)).filter((room) => isWaiting(room.state));
  return (await data.countWaiting(actor.namespaceId)) - own.length;
}

function stillGoing(room: Room): Room['state'] {
  if (room.state === 'ended') throw new SignalingError('room-ended');
  return room.state;
}

/**
 * A page that cannot resume comes back as a new client: it takes its place again if it brings the room
 * and the patientID of a patient whose connection is lost; where there are access tokens, it is the
 * token's subject that has to be the same (SPEC RESUME-9).
 */
async function assertSamePatientComesBack(
  parts: RoomParts,
  room: Room,
  patient: string,
  actor: Actor,
  patientId: string | null,
): Promise<void> {
  if (room.state === 'ended') throw new SignalingError('room-ended');
  const seated = await parts.data.findClient(patient);
  const isLost = seated === undefined || seated.leaseUntil !== null;
  const subject = seated?.subject ?? null;
  const isSame = subject === null ? room.patientId === patientId : subject === actor.subject;
  // Who can show to be the same person need not wait until the old connection is known to be lost.
  const isProven = subject !== null || patientId !== null;
  if (!isSame || !(isLost || isProven)) throw new SignalingError('room-taken');
}

/** A patient waits in one room at a time. */
async function leaveOtherRooms(parts: RoomParts, actor: Actor, roomId: string): Promise<Step[]> {
  const steps: Step[] = [];
  for (const other of await parts.data.roomsOf(actor.id)) {
    if (other.id === roomId || patientOf(other) !== actor.id) continue;
    const { before } = await changeRoom(
      parts,
      async () => (await parts.data.findRoom(other.id)) ?? other,
      (room) => (room.state === 'ended' ? room : ended(room, 'patient-left', 'patient')),
    );
    if (before.state !== 'ended') steps.push(...patientLeftSteps(before, actor, {}));
  }
  return steps;
}

async function arrivalSteps(
  parts: RoomParts,
  actor: Actor,
  before: Room,
  after: Room,
): Promise<Step[]> {
  const formerPatient = patientOf(before);
  const isRenewal = formerPatient === actor.id;
  const steps: Step[] = [];
  if (formerPatient !== undefined && !isRenewal) {
    await parts.data.forgetClient(formerPatient);
    const left = { 'client-id': formerPatient, 'room-id': after.id };
    steps.push({ leave: after.id, clients: [formerPatient] }, { forget: formerPatient });
    steps.push({ to: { clients: othersIn(after, actor.id) }, event: 'client-left', data: left });
  }
  if (!isRenewal)
    steps.push({ enter: after.id, client: actor.id }, audited('entered', actor, after));
  if (!isRenewal && !isWaiting(after.state)) steps.push(...introduce(actor, after));
  if (!isWaiting(after.state)) return steps;
  if (!isRenewal) {
    steps.push(...introduce(actor, after));
    steps.push({
      to: { doctorsOf: actor.namespaceId },
      event: 'new-patient',
      data: newPatient(after),
    });
  }
  const ahead = await parts.data.countAhead(after);
  const online = (await parts.data.countDoctors(actor.namespaceId)) > 0;
  const typical = await parts.lengths.typical(actor.namespaceId);
  const to = { clients: [actor.id] };
  steps.push(
    { to, event: 'queue-position', data: positionAfter(after, ahead, typical) },
    { to, event: 'doctor-online', data: { 'namespace-id': actor.namespaceId, online } },
    { queueChanged: actor.namespaceId },
  );
  return steps;
}

/** Whoever is in the room already learns who has come, and nothing of what the page sent. */
function introduce(actor: Actor, room: Room): Step[] {
  const others = othersIn(room, actor.id);
  if (others.length === 0) return [];
  const data = { 'room-id': room.id, 'client-id': actor.id, from: actor.id };
  return [{ to: { clients: others }, event: 'room-joined', data }];
}
