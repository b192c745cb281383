import { randomUUID } from 'node:crypto';
import type { ConsultationFact } from '../consultation-records.ts';
import type { HeldLuggage } from '../redis/held.ts';
import { type Mark, OnTheMove } from '../redis/on-the-move.ts';
import type { Shard } from '../redis/shard.ts';
import type { Changes } from '../redis/transaction.ts';
import type { WebhookLuggage } from '../redis/webhook-luggage.ts';
import type { Client, Room } from '../session-data.ts';
import { type Kind, type Signpost, type Signposts, signpostTo } from './signposts.ts';

/** The steps of a move, in order. Each can be done again by whoever comes by. */
export type MoveStep = 'marked' | 'decided' | 'turned' | 'cleared';

/** These, and: a signpost is up, and what it leads to is still to come; or is gone, and the signpost is not. */
export type Step = MoveStep | 'announced' | 'forgotten';

/** For tests: called after each step; what it throws, or waits for, ends it there or holds it up. */
export type AfterStep = (step: Step) => void | Promise<void>;

/** What is to be moved, as it will be stored. Who is not in `from` is in `to` already, or new. */
export interface Order {
  from: number;
  to: number;
  room?: { after: Room; isFrom: boolean } | undefined;
  facts: readonly ConsultationFact[];
  client?: { after: Client; isFrom: boolean } | undefined;
}

/** All that a move needs, so that anybody can go on with it. `before` is what leaves. */
interface Parcel {
  id: string;
  from: number;
  to: number;
  room: { after: Room; before: Room | null; webhooks: WebhookLuggage | null } | null;
  facts: readonly ConsultationFact[];
  client: { after: Client; before: Client | null; held: HeldLuggage | null } | null;
  signposts: { kind: Kind; id: string; was: Signpost | undefined; becomes: Signpost }[];
  /** It is in no list of the slot that it leaves. */
  isUnlisted?: boolean;
}

interface Decision {
  isDone: boolean;
  /** The room's place in the order of the namespace that it comes to. */
  arrival: number | null;
}

const REFUSED: Decision = { isDone: false, arrival: null };

/** How long a decision is kept: until nobody can be about to make it again, in seconds. */
const DECISION_SECONDS = { underWay: 30 * 24 * 60 * 60, done: 600 };

/**
 * Takes rooms and clients from one hash slot to another. What leaves is marked first; one script in the slot
 * that it comes to decides whether it arrives, and writes it there; signposts are turned; what was marked is
 * deleted, or put back. Whoever meets a mark goes on from there (`complete`), so that nobody sees anything
 * twice or not at all, whichever process dies when.
 */
export class Moves {
  readonly #signposts: Signposts;
  readonly #afterStep: AfterStep;

  constructor(signposts: Signposts, afterStep: AfterStep) {
    this.#signposts = signposts;
    this.#afterStep = afterStep;
  }

  /** What is stored of the room then, if one was moved or changed; undefined if nothing was stored. */
  async send(order: Order): Promise<{ room: Room | undefined } | undefined> {
    const parcel = await this.#mark(order);
    if (parcel === undefined) return undefined;
    await this.#afterStep('marked');
    const { isDone, arrival } = await this.#finish(parcel);
    if (!isDone) return undefined;
    const { rooms } = this.#signposts.shard(order.to);
    return { room: parcel.room === null ? undefined : rooms.stored(parcel.room.after, arrival) };
  }

  /** Goes on with a move that somebody else has begun. */
  async complete({ parcel: id, from }: Mark['moving']): Promise<void> {
    const { store, keys } = this.#signposts.shard(from);
    const text = await store.read([], (redis) => redis.get(keys.parcel(id)));
    if (text !== null) await this.#finish(JSON.parse(text) as Parcel);
  }

  /** The moves out of a shard that have not come to an end. */
  async underWay(from: number): Promise<Mark['moving'][]> {
    const { store, keys } = this.#signposts.shard(from);
    const ids = await store.read([], (redis) => redis.zRange(keys.parcels, 0, -1));
    return ids.map((parcel) => ({ parcel, from }));
  }

