import type { Redis } from '../../redis/link.ts';
import type { Room, Time } from '../session-data.ts';
import type { Keys } from './keys.ts';
import { parsed, staying } from './on-the-move.ts';
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

/** Who is in it, or has a claim on it, while it is not over. */
const peopleIn = ({ state, members, claimedBy }: Room): string[] =>
  state === 'ended'
    ? []
    : [...members.map(({ clientId }) => clientId), ...(claimedBy === null ? [] : [claimedBy])];

/**
 * Rooms in Redis: one text each, and indexes beside them.
 * @param welcome is told of the clients that a change brings into a room, before it is made
 */
export function roomsIn(
  keys: Keys,
  welcome: (changes: Changes, clientIds: readonly string[]) => Promise<void> = async () => {},
) {
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

  async function put(changes: Changes, before: Room | undefined, after: Room): Promise<void> {
    const known = before === undefined ? [] : peopleIn(before);
    const newcomers = peopleIn(after).filter((id) => !known.includes(id));
    if (newcomers.length > 0) await welcome(changes, newcomers);
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

  async function next(changes: Changes, before: Room, room: Room): Promise<Room> {
    // A room that goes over to another namespace is new in that one's order.
    const known = before.namespaceId === room.namespaceId ? before.arrival : null;
    const arrival = known ?? (await firstArrival(changes, room));
    return kept({ ...room, version: room.version + 1, arrival });
  }

  async function all(redis: Redis, ids: readonly string[]): Promise<Room[]> {
    if (ids.length === 0) return [];
    const texts = await redis.mGet(ids.map((id) => keys.room(id)));
    return texts.flatMap((text) => parsed<Room>(text) ?? []);
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
      await put(changes, undefined, kept({ ...room, arrival: await firstArrival(changes, room) }));
      return true;
    },

    async save(changes: Changes, room: Room): Promise<Room | undefined> {
      const [text, isNowhere] = await Promise.all([
        changes.get(keys.room(room.id)),
        isInNowhere(changes, room),
      ]);
      const before = parsed<Room>(text);
      if (before?.version !== room.version || isNowhere) return undefined;
      const after = await next(changes, before, room);
      await put(changes, before, after);
      return structuredClone(after);
    },

    /** What is stored of a room that comes in with this arrival. */
    stored: (room: Room, arrival: number | null): Room =>
      kept({ ...room, version: room.version + 1, arrival }),

    /** Stores what was `before` in another hash slot, and is none here whatever was left behind. */
    async arrive(changes: Changes, before: Room, room: Room): Promise<Room | undefined> {
      if (await isInNowhere(changes, room)) return undefined;
      const leftBehind = parsed<Room>(await changes.get(keys.room(room.id)));
      const after = await next(changes, before, room);
      if (leftBehind !== undefined) move(changes, placesOf(leftBehind), []);
      await put(changes, undefined, after);
      return structuredClone(after);
    },

    /** Puts it into the lists, or out of them. */
    list: (changes: Changes, room: Room): void => move(changes, [], placesOf(room)),
    unlist: (changes: Changes, room: Room): void => move(changes, placesOf(room), []),

    /** It lives in another hash slot now. */
    depart(changes: Changes, room: Room): void {
      move(changes, placesOf(room), []);
      changes.write('DEL', keys.room(room.id));
    },

    /** Ends the live rooms of a namespace that goes; answers them as they were, in waiting order first. */
    async endAll(changes: Changes, namespaceId: string, now: Time): Promise<Room[]> {
      const ids = await changes.members(keys.live(namespaceId));
      const rooms: Room[] = [];
      for (const id of ids) {
        const room = parsed<Room>(await changes.get(keys.room(id)));
        if (room !== undefined) rooms.push(room);
      }
      for (const room of rooms) {
        await put(
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

    /** Answers which. */
    async forgetEnded(changes: Changes, redis: Redis, time: Time): Promise<string[]> {
      const ids = await redis.zRangeByScore(keys.ended, '-inf', `(${time}`);
      for (const id of ids) {
        changes.write('DEL', keys.room(id));
        changes.write('ZREM', keys.ended, id);
      }
      return ids;
    },

    find: async (redis: Pick<Redis, 'get'> | Changes, id: string) =>
      parsed<Room>(await redis.get(keys.room(id))),
    waiting,

    /** Among these are the first `count` of those who wait, but for those who are about to leave. */
    async first(redis: Redis, namespaceId: string, count: number): Promise<Room[]> {
      const lines = [true, false].map((urgent) =>
        redis.zRange(keys.waiting(namespaceId, urgent), 0, count - 1),
      );
      const ids = (await Promise.all(lines)).flat().map(idInLine);
      if (ids.length === 0) return [];
      const texts = await redis.mGet(ids.map((id) => keys.room(id)));
      return texts.flatMap((text) => staying<Room>(text) ?? []);
    },

    async countWaiting(redis: Redis, namespaceId: string): Promise<number> {
      const counts = [true, false].map((urgent) => redis.zCard(keys.waiting(namespaceId, urgent)));
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    },

    /** By the stored room, which alone knows its arrival; undefined if there is none. */
    async countAhead(redis: Redis, id: string): Promise<number | undefined> {
      const room = parsed<Room>(await redis.get(keys.room(id)));
      if (room === undefined) return undefined;
      if (room.namespaceId === null) return 0;
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
