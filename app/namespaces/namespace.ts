import type { Clock } from '../clock.ts';
import type { AuditWho } from '../data/audit-log.ts';
import type { Room, SessionData } from '../data/session-data.ts';
import type { Outcome, Step } from '../outcome.ts';

/** What the use cases of a namespace stand on. */
export interface NamespaceParts {
  data: SessionData;
  clock: Clock;
}

/** Who acts where nobody asked for it. */
const SERVER: AuditWho = { role: 'server' };

/**
 * Makes the namespace, or notes that one that is there is still in use (SPEC HTTP-3).
 * @throws SignalingError `store-unavailable`
 */
export async function create(
  { data, clock }: NamespaceParts,
  id: string,
  by: AuditWho = SERVER,
): Promise<Outcome<{ created: boolean }>> {
  const created = await data.createNamespace(id, clock.now());
  if (!created) await data.touchNamespace(id, clock.now());
  const fact: Step = { audit: { action: 'namespace-created', ...by, 'namespace-id': id } };
  return { reply: { created }, steps: created ? [fact] : [] };
}

/**
 * Removes the namespace and ends what went on in it; nothing happens if it is not there (SPEC HTTP-4).
 *
 * The steps stand in the order in which people have to hear of them: whoever is in a room learns first
 * that the consultation is over, then that the place is gone; only then are the connections closed.
 * @throws SignalingError `store-unavailable`
 */
export async function remove(
  { data, clock }: NamespaceParts,
  id: string,
  by: AuditWho = SERVER,
): Promise<Outcome<{ removed: boolean }>> {
  const rooms = await data.removeNamespace(id, clock.now());
  if (rooms === undefined) return { reply: { removed: false }, steps: [] };
  const inUse = rooms.filter((room) => room.state !== 'ended' && room.members.length > 0);
  const where = { 'namespace-id': id };
  const facts: Step[] = [
    { audit: { action: 'namespace-removed', ...by, ...where } },
    ...inUse.map((room): Step => {
      const reason = 'namespace-removed';
      return { audit: { action: 'ended', reason, ...by, ...where, 'room-id': room.id } };
    }),
  ];
  const namespaceRemoved: Step = {
    to: { everyoneIn: id },
    event: 'namespace-removed',
    data: { 'namespace-id': id, 'come-back': false },
  };
  return {
    reply: { removed: true },
    steps: [
      ...facts,
      ...inUse.map(roomEnded),
      namespaceRemoved,
      ...inUse.map(everyoneLeaves),
      { close: id },
    ],
  };
}

export interface Availability {
  exists: boolean;
  doctorOnline: boolean;
  queueLength: number;
}

/** How a namespace looks that does not exist. */
export const NOWHERE: Availability = { exists: false, doctorOnline: false, queueLength: 0 };

/**
 * Whether the namespace is there, whether a doctor is, and how many patients wait (SPEC HTTP-5). It
 * changes nothing: being asked about is not being in use.
 * @throws SignalingError `store-unavailable`
 */
export async function availability(
  { data }: Pick<NamespaceParts, 'data'>,
  id: string,
): Promise<Availability> {
  if (!(await data.hasNamespace(id))) return NOWHERE;
  const [doctors, queueLength] = await Promise.all([data.countDoctors(id), data.countWaiting(id)]);
  return { exists: true, doctorOnline: doctors > 0, queueLength };
}

const memberIds = (room: Room): string[] => room.members.map((member) => member.clientId);

const roomEnded = (room: Room): Step => ({
  to: { clients: memberIds(room) },
  event: 'room-ended',
  data: { 'room-id': room.id, reason: 'namespace-removed' },
});

const everyoneLeaves = (room: Room): Step => ({ leave: room.id, clients: memberIds(room) });