  async #finish(parcel: Parcel): Promise<Decision> {
    const decision = await this.#decide(parcel).catch(async (error: unknown) => {
      await this.#unlist(parcel);
      throw error;
    });
    await this.#afterStep('decided');
    if (decision.isDone) await this.#turn(parcel);
    await this.#afterStep('turned');
    await this.#clear(parcel, decision);
    await this.#afterStep('cleared');
    const { store, keys } = this.#signposts.shard(parcel.to);
    const words = ['EXPIRE', keys.decision(parcel.id), String(DECISION_SECONDS.done)];
    await store.read([], (redis) => redis.sendCommand(words));
    return decision;
  }

  /** Undefined if what is to leave is not there as it was, or at all. */
  async #mark({ from, to, room, facts, client }: Order): Promise<Parcel | undefined> {
    const leaving: { kind: Kind; id: string }[] = [];
    if (room?.isFrom) leaving.push({ kind: 'room', id: room.after.id });
    if (client?.isFrom) leaving.push({ kind: 'client', id: client.after.id });
    // Before it is marked: what they say can then be turned by nobody but who moves this.
    const signposts = await Promise.all(
      leaving.map(async ({ kind, id }) => {
        return { kind, id, was: await this.#signposts.find(kind, id), becomes: signpostTo(to) };
      }),
    );
    const shard = this.#signposts.shard(from);
    return shard.store.change([], async (changes) => {
      const parcel: Parcel = {
        id: randomUUID(),
        from,
        to,
        room: room ? { after: room.after, before: null, webhooks: null } : null,
        facts,
        client: client ? { after: client.after, before: null, held: null } : null,
        signposts,
      };
      const mark: Mark = { moving: { parcel: parcel.id, from } };
      if (room?.isFrom && !(await packRoom(changes, shard, parcel, mark))) return undefined;
      if (client?.isFrom) {
        if (!(await packClient(changes, shard, parcel, mark))) return undefined;
        const stays = await this.#staysBehind(changes, shard, parcel);
        if (stays) await this.#signposts.noteElsewhere(client.after.id, from);
      }
      changes.write('SET', shard.keys.parcel(parcel.id), JSON.stringify(parcel));
      changes.write('ZADD', shard.keys.parcels, Date.now(), parcel.id);
      return parcel;
    });
  }

  /** Whether the client is in rooms that do not go along. */
  async #staysBehind(changes: Changes, { keys }: Shard, { room, client }: Parcel) {
    const id = client?.after.id ?? '';
    const rooms = [keys.roomsOf(id), keys.claims(id)].map((key) => changes.members(key));
    return (await Promise.all(rooms)).flat().some((one) => one !== room?.before?.id);
  }

  #decide(parcel: Parcel): Promise<Decision> {
    const shard = this.#signposts.shard(parcel.to);
    const key = shard.keys.decision(parcel.id);
    return shard.store.change([], async (changes) => {
      const known = await changes.get(key);
      if (known !== null) return JSON.parse(known) as Decision;
      const decision = await unpack(changes, shard, parcel).catch((error: unknown) => {
        if (error instanceof OnTheMove) return REFUSED;
        throw error;
      });
      if (!decision.isDone) changes.commands.length = 0;
      const seconds = String(DECISION_SECONDS.underWay);
      changes.write('SET', key, JSON.stringify(decision), 'EX', seconds);
      return decision;
    });
  }

  /**
   * Where it is to go nobody answers now. What it leaves goes on without it: it is in no list there any more,
   * and who asks for it hears that it cannot be reached.
   */
  #unlist({ id, from }: Parcel): Promise<void> {
    const shard = this.#signposts.shard(from);
    const key = shard.keys.parcel(id);
    return shard.store.change([], async (changes) => {
      const text = await changes.get(key);
      const parcel = text === null ? undefined : (JSON.parse(text) as Parcel);
      if (parcel === undefined || parcel.isUnlisted) return;
      const { room, client } = parcel;
      if (room !== null && room.before !== null) shard.rooms.unlist(changes, room.before);
      if (client !== null && client.before !== null) shard.clients.unlist(changes, client.before);
      changes.write('SET', key, JSON.stringify({ ...parcel, isUnlisted: true }));
    });
  }

  async #turn({ to, signposts }: Parcel): Promise<void> {
    for (const { kind, id, was, becomes } of signposts) {
      await this.#signposts.turn(kind, id, was, becomes);
      this.#signposts.remember(kind, id, to);
    }
  }

  /** In one change: where the parcel is, the marks are. */
  #clear({ id, from }: Parcel, { isDone }: Decision): Promise<void> {
    const shard = this.#signposts.shard(from);
    const { keys } = shard;
    return shard.store.change([], async (changes) => {
      const text = await changes.get(keys.parcel(id));
      if (text === null) return;
      const parcel = JSON.parse(text) as Parcel;
      if (isDone) await leave(changes, shard, parcel);
      else putBack(changes, shard, parcel);
      changes.write('DEL', keys.parcel(parcel.id));
      changes.write('ZREM', keys.parcels, parcel.id);
    });
  }
}

