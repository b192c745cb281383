import type { ConsultationFact } from '../consultation-records.ts';
import type { Client, Room, Time } from '../session-data.ts';
import type { Guide, Numbered } from './guide.ts';
import { type Signpost, signpostTo } from './signposts.ts';

/** For how long a room is not made by an attempt that another one has overtaken, in seconds. */
const REFUSED_SECONDS = 3600;

/** The shard of its namespace; of its own name while it has none. */
const shardFor = (guide: Guide, { id, namespaceId }: Room): Numbered =>
  guide.homeOf(namespaceId ?? id);

/**
 * Makes a room under an id that is free. The signpost is put up first, so that of several who try one gets
 * the id. One that leads to nothing was left by an attempt that ended, or is late: that is refused there
 * before the signpost is turned.
 */
export async function createRoom(guide: Guide, room: Room): Promise<boolean> {
  const { signposts } = guide;
  const shard = shardFor(guide, room);
  for (;;) {
    const mine = signpostTo(shard.n);
    const was = await takeId(guide, room.id, mine);
    if (was === 'taken') return false;
    if (was === 'changed') continue;
    await guide.afterStep('announced');
    const made = await make(shard, room, mine);
    if (made === 'overtaken') continue;
    if (made) {
      signposts.remember('room', room.id, shard.n);
      return true;
    }
    // Its namespace is gone; or the room is there, and only the signpost had been lost.
    if ((await shard.data.findRoom(room.id)) === undefined) {
      await signposts.turn('room', room.id, mine, undefined);
    }
    return false;
  }
}

async function takeId(
  guide: Guide,
  id: string,
  mine: Signpost,
): Promise<'mine' | 'taken' | 'changed'> {
  const { signposts } = guide;
  if (await signposts.turn('room', id, undefined, mine)) return 'mine';
  const was = await signposts.find('room', id);
  if (was === undefined) return 'changed';
  const { store, rooms, keys } = guide.shard(was.shard);
  const isTaken = await store.change([], async (changes) => {
    if ((await rooms.find(changes, id)) !== undefined) return true;
    changes.write('SET', keys.refused(was.text), '1', 'EX', REFUSED_SECONDS);
    return false;
  });
  if (isTaken) return 'taken';
  return (await signposts.turn('room', id, was, mine)) ? 'mine' : 'changed';
}

const make = ({ store, keys, rooms }: Numbered, room: Room, mine: Signpost) =>
  store.change([], async (changes) => {
    if ((await changes.get(keys.refused(mine.text))) !== null) return 'overtaken';
    return rooms.create(changes, room);
  });

export async function saveRoom(
  guide: Guide,
  room: Room,
  facts: readonly ConsultationFact[],
  client?: Client,
): Promise<Room | undefined> {
  const to = shardFor(guide, room);
  if (client === undefined && guide.signposts.hint('room', room.id)?.shard === to.n) {
    const saved = await to.data.saveRoom(room, facts);
    if (saved !== undefined) return saved;
  }
  const from = await guide.whereIs('room', room.id);
  if (from === undefined) return undefined;
  const clientFrom = client && (await guide.whereIs('client', client.id));
  const sources = new Set([from, clientFrom ?? to.n]);
  sources.delete(to.n);
  const [source, another] = [...sources];
  if (another !== undefined || (client && guide.homeOf(client.namespaceId).n !== to.n)) {
    throw new Error('A room and a client can move only from the same place, and to the same.');
  }
  if (client !== undefined && clientFrom === undefined) await announce(guide, client.id, to.n);
  if (source === undefined) return to.data.saveRoom(room, facts, client);
  const sent = await guide.moves.send({
    from: source,
    to: to.n,
    room: { after: room, isFrom: from !== to.n },
    facts,
    client: client && { after: client, isFrom: clientFrom === source },
  });
  return sent?.room;
}

/** A client that is nowhere yet will be there. */
async function announce(guide: Guide, id: string, shard: number): Promise<void> {
  const { signposts } = guide;
  while (
    !(await signposts.turn('client', id, await signposts.find('client', id), signpostTo(shard)))
  );
}

/** The rooms are forgotten first, and then the signposts to them: those that led there before. */
export async function forgetEndedRooms(guide: Guide, shard: Numbered, time: Time): Promise<void> {
  const { signposts } = guide;
  const { store, rooms, n } = shard;
  const led = await store.change([], async (changes) => {
    const ids = await rooms.forgetEnded(changes, store.redis, time);
    return Promise.all(ids.map(async (id) => ({ id, signpost: await signposts.find('room', id) })));
  });
  if (led.length > 0) await guide.afterStep('forgotten');
  const down = led.map(async ({ id, signpost }) => {
    signposts.forget('room', id);
    if (signpost?.shard === n) await signposts.turn('room', id, signpost, undefined);
  });
  await Promise.all(down);
}

/** A client's rooms: where it is, and where the signposts say that others are. */
export async function roomsBy(
  guide: Guide,
  clientId: string,
  ask: (shard: Numbered) => Promise<Room[]>,
): Promise<Room[]> {
  const own = await guide.at('client', clientId, async (shard) => {
    const [client, rooms] = await Promise.all([shard.data.findClient(clientId), ask(shard)]);
    return client && { n: shard.n, rooms };
  });
  const elsewhere = (await guide.signposts.elsewhere(clientId)).filter((n) => n !== own?.n);
  const others = await Promise.all(elsewhere.map((n) => ask(guide.shard(n))));
  if (others.length === 0) return own?.rooms ?? [];
  return onlyLatest([...(own?.rooms ?? []), ...others.flat()]);
}

/** What is seen in two places has just moved: the later one is where it is. */
function onlyLatest(rooms: readonly Room[]): Room[] {
  const latest = new Map<string, Room>();
  for (const room of rooms) {
    if (room.version >= (latest.get(room.id)?.version ?? 0)) latest.set(room.id, room);
  }
  return [...latest.values()].sort((a, b) => a.createdAt - b.createdAt);
}
