import type { QueueEntry, ServerEvents } from '@telemedicine-signaling/protocol';
import type { Room, SessionData } from '../data/session-data.ts';
import type { Step } from '../outcome.ts';
import { isWaiting, stateAfter } from './consultation.ts';
import { estimatedWait, type TypicalLength } from './estimate.ts';
import { type Actor, patientOf, type RoomParts } from './room.ts';

/** `new-patient` as the doctors hear it: what the patient's page sent, under the true client-id. */
export function newPatient(room: Room): ServerEvents['new-patient'] {
  const from = patientOf(room) ?? '';
  return { ...room.entry, 'room-id': room.id, 'client-id': from, from };
}

/** The waiting room as `queue` shows it to the doctors (SPEC QUEUE-1). */
export function queueOf(
  namespaceId: string,
  waiting: readonly Room[],
  isConnected: (clientId: string) => boolean,
): ServerEvents['queue'] {
  return {
    'namespace-id': namespaceId,
    waiting: waiting.map((room) => queueEntry(room, isConnected)),
  };
}

function queueEntry(room: Room, isConnected: (clientId: string) => boolean): QueueEntry {
  const patient = patientOf(room) ?? '';
  return {
    'room-id': room.id,
    'client-id': patient,
    metadata: room.entry ?? {},
    'waiting-since': new Date(room.waitingSince ?? room.createdAt).toISOString(),
    connected: isConnected(patient),
    state: isWaiting(room.state) ? room.state : 'waiting',
    urgent: room.urgent,
    ...(room.ready === null ? {} : { ready: room.ready }),
    'unanswered-knocks': room.missedKnocks,
  };
}

/** The patient's place, 1 being next, and the wait where something can be said of it (SPEC QUEUE-2, QUEUE-8). */
export function positionAfter(
  room: Room,
  ahead: number,
  typical: TypicalLength | undefined,
): ServerEvents['queue-position'] {
  const wait = typical && estimatedWait(typical, ahead);
  return {
    'room-id': room.id,
    position: ahead + 1,
    ahead,
    ...(wait === undefined ? {} : { 'estimated-wait-seconds': wait }),
  };
}

/** The room of a consultation that was interrupted: its patient waits again, before all who are as urgent. */
export async function backToHead(data: SessionData, room: Room): Promise<Room> {
  const state = stateAfter(room.state, 'interrupt');
  const waiting = await data.waitingRooms(room.namespaceId ?? '');
  const head = waiting.find(({ urgent }) => urgent === room.urgent);
  const place = Math.min(room.place, (head?.place ?? room.place) - 1);
  return { ...room, state, claimedBy: null, place };
}

/** What follows when a patient waits again: it learns how it stands, and the doctors have one more in line. */
export async function backInLine(
  { data, lengths }: Pick<RoomParts, 'data' | 'lengths'>,
  room: Room,
): Promise<Step[]> {
  const namespaceId = room.namespaceId ?? '';
  const patient = patientOf(room);
  const to = { clients: patient === undefined ? [] : [patient] };
  const ahead = await data.countAhead(room);
  const position = positionAfter(room, ahead, await lengths.typical(namespaceId));
  const online = (await data.countDoctors(namespaceId)) > 0;
  return [
    { to, event: 'queue-position', data: position },
    { to, event: 'doctor-online', data: { 'namespace-id': namespaceId, online } },
    // A page that does not know `queue` shows this patient again (SPEC ROOM-7).
    { to: { doctorsOf: namespaceId }, event: 'new-patient', data: newPatient(room) },
    { queueChanged: namespaceId },
  ];
}

/** Tells every waiting patient of the namespace whether a doctor is there (SPEC QUEUE-4). */
export async function tellDoctorOnline(
  data: SessionData,
  namespaceId: string,
  online: boolean,
): Promise<Step[]> {
  const waiting = await data.waitingRooms(namespaceId);
  const patients = waiting.flatMap((room) => patientOf(room) ?? []);
  if (patients.length === 0) return [];
  return [
    {
      to: { clients: patients },
      event: 'doctor-online',
      data: { 'namespace-id': namespaceId, online },
    },
  ];
}

/**
 * `doctor-joined`: the doctor gets `queue`, then one `new-patient` for each who waits, longest wait
 * first; who waits hears `doctor-online`, once for each doctor's session.
 */
export async function doctorArrives(
  data: SessionData,
  doctor: Actor,
  isNew: boolean,
  isConnected: (clientId: string) => boolean,
): Promise<Step[]> {
  const waiting = await data.waitingRooms(doctor.namespaceId);
  const to = { clients: [doctor.id] };
  const steps: Step[] = [
    { to, event: 'queue', data: queueOf(doctor.namespaceId, waiting, isConnected) },
    ...waiting.map((room): Step => ({ to, event: 'new-patient', data: newPatient(room) })),
  ];
  if (isNew) steps.push(...(await tellDoctorOnline(data, doctor.namespaceId, true)));
  return steps;
}
