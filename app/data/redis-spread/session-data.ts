import type { Role } from '@telemedicine-signaling/protocol';
import type { ConsultationFact } from '../consultation-records.ts';
import type { Lanes } from '../redis/lanes.ts';
import type {
  Client,
  Held,
  HeldBounds,
  HeldMessage,
  Room,
  SessionData,
  Time,
} from '../session-data.ts';
import { subjectsOf } from '../session-data-redis.ts';
import { forgetClient, saveClient } from './clients.ts';
import type { Guide, Numbered } from './guide.ts';
import { removeNamespace } from './namespaces.ts';
import { createRoom, forgetEndedRooms, roomsBy, saveRoom } from './rooms.ts';
import type { Kind } from './signposts.ts';

/** Of how many shards one call of `tidy` ends the moves that were left unfinished. */
const TIDIED_AT_ONCE = 8;

const NONE: Held = { messages: [], overflow: false };

/**
 * The port over a Redis Cluster (docs/adr/0008): each namespace lies in one of many hash slots, with all that
 * is in it, as it would in a Redis of its own.
 */
export class SpreadSessionData implements SessionData {
  readonly #guide: Guide;
  readonly #lanes: Lanes;
  readonly #close: () => void;
  #tidied = 0;

  constructor(guide: Guide, lanes: Lanes, close: () => void) {
    this.#guide = guide;
    this.#lanes = lanes;
    this.#close = close;
  }

  createNamespace(id: string, now: Time): Promise<boolean> {
    return this.#lanes.change([`namespace ${id}`], () => this.#of(id).createNamespace(id, now));
  }

  hasNamespace(id: string): Promise<boolean> {
    return this.#lanes.read([`namespace ${id}`], () => this.#of(id).hasNamespace(id));
  }

  touchNamespace(id: string, now: Time): Promise<void> {
    return this.#lanes.change([`namespace ${id}`], () => this.#of(id).touchNamespace(id, now));
  }

