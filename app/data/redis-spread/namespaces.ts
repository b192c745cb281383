import { removeIn } from '../redis/removal.ts';
import type { Room, Time } from '../session-data.ts';
import type { Guide } from './guide.ts';

/** Removes a namespace, and then the signposts to its clients. */
export async function removeNamespace(
  guide: Guide,
  id: string,
  now: Time,
): Promise<Room[] | undefined> {
  const shard = guide.homeOf(id);
  const { signposts } = guide;
  const removed = await shard.store.change([], async (changes) => {
    const all = await removeIn(shard, changes, id, now);
    // What they said before: a client that comes again meanwhile puts up another.
    const led = (all?.clients ?? []).map(async (client) => {
      return { client, signpost: await signposts.find('client', client) };
    });
    return all && { rooms: all.rooms, led: await Promise.all(led) };
  });
  if (removed !== undefined) await guide.afterStep('forgotten');
  const down = (removed?.led ?? []).map(async ({ client, signpost }) => {
    signposts.forget('client', client);
    if (signpost?.shard === shard.n) await signposts.turn('client', client, signpost, undefined);
  });
  await Promise.all(down);
  return removed?.rooms;
}