async function packRoom(
  changes: Changes,
  { keys, rooms, luggage }: Shard,
  { room }: Parcel,
  mark: Mark,
): Promise<boolean> {
  if (room === null) return true;
  const { id, version } = room.after;
  const before = await rooms.find(changes, id);
  if (before?.version !== version) return false;
  room.before = before;
  room.webhooks = await luggage.pack(changes, id);
  changes.write('SET', keys.room(id), JSON.stringify(mark));
  return true;
}

async function packClient(
  changes: Changes,
  { keys, clients, held, store }: Shard,
  { client }: Parcel,
  mark: Mark,
): Promise<boolean> {
  if (client === null) return true;
  const { id } = client.after;
  const before = await clients.find(changes, id);
  if (before === undefined) return false;
  client.before = before;
  client.held = await held.pack(changes, store.redis, id);
  changes.write('SET', keys.client(id), JSON.stringify(mark));
  return true;
}

/** A record belongs to its namespace: where it ends, another one begins. */
function factsOf({ facts }: Parcel): { left: ConsultationFact[]; entered: ConsultationFact[] } {
  const beginning = facts.findIndex(({ fact }) => fact === 'waits');
  const cut = beginning < 0 ? facts.length : beginning;
  return { left: facts.slice(0, cut), entered: facts.slice(cut) };
}

/** Writes all that a move brings; answers before it has written anything if it may not. */
async function unpack(changes: Changes, shard: Shard, parcel: Parcel): Promise<Decision> {
  const { keys, rooms, clients, held } = shard;
  const { room, client } = parcel;
  if (client !== null) {
    const { namespaceId, id } = client.after;
    if (!(await changes.hasMember(keys.namespaces, namespaceId))) return REFUSED;
    changes.arriving.add(id);
  }
  let arrival: number | null = null;
  if (room !== null) {
    const saved = await (room.before === null
      ? rooms.save(changes, room.after)
      : rooms.arrive(changes, room.before, room.after));
    if (saved === undefined) return REFUSED;
    arrival = saved.arrival;
    await unpackFacts(changes, shard, parcel, saved);
  }
  if (client !== null) {
    const { id } = client.after;
    await clients.save(changes, client.after);
    if (client.held !== null) {
      changes.write('DEL', keys.held(id), keys.heldSum(id));
      held.unpack(changes, id, client.held);
    }
  }
  return { isDone: true, arrival };
}

async function unpackFacts(
  changes: Changes,
  { records, webhooks, luggage }: Shard,
  parcel: Parcel,
  saved: Room,
): Promise<void> {
  const { facts, room } = parcel;
  const at = saved.changedAt;
  const brought = room?.webhooks ?? null;
  await records.note(changes, saved.id, at, brought === null ? facts : factsOf(parcel).entered);
  if (brought === null) await webhooks?.note(changes, saved, facts, at);
  else if (webhooks === undefined) luggage.unpack(changes, saved.id, brought);
  else await webhooks.arrive(changes, brought, saved, facts, at);
}

async function leave(changes: Changes, shard: Shard, parcel: Parcel): Promise<void> {
  const { room, client } = parcel;
  if (room !== null && room.before !== null) {
    const { before, after } = room;
    shard.rooms.depart(changes, before);
    await shard.records.note(changes, after.id, after.changedAt, factsOf(parcel).left);
    if (before.namespaceId !== null) {
      await shard.webhooks?.depart(changes, before.namespaceId, after, after.changedAt);
    }
  }
  if (client !== null && client.before !== null) shard.clients.depart(changes, client.before);
}

function putBack(changes: Changes, shard: Shard, { room, client, isUnlisted }: Parcel): void {
  const { keys, luggage, rooms, clients } = shard;
  if (room !== null && room.before !== null) {
    const { id } = room.before;
    changes.write('SET', keys.room(id), JSON.stringify(room.before));
    if (isUnlisted) rooms.list(changes, room.before);
    if (room.webhooks !== null) luggage.unpack(changes, id, room.webhooks);
  }
  if (client !== null && client.before !== null) {
    changes.write('SET', keys.client(client.before.id), JSON.stringify(client.before));
    if (isUnlisted) clients.list(changes, client.before);
  }
}
