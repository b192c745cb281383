import type { Redis } from '../../redis/link.ts';
import type { Room, Time } from '../session-data.ts';
import type { Keys } from './keys.ts';
import { move, type Place } from './places.ts';
import type { Changes } from './transaction.ts';

const isWaiting = ({ state }: Room): boolean => state === 'waiting' || state === 'knocking';

/** Ties of `place` are broken by arrival: members of the same score stand in the order of their names. */
const nameInLine = ({ arrival, id }: Room): string =>
  `${String(arrival ?? 0).padStart(12, '0')}/${id}`;

/** Urgent first, then place, then arrival. */
export const waitingOrder = (a: Room, b: Room): number =>
  Number(b.urgent) - Number(a.urgent) || a.place - b.place || (a.arrival ?? 0) - (b.arrival ?? 0);

const idInLine = (name: string): string => name.slice(name.indexOf('/') + 1);

const parsed = (text: string | null): Room | undefined =>
  text === null ? undefined : (JSON.parse(text) as Room);

/** Rooms in Redis: one text each, and indexes beside them. */
export function roomsIn(keys: Keys) {
  function placesOf(room: Room | undefined): Place[] {
    if (room === undefined) return [];
    const { id: member, namespaceId } = room;
    if (room.state === 'ended') return [{ sorted: keys.ended, member, score: room.changedAt }];
    const places: Place[] = room.members.map(({ clientId }) => ({
      set: keys.roomsOf(clientId),
      member,
    }));
    if (room.claimedBy !== null) places.push({ set: keys.claims(room.claimedBy), member });
    if (room.state === 'open') {
      places.push({ sorted: keys.open, member, score: room.createdAt });
    }
    if (room.knockUntil !== null) {
      places.push({ sorted: keys.knocks, member, score: room.knockUntil });
    }
    if (namespaceId === null) return places;
    places.push({ set: keys.live(namespaceId), member });
    if (room.patientId !== null) {
      places.push({ set: keys.patient(namespaceId, room.patientId), member });
    }
    if (isWaiting(room)) {
      const sorted = keys.waiting(namespaceId, room.urgent);
      places.push({ sorted, member: nameInLine(room), score: room.place });
    }
    return places;
  }

  function put(changes: Changes, before: Room | undefined, after: Room): void {
    changes.write('SET', keys.room(after.id), JSON.stringify(after));
    move(changes, placesOf(before), placesOf(after));
  }

  async function isInNowhere(changes: Changes, { namespaceId }: Room): Promise<boolean> {
    return namespaceId !== null && !(await changes.hasMember(keys.namespaces, namespaceId));
  }

  async function firstArrival(changes: Changes, room: Room): Promise<number | null> {
    if (!isWaiting(room) || room.namespaceId === null) return null;
    const key = keys.arrivals(room.namespaceId);
    const next = Number((await changes.get(key)) ?? 0) + 1;
    changes.write('SET', key, next);
    return next;
  }

  async function all(redis: Redis, ids: readonly string[]): Promise<Room[]> {
    if (ids.length === 0) return [];
    const texts = await redis.mGet(ids.map((id) => keys.room(id)));
    return texts.flatMap((text) => parsed(text) ?? []);
  }

  /** A room that has ended keeps nothing of what its patient sent. */
  const kept = (room: Room): Room =>
    room.state === 'ended' ? { ...room, entry: null, patientId: null } : room;

  const oldestFirst = (rooms: Room[]): Room[] => rooms.sort((a, b) => a.createdAt - b.createdAt);

  async function waiting(redis: Redis, namespaceId: string): Promise<Room[]> {
    const lines = [true, false].map((urgent) =>
      redis.zRange(keys.waiting(namespaceId, urgent), 0, -1),
    );
    return all(redis, (await Promise.all(lines)).flat().map(idInLine));
  }

  const upTo = async (redis: Redis, key: string, max: string, limit: number): Promise<Room[]> =>
    all(redis, await redis.zRangeByScore(key, '-inf', max, { LIMIT: { offset: 0, count: limit } }));

  return {
    async create(changes: Changes, room: Room): Promise<boolean> {
      if (await isInNowhere(changes, room)) return false;
      if ((await changes.get(keys.room(room.id))) !== null) return false;
      put(changes, undefined, kept({ ...room, arrival: await firstArrival(changes, room) }));
      return true;
    },

    async save(changes: Changes, room: Room): Promise<Room | undefined> {
      const [text, isNowhere] = await Promise.all([
        changes.get(keys.room(room.id)),
        isInNowhere(changes, room),
      ]);
      const before = parsed(text);
      if (before?.version !== room.version || isNowhere) return undefined;
      // A room that goes over to another namespace is new in that one's order.
      const known = before.namespaceId === room.namespaceId ? before.arrival : null;
      const arrival = known ?? (await firstArrival(changes, room));
      const after = kept({ ...room, version: room.version + 1, arrival });
      put(changes, before, after);
      return structuredClone(after);
    },

    /** Ends the live rooms of a namespace that goes; answers them as they were, in waiting order first. */
    async endAll(changes: Changes, namespaceId: string, now: Time): Promise<Room[]> {
      const ids = await changes.members(keys.live(namespaceId));
      const rooms: Room[] = [];
      for (const id of ids) rooms.push(...[parsed(await changes.get(keys.room(id))) ?? []].flat());
      for (const room of rooms) {
        put(
          changes,
          room,
          kept({
            ...room,
            state: 'ended',
            version: room.version + 1,
            knockUntil: null,
            changedAt: now,
            endReason: 'namespace-removed',
            endedBy: null,
          }),
        );
      }
      return rooms.sort(
        (a, b) => Number(isWaiting(b)) - Number(isWaiting(a)) || waitingOrder(a, b),
      );
    },

    async forgetEnded(changes: Changes, redis: Redis, time: Time): Promise<void> {
      for (const id of await redis.zRangeByScore(keys.ended, '-inf', `(${time}`)) {
        changes.write('DEL', keys.room(id));
        changes.write('ZREM', keys.ended, id);
      }
    },

    find: async (redis: Redis, id: string) => parsed(await redis.get(keys.room(id))),
    waiting,

    /** Among these are the first `count` of those who wait. */
    async first(redis: Redis, namespaceId: string, count: number): Promise<Room[]> {
      const lines = [true, false].map((urgent) =>
        redis.zRange(keys.waiting(namespaceId, urgent), 0, count - 1),
      );
      return all(redis, (await Promise.all(lines)).flat().map(idInLine));
    },

    async countWaiting(redis: Redis, namespaceId: string): Promise<number> {
      const counts = [true, false].map((urgent) => redis.zCard(keys.waiting(namespaceId, urgent)));
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    },

    /** By the stored room, which alone knows its arrival. */
    async countAhead(redis: Redis, id: string): Promise<number> {
      const room = parsed(await redis.get(keys.room(id)));
      if (room === undefined || room.namespaceId === null) return 0;
      const line = keys.waiting(room.namespaceId, room.urgent);
      const ahead = (await redis.zRank(line, nameInLine(room))) ?? 0;
      return room.urgent
        ? ahead
        : ahead + (await redis.zCard(keys.waiting(room.namespaceId, true)));
    },

    ofMember: async (redis: Redis, clientId: string) =>
      oldestFirst(await all(redis, await redis.sMembers(keys.roomsOf(clientId)))),
    claimedBy: async (redis: Redis, clientId: string) =>
      oldestFirst(await all(redis, await redis.sMembers(keys.claims(clientId)))),
    ofPatient: async (redis: Redis, namespaceId: string, patientId: string) =>
      oldestFirst(await all(redis, await redis.sMembers(keys.patient(namespaceId, patientId)))),
    knockedUntil: (redis: Redis, now: Time, limit: number) =>
      upTo(redis, keys.knocks, String(now), limit),
    unusedSince: (redis: Redis, time: Time, limit: number) =>
      upTo(redis, keys.open, `(${time}`, limit),
  };
}
