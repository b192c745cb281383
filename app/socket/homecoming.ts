import type { Outcome, Step } from '../outcome.ts';
import { tellAttendance } from '../rooms/attendance.ts';
import { type ArrivalParts, depart } from './arrival.ts';
import { sessionFromStore } from './hand-over.ts';
import type { Neighbours } from './neighbours.ts';
import type { Session } from './session.ts';

export interface HomeParts
  extends Pick<ArrivalParts, 'data' | 'clock' | 'directory' | 'delivery' | 'rooms' | 'windows'> {
  neighbours: Neighbours;
}

/**
 * The clients of a node that died become clients of this one, whose connections are lost: they have a
 * whole window from now on (SPEC CLUSTER-6). In the namespace's turn.
 */
export async function takeOn(parts: HomeParts, namespaceId: string): Promise<Outcome> {
  const { data, directory, clock, windows } = parts;
  const orphans = await parts.neighbours.nobodys(namespaceId);
  if (orphans.length > 0) await parts.neighbours.stay(namespaceId);
  const sessions: Session[] = [];
  for (const client of orphans) {
    const session = await sessionFromStore(data, client);
    directory.add(session);
    sessions.push(session);
  }
  const steps: Step[] = [];
  for (const [n, session] of sessions.entries()) {
    const client = orphans[n];
    if (client === undefined) continue;
    const leaseUntil = clock.now() + windows[client.role];
    if (client.leaseUntil === null) steps.push(...(await depart(parts, session)));
    else if (client.leaseUntil < leaseUntil) await data.saveClient({ ...client, leaseUntil });
  }
  // Who is lost as well learns at the return who else is missing.
  const lost = sessions.map(({ id }) => id);
  return { reply: {}, steps: steps.map((step) => toOthersThan(lost, step)) };
}

function toOthersThan(lost: string[], step: Step): Step {
  if (!('to' in step)) return step;
  const { to } = step;
  if ('clients' in to) {
    return { ...step, to: { clients: to.clients.filter((id) => !lost.includes(id)) } };
  }
  return 'doctorsOf' in to ? { ...step, to: { doctorsOf: to.doctorsOf, except: lost } } : step;
}

/**
 * This node was cut off for a while: it looks up how things stand with its clients, says who is connected
 * and who is not, and hands out what was kept for them meanwhile. In the namespace's turn.
 */
export async function comeHome(parts: HomeParts, namespaceId: string): Promise<Outcome> {
  const { data, directory, neighbours } = parts;
  const sessions = [...directory.everyoneIn(namespaceId)];
  const elsewhere = await neighbours.takeBack(
    namespaceId,
    sessions.map(({ id }) => id),
  );
  const steps: Step[] = [];
  for (const session of sessions) {
    const client = await data.findClient(session.id);
    const isGone = client?.namespaceId !== namespaceId || elsewhere.has(session.id);
    if (client === undefined || isGone || client.generation > session.generation) {
      letGo(parts, session);
      continue;
    }
    session.rooms.clear();
    for (const room of await data.roomsOf(session.id)) session.rooms.add(room.id);
    const isLost = session.socket === null;
    if (isLost && client.leaseUntil === null) steps.push(...(await depart(parts, session)));
    if (!isLost && client.leaseUntil !== null) {
      await data.saveClient({ ...client, leaseUntil: null });
      steps.push(...(await tellAttendance(parts.rooms, session, 'client-reconnected')));
    }
    await handOut(parts, session);
  }
  return { reply: {}, steps: [...steps, { queueChanged: namespaceId }] };
}

/** Its page finds out what has become of it when it comes back. */
function letGo({ directory }: HomeParts, session: Session): void {
  directory.remove(session.id);
  const { socket } = session;
  session.socket = null;
  socket?.conn.close();
}

async function handOut({ data, delivery }: HomeParts, session: Session): Promise<void> {
  const { socket } = session;
  if (socket === null) return;
  const sent = session.outbox?.sent ?? 0;
  const held = await data.handOutHeld(session.id, Number.MAX_SAFE_INTEGER, sent);
  // It has to be told anew how things stand, which is what happens when it comes back.
  if (held.overflow) socket.conn.close();
  for (const { event, data: kept } of held.messages) delivery.emit(session, socket, event, kept);
}
