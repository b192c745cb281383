import type { Room, Time } from '../session-data.ts';
import type { RedisParts } from './parts.ts';
import type { Changes } from './transaction.ts';

type Parts = Pick<RedisParts, 'keys' | 'rooms' | 'clients' | 'records' | 'webhooks'>;

/** Removes a namespace with all that is in it; answers what that was. Undefined if there is none. */
export async function removeIn(
  { keys, rooms, clients, records, webhooks }: Parts,
  changes: Changes,
  id: string,
  now: Time,
): Promise<{ rooms: Room[]; clients: string[] } | undefined> {
  if (!(await changes.hasMember(keys.namespaces, id))) return undefined;
  const ended = await rooms.endAll(changes, id, now);
  const forgotten = await clients.forgetAll(changes, id);
  await records.endAllIn(changes, id, now);
  await webhooks?.endAllIn(changes, id, ended, now);
  changes.write('ZREM', keys.namespaces, id);
  changes.write('DEL', keys.arrivals(id));
  return { rooms: ended, clients: forgotten };
}
