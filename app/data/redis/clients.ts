import { ROLES, type Role } from '@telemedicine-signaling/protocol';
import type { Redis } from '../../redis/link.ts';
import type { Client, Time } from '../session-data.ts';
import type { Keys } from './keys.ts';
import { parsed } from './on-the-move.ts';
import { move, type Place } from './places.ts';
import type { Changes } from './transaction.ts';

type Saved = 'nowhere' | 'new' | 'known';

/** Clients in Redis: one text each, and indexes beside them. */
export function clientsIn(keys: Keys) {
  function placesOf(client: Client | undefined): Place[] {
    if (client === undefined) return [];
    const { id: member, namespaceId, resumeHash, formerResumeHash, leaseUntil } = client;
    const places: Place[] = [{ set: keys.clients(namespaceId), member }];
    if (client.atDesk) places.push({ set: keys.doctors(namespaceId), member });
    if (leaseUntil !== null) places.push({ sorted: keys.leases, member, score: leaseUntil });
    for (const hash of new Set([resumeHash, formerResumeHash])) {
      if (hash !== null) places.push({ text: keys.resume(namespaceId, hash), value: member });
    }
    if (formerResumeHash !== null) {
      places.push({ text: keys.former(formerResumeHash), value: member });
    }
    return places;
  }

  const listsOf = (client: Client): Place[] =>
    placesOf(client).filter((place) => !('text' in place));

  const find = async (redis: Pick<Redis, 'get'> | Changes, id: string) =>
    parsed<Client>(await redis.get(keys.client(id)));

  const findUnder = async (redis: Redis, key: string): Promise<Client | undefined> => {
    const id = await redis.get(key);
    return id === null ? undefined : find(redis, id);
  };

  async function all(redis: Redis, ids: readonly string[]): Promise<Client[]> {
    if (ids.length === 0) return [];
    const texts = await redis.mGet(ids.map((id) => keys.client(id)));
    return texts.flatMap((text) => parsed<Client>(text) ?? []);
  }

  function put(changes: Changes, before: Client | undefined, client: Client): void {
    changes.write('SET', keys.client(client.id), JSON.stringify(client));
    move(changes, placesOf(before), placesOf(client));
  }

  function depart(changes: Changes, client: Client): void {
    const { id } = client;
    move(changes, placesOf(client), []);
    changes.write('DEL', keys.client(id), keys.held(id), keys.heldSum(id));
  }

  /** Answers whether there was one. */
  async function forget(changes: Changes, id: string): Promise<boolean> {
    const client = await find(changes, id);
    if (client === undefined) return false;
    depart(changes, client);
    return true;
  }

  return {
    find,
    forget,
    /** Puts it into the lists, or out of them. By its tokens it is found as before. */
    list: (changes: Changes, client: Client): void => move(changes, [], listsOf(client)),
    unlist: (changes: Changes, client: Client): void => move(changes, listsOf(client), []),

    /** With what was held for it: it lives in another hash slot now. */
    depart,

    /** Answers what there was before; `nowhere` if nothing was stored, since its namespace is gone. */
    async save(changes: Changes, client: Client): Promise<Saved> {
      const [isThere, before] = await Promise.all([
        changes.hasMember(keys.namespaces, client.namespaceId),
        find(changes, client.id),
      ]);
      if (!isThere) return 'nowhere';
      put(changes, before, client);
      return before === undefined ? 'new' : 'known';
    },

    /** Changes a client that is there already; `absent` if it is not. */
    async saveKnown(changes: Changes, client: Client): Promise<Saved | 'absent'> {
      const [isThere, before] = await Promise.all([
        changes.hasMember(keys.namespaces, client.namespaceId),
        find(changes, client.id),
      ]);
      if (before === undefined) return 'absent';
      if (!isThere) return 'nowhere';
      put(changes, before, client);
      return 'known';
    },

    async findByResume(redis: Redis, namespaceId: string, hash: string) {
      return findUnder(redis, keys.resume(namespaceId, hash));
    },
    findByFormerResume: (redis: Redis, hash: string) => findUnder(redis, keys.former(hash)),
    inNamespace: async (redis: Redis, namespaceId: string) =>
      all(redis, await redis.sMembers(keys.clients(namespaceId))),
    countDoctors: (redis: Redis, namespaceId: string): Promise<number> =>
      redis.sCard(keys.doctors(namespaceId)),

    async leasedUntil(redis: Redis, now: Time, limit: number): Promise<Client[]> {
      const bounds = { LIMIT: { offset: 0, count: limit } };
      return all(redis, await redis.zRangeByScore(keys.leases, '-inf', now, bounds));
    },

    /** Takes what was held for them along. Answers which they were. */
    async forgetAll(changes: Changes, namespaceId: string): Promise<string[]> {
      const ids = await changes.members(keys.clients(namespaceId));
      for (const id of ids) await forget(changes, id);
      return ids;
    },

    async loseAll(
      changes: Changes,
      redis: Redis,
      now: Time,
      windows: Readonly<Record<Role, number>>,
    ): Promise<void> {
      const until = Object.fromEntries(ROLES.map((role) => [role, now + windows[role]]));
      for (const namespaceId of await redis.zRange(keys.namespaces, 0, -1)) {
        for (const id of await redis.sMembers(keys.clients(namespaceId))) {
          const client = await find(changes, id);
          if (client === undefined) continue;
          const leaseUntil = until[client.role] ?? now;
          if (client.leaseUntil !== null && client.leaseUntil >= leaseUntil) continue;
          put(changes, client, { ...client, leaseUntil });
        }
      }
    },
  };
}
