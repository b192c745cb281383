import type { Role } from '@telemedicine-signaling/protocol';
import type { ConsultationFact } from './consultation-records.ts';
import type { Subject } from './redis/lanes.ts';
import type { RedisParts } from './redis/parts.ts';
import { removeIn } from './redis/removal.ts';
import type {
  Client,
  Held,
  HeldBounds,
  HeldMessage,
  Room,
  SessionData,
  Time,
} from './session-data.ts';

/** The port over Redis (SPEC STORE): several nodes may share one store. */
export class RedisSessionData implements SessionData {
  readonly #store;
  readonly #keys;
  readonly #rooms;
  readonly #clients;
  readonly #held;
  readonly #records;
  readonly #webhooks;
  readonly #parts: RedisParts;

  constructor(parts: RedisParts) {
    const { store, keys, rooms, clients, held, records, webhooks } = parts;
    this.#parts = parts;
    this.#store = store;
    this.#keys = keys;
    this.#rooms = rooms;
    this.#clients = clients;
    this.#held = held;
    this.#records = records;
    this.#webhooks = webhooks;
  }

  createNamespace(id: string, now: Time): Promise<boolean> {
    return this.#store.change([`namespace ${id}`], async (changes) => {
      if (await changes.hasMember(this.#keys.namespaces, id)) return false;
      changes.write('ZADD', this.#keys.namespaces, now, id);
      return true;
    });
  }

  hasNamespace(id: string): Promise<boolean> {
    return this.#store.read(
      [`namespace ${id}`],
      async (redis) => (await redis.zScore(this.#keys.namespaces, id)) !== null,
    );
  }

  touchNamespace(id: string, now: Time): Promise<void> {
    return this.#store.change([`namespace ${id}`], async (changes) => {
      changes.write('ZADD', this.#keys.namespaces, 'XX', now, id);
    });
  }

  namespacesUnusedSince(time: Time): Promise<string[]> {
    return this.#store.read([], async (redis) => {
      const old = await redis.zRangeByScore(this.#keys.namespaces, '-inf', `(${time}`);
      const inUse = await Promise.all(
        old.map(async (id) => {
          const sets = [this.#keys.live(id), this.#keys.clients(id)];
          return (await Promise.all(sets.map((key) => redis.sCard(key)))).some((n) => n > 0);
        }),
      );
      return old.filter((_, n) => !inUse[n]);
    });
  }

  removeNamespace(id: string, now: Time): Promise<Room[] | undefined> {
    return this.#store.change(
      [`namespace ${id}`],
      async (changes) => (await removeIn(this.#parts, changes, id, now))?.rooms,
    );
  }

  createRoom(room: Room): Promise<boolean> {
    const copy = structuredClone(room);
    return this.#store.change([...subjectsOf(copy)], (changes) =>
      this.#rooms.create(changes, copy),
    );
  }

  findRoom(id: string): Promise<Room | undefined> {
    return this.#store.read([`room ${id}`], (redis) => this.#rooms.find(redis, id));
  }

  saveRoom(
    room: Room,
    facts: readonly ConsultationFact[] = [],
    client?: Client,
  ): Promise<Room | undefined> {
    const copy = structuredClone(room);
    const clientCopy = structuredClone(client);
    return this.#store.change([...subjectsOf(copy, clientCopy)], async (changes) => {
      const saved = await this.#rooms.save(changes, copy);
      if (saved === undefined) return undefined;
      await this.#records.note(changes, copy.id, copy.changedAt, facts);
      await this.#webhooks?.note(changes, saved, facts, copy.changedAt);
      if (clientCopy !== undefined) await this.#clients.save(changes, clientCopy);
      return saved;
    });
  }

  waitingRooms(namespaceId: string): Promise<Room[]> {
    return this.#store.read([`namespace ${namespaceId}`], (redis) =>
      this.#rooms.waiting(redis, namespaceId),
    );
  }

  countWaiting(namespaceId: string): Promise<number> {
    return this.#store.read([`namespace ${namespaceId}`], (redis) =>
      this.#rooms.countWaiting(redis, namespaceId),
    );
  }

  countAhead({ id }: Room): Promise<number> {
    return this.#store.read(
      [`room ${id}`],
      async (redis) => (await this.#rooms.countAhead(redis, id)) ?? 0,
    );
  }

  roomsOf(clientId: string): Promise<Room[]> {
    return this.#store.read([`client ${clientId}`], (redis) =>
      this.#rooms.ofMember(redis, clientId),
    );
  }

  roomsClaimedBy(clientId: string): Promise<Room[]> {
    return this.#store.read([`client ${clientId}`], (redis) =>
      this.#rooms.claimedBy(redis, clientId),
    );
  }

  roomsOfPatient(namespaceId: string, patientId: string): Promise<Room[]> {
    return this.#store.read([`namespace ${namespaceId}`], (redis) =>
      this.#rooms.ofPatient(redis, namespaceId, patientId),
    );
  }

  roomsKnockedUntil(now: Time, limit: number): Promise<Room[]> {
    return this.#store.read([], (redis) => this.#rooms.knockedUntil(redis, now, limit));
  }

  roomsUnusedSince(time: Time, limit: number): Promise<Room[]> {
    return this.#store.read([], (redis) => this.#rooms.unusedSince(redis, time, limit));
  }

  forgetEndedRooms(time: Time): Promise<void> {
    return this.#store.change([], async (changes) => {
      await this.#rooms.forgetEnded(changes, this.#store.redis, time);
    });
  }

  saveClient(client: Client): Promise<void> {
    const copy = structuredClone(client);
    const subjects: Subject[] = [`namespace ${copy.namespaceId}`, `client ${copy.id}`];
    return this.#store.change(subjects, async (changes) => {
      await this.#clients.save(changes, copy);
    });
  }

  findClient(id: string): Promise<Client | undefined> {
    return this.#store.read([`client ${id}`], (redis) => this.#clients.find(redis, id));
  }

  findClientByResume(namespaceId: string, resumeHash: string): Promise<Client | undefined> {
    return this.#store.read([`namespace ${namespaceId}`], (redis) =>
      this.#clients.findByResume(redis, namespaceId, resumeHash),
    );
  }

  findClientByFormerResume(resumeHash: string): Promise<Client | undefined> {
    return this.#store.read([], (redis) => this.#clients.findByFormerResume(redis, resumeHash));
  }

  clientsOf(namespaceId: string): Promise<Client[]> {
    return this.#store.read([`namespace ${namespaceId}`], (redis) =>
      this.#clients.inNamespace(redis, namespaceId),
    );
  }

  clientsLeasedUntil(now: Time, limit: number): Promise<Client[]> {
    return this.#store.read([], (redis) => this.#clients.leasedUntil(redis, now, limit));
  }

  forgetClient(id: string): Promise<void> {
    return this.#store.change([`client ${id}`], async (changes) => {
      await this.#clients.forget(changes, id);
    });
  }

  loseAllClients(now: Time, windows: Readonly<Record<Role, number>>): Promise<void> {
    return this.#store.change([], async (changes) => {
      await this.#clients.loseAll(changes, this.#store.redis, now, windows);
      await this.#records.loseAll(changes, now);
    });
  }

  countDoctors(namespaceId: string): Promise<number> {
    return this.#store.read([`namespace ${namespaceId}`], (redis) =>
      this.#clients.countDoctors(redis, namespaceId),
    );
  }

  hold(clientId: string, message: HeldMessage, bounds: HeldBounds): Promise<boolean> {
    const copy = structuredClone(message);
    return this.#store.change(
      [`client ${clientId}`],
      async (changes) => (await this.#held.add(changes, clientId, copy, bounds)) ?? false,
    );
  }

  handOutHeld(clientId: string, heard: number, behind: number): Promise<Held> {
    const asked = { clientId, heard, behind };
    const none = { messages: [], overflow: false };
    return this.#store.change(
      [`client ${clientId}`],
      async (changes) => (await this.#held.handOut(changes, this.#store.redis, asked)) ?? none,
    );
  }

  dropHandedOut(clientId: string): Promise<void> {
    return this.#store.change([`client ${clientId}`], (changes) =>
      this.#held.dropHandedOut(changes, clientId),
    );
  }

  keepInvitation(hash: string, request: string, expiresAt: Time): Promise<void> {
    return this.#store.change([], async (changes) => {
      changes.write('SET', this.#keys.invitation(hash), JSON.stringify({ request, expiresAt }));
      changes.write('ZADD', this.#keys.invitations, expiresAt, hash);
    });
  }

  takeInvitation(hash: string, now: Time): Promise<string | undefined> {
    return this.#store.change([], async (changes) => {
      const text = await changes.get(this.#keys.invitation(hash));
      if (text === null) return undefined;
      changes.write('DEL', this.#keys.invitation(hash));
      changes.write('ZREM', this.#keys.invitations, hash);
      const { request, expiresAt } = JSON.parse(text) as { request: string; expiresAt: Time };
      return expiresAt > now ? request : undefined;
    });
  }

  forgetExpiredInvitations(now: Time): Promise<void> {
    return this.#store.change([], async (changes) => {
      const { invitations, invitation } = this.#keys;
      for (const hash of await this.#store.redis.zRangeByScore(invitations, '-inf', now)) {
        changes.write('DEL', invitation(hash));
        changes.write('ZREM', invitations, hash);
      }
    });
  }

  /** Redis keeps nothing that was deleted but in its append-only file, until it rewrites that. */
  tidy(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#store.close();
    return Promise.resolve();
  }
}

/** What has to see a change of this room: it, its namespace, and whoever is in it. */
export const subjectsOf = (
  { id, namespaceId, members, claimedBy }: Room,
  client?: Client,
): Subject[] => [
  `room ${id}`,
  ...(namespaceId === null ? [] : ([`namespace ${namespaceId}`] as const)),
  ...members.map(({ clientId }): Subject => `client ${clientId}`),
  ...(claimedBy === null ? [] : ([`client ${claimedBy}`] as const)),
  ...(client === undefined ? [] : ([`client ${client.id}`] as const)),
];