  async namespacesUnusedSince(time: Time): Promise<string[]> {
    const unused = await this.#guide.everywhere(async ({ data, store, keys }) => {
      const ids = await data.namespacesUnusedSince(time);
      const touched = (id: string) => store.read([], (redis) => redis.zScore(keys.namespaces, id));
      return Promise.all(ids.map(async (id) => ({ id, at: Number(await touched(id)) })));
    });
    const inOrder = unused.flat().sort((a, b) => a.at - b.at);
    return inOrder.map(({ id }) => id);
  }

  removeNamespace(id: string, now: Time): Promise<Room[] | undefined> {
    return this.#change([`namespace ${id}`], () => removeNamespace(this.#guide, id, now));
  }

  createRoom(room: Room): Promise<boolean> {
    const copy = structuredClone(room);
    return this.#change(subjectsOf(copy), () => createRoom(this.#guide, copy));
  }

  findRoom(id: string): Promise<Room | undefined> {
    return this.#read([`room ${id}`], () =>
      this.#guide.at('room', id, ({ data }) => data.findRoom(id)),
    );
  }

  saveRoom(
    room: Room,
    facts: readonly ConsultationFact[] = [],
    client?: Client,
  ): Promise<Room | undefined> {
    const copy = structuredClone(room);
    const clientCopy = structuredClone(client);
    return this.#change(subjectsOf(copy, clientCopy), () =>
      saveRoom(this.#guide, copy, facts, clientCopy),
    );
  }

  waitingRooms(namespaceId: string): Promise<Room[]> {
    return this.#inNamespace(namespaceId, (shard) =>
      this.#met('room', shard, shard.data.waitingRooms(namespaceId)),
    );
  }

  countWaiting(namespaceId: string): Promise<number> {
    return this.#inNamespace(namespaceId, (shard) =>
      this.#guide.counted(shard, () => shard.data.countWaiting(namespaceId)),
    );
  }

  countAhead({ id }: Room): Promise<number> {
    return this.#read([`room ${id}`], async () => {
      const ahead = await this.#guide.at('room', id, (shard) =>
        this.#guide.counted(shard, () =>
          shard.store.read([], (redis) => shard.rooms.countAhead(redis, id)),
        ),
      );
      return ahead ?? 0;
    });
  }

  roomsOf(clientId: string): Promise<Room[]> {
    return this.#roomsBy(clientId, ({ data }) => data.roomsOf(clientId));
  }

  roomsClaimedBy(clientId: string): Promise<Room[]> {
    return this.#roomsBy(clientId, ({ data }) => data.roomsClaimedBy(clientId));
  }

  roomsOfPatient(namespaceId: string, patientId: string): Promise<Room[]> {
    return this.#inNamespace(namespaceId, (shard) =>
      this.#met('room', shard, shard.data.roomsOfPatient(namespaceId, patientId)),
    );
  }

  roomsKnockedUntil(now: Time, limit: number): Promise<Room[]> {
    return this.#firstOf(
      (shard) => this.#met('room', shard, shard.data.roomsKnockedUntil(now, limit)),
      ({ knockUntil }) => knockUntil ?? 0,
      limit,
    );
  }

  roomsUnusedSince(time: Time, limit: number): Promise<Room[]> {
    return this.#firstOf(
      (shard) => this.#met('room', shard, shard.data.roomsUnusedSince(time, limit)),
      ({ createdAt }) => createdAt,
      limit,
    );
  }

  async forgetEndedRooms(time: Time): Promise<void> {
    await this.#guide.everywhere((shard) => forgetEndedRooms(this.#guide, shard, time));
  }

  saveClient(client: Client): Promise<void> {
    const copy = structuredClone(client);
    return this.#change([`namespace ${copy.namespaceId}`, `client ${copy.id}`], () =>
      saveClient(this.#guide, copy),
    );
  }

  findClient(id: string): Promise<Client | undefined> {
    return this.#read([`client ${id}`], () =>
      this.#guide.at('client', id, ({ data }) => data.findClient(id)),
    );
  }

  findClientByResume(namespaceId: string, resumeHash: string): Promise<Client | undefined> {
    return this.#inNamespace(namespaceId, async (shard) => {
      const client = await shard.data.findClientByResume(namespaceId, resumeHash);
      if (client !== undefined) this.#guide.signposts.meet('client', client.id, shard.n);
      return client;
    });
  }

  /** Asks everywhere: nobody comes with such a token but who was transferred, or comes too late. */
  async findClientByFormerResume(resumeHash: string): Promise<Client | undefined> {
    const found = await this.#guide.everywhere(
      ({ data }) => data.findClientByFormerResume(resumeHash),
      (answers) => answers.some((client) => client !== undefined),
    );
    return found.find((client) => client !== undefined);
  }

  clientsOf(namespaceId: string): Promise<Client[]> {
    return this.#inNamespace(namespaceId, (shard) =>
      this.#met('client', shard, shard.data.clientsOf(namespaceId)),
    );
  }

  clientsLeasedUntil(now: Time, limit: number): Promise<Client[]> {
    return this.#firstOf(
      (shard) => this.#met('client', shard, shard.data.clientsLeasedUntil(now, limit)),
      ({ leaseUntil }) => leaseUntil ?? 0,
      limit,
    );
  }

  forgetClient(id: string): Promise<void> {
    return this.#change([`client ${id}`], () => forgetClient(this.#guide, id));
  }

  /** One shard after the other. */
  async loseAllClients(now: Time, windows: Readonly<Record<Role, number>>): Promise<void> {
    for (const { data } of this.#guide.shards) {
      await this.#guide.settled(() => data.loseAllClients(now, windows));
    }
  }

  countDoctors(namespaceId: string): Promise<number> {
    return this.#inNamespace(namespaceId, (shard) =>
      this.#guide.counted(shard, () => shard.data.countDoctors(namespaceId)),
    );
  }

  hold(clientId: string, message: HeldMessage, bounds: HeldBounds): Promise<boolean> {
    const copy = structuredClone(message);
    return this.#change([`client ${clientId}`], async () => {
      const isHeld = await this.#guide.at('client', clientId, ({ store, held }) =>
        store.change([], (changes) => held.add(changes, clientId, copy, bounds)),
      );
      return isHeld ?? false;
    });
  }

  handOutHeld(clientId: string, heard: number, behind: number): Promise<Held> {
    const asked = { clientId, heard, behind };
    return this.#change([`client ${clientId}`], async () => {
      const handedOut = await this.#guide.at('client', clientId, ({ store, held }) =>
        store.change([], (changes) => held.handOut(changes, store.redis, asked)),
      );
      return handedOut ?? NONE;
    });
  }

  dropHandedOut(clientId: string): Promise<void> {
    return this.#change([`client ${clientId}`], async () => {
      await this.#guide.at('client', clientId, ({ store, clients, held }) =>
        store.change([], async (changes) => {
          if ((await clients.find(changes, clientId)) === undefined) return undefined;
          await held.dropHandedOut(changes, clientId);
          return true;
        }),
      );
    });
  }

  keepInvitation(hash: string, request: string, expiresAt: Time): Promise<void> {
    return this.#of(hash).keepInvitation(hash, request, expiresAt);
  }

  takeInvitation(hash: string, now: Time): Promise<string | undefined> {
    return this.#of(hash).takeInvitation(hash, now);
  }

  async forgetExpiredInvitations(now: Time): Promise<void> {
    await this.#guide.everywhere(({ data }) => data.forgetExpiredInvitations(now));
  }

  /** Ends what a process that died has left under way, and nobody has met since. */
  async tidy(): Promise<void> {
    const { shards, moves } = this.#guide;
    const first = this.#tidied;
    this.#tidied = (first + TIDIED_AT_ONCE) % shards.length;
    const some = shards.slice(first, first + TIDIED_AT_ONCE);
    const underWay = await Promise.all(some.map(({ n }) => moves.underWay(n)));
    for (const moving of underWay.flat()) await moves.complete(moving);
  }

  close(): Promise<void> {
    this.#close();
    return Promise.resolve();
  }

  #of(name: string): SessionData {
    return this.#guide.homeOf(name).data;
  }

  #read<T>(subjects: Parameters<Lanes['read']>[0], work: () => Promise<T>): Promise<T> {
    return this.#lanes.read(subjects, () => this.#guide.settled(work));
  }

  #change<T>(subjects: Parameters<Lanes['change']>[0], work: () => Promise<T>): Promise<T> {
    return this.#lanes.change(subjects, () => this.#guide.settled(work));
  }

  #inNamespace<T>(namespaceId: string, ask: (shard: Numbered) => Promise<T>): Promise<T> {
    const shard = this.#guide.homeOf(namespaceId);
    return this.#read([`namespace ${namespaceId}`], () => ask(shard));
  }

  #roomsBy(clientId: string, ask: (shard: Numbered) => Promise<Room[]>): Promise<Room[]> {
    return this.#read([`client ${clientId}`], () =>
      roomsBy(this.#guide, clientId, (shard) => this.#met('room', shard, ask(shard))),
    );
  }

  /** Whoever is met in a shard can be found by id from here, even if the signpost was lost. */
  async #met<T extends { id: string }>(
    kind: Kind,
    { n }: Numbered,
    listing: Promise<T[]>,
  ): Promise<T[]> {
    const all = await listing;
    for (const { id } of all) this.#guide.signposts.meet(kind, id, n);
    return all;
  }

  async #firstOf<T>(
    ask: (shard: Numbered) => Promise<T[]>,
    timeOf: (one: T) => number,
    limit: number,
  ): Promise<T[]> {
    const all = (await this.#guide.everywhere(ask)).flat();
    return all.sort((a, b) => timeOf(a) - timeOf(b)).slice(0, limit);
  }
}
