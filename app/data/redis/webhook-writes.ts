import { randomUUID } from 'node:crypto';
import type { ConsultationFact } from '../consultation-records.ts';
import type { Room, Time } from '../session-data.ts';
import {
  type NewWebhook,
  nothingTold,
  type Telling,
  type Told,
  tellConnected,
  tellFacts,
  tellTurn,
} from '../webhook-events.ts';
import type { Webhook } from '../webhook-outbox.ts';
import type { Keys } from './keys.ts';
import { move } from './places.ts';
import { type roomsIn, waitingOrder } from './rooms.ts';
import type { Changes } from './transaction.ts';
import { luggageIn, type WebhookLuggage } from './webhook-luggage.ts';

export type WebhookWrites = ReturnType<typeof webhookWrites>;

/** What one change has found out so far: what it writes it could not read again. */
class Draft {
  readonly changes: Changes;
  readonly told = new Map<string, Told | undefined>();
  /** How many stand in the line of a room. */
  readonly inLine = new Map<string, number>();

  constructor(changes: Changes) {
    this.changes = changes;
  }
}

export interface WebhookSettings {
  /** The first so many in a waiting room hear that their turn is near; 0: nobody. */
  turnSoon: number;
  /** The number of the next webhook, in the order of all: one that is not used in the end is no loss. */
  nextNumber: () => Promise<number>;
}

/** What puts webhooks into Redis, with the changes that they tell of. */
export function webhookWrites(
  keys: Keys,
  rooms: ReturnType<typeof roomsIn>,
  { turnSoon, nextNumber }: WebhookSettings,
) {
  const luggage = luggageIn(keys);
  const { placesOf, placesOfTold } = luggage;

  function put(changes: Changes, before: Webhook | undefined, after: Webhook): void {
    changes.write('SET', keys.webhook(after.id), JSON.stringify(after));
    move(changes, before === undefined ? [] : placesOf(before), placesOf(after));
  }

  async function toldOf(draft: Draft, roomId: string): Promise<Told | undefined> {
    if (!draft.told.has(roomId)) {
      const text = await draft.changes.get(keys.told(roomId));
      draft.told.set(roomId, text === null ? undefined : (JSON.parse(text) as Told));
    }
    return draft.told.get(roomId);
  }

  async function write(draft: Draft, roomId: string, { told, webhooks }: Telling): Promise<void> {
    const { changes } = draft;
    const before = await toldOf(draft, roomId);
    if (told === null) changes.write('DEL', keys.told(roomId));
    else changes.write('SET', keys.told(roomId), JSON.stringify(told));
    move(changes, placesOfTold(before), placesOfTold(told));
    draft.told.set(roomId, told ?? undefined);
    for (const webhook of webhooks) await add(draft, webhook);
  }

  async function add(draft: Draft, { type, namespaceId, roomId, at, body }: NewWebhook) {
    const { changes, inLine } = draft;
    const before = inLine.get(roomId) ?? (await changes.count(keys.webhookLine(roomId)));
    inLine.set(roomId, before + 1);
    if (before === 0) changes.write('ZADD', keys.webhooksDue, at, roomId);
    put(changes, undefined, {
      id: `evt_${randomUUID()}`,
      n: await nextNumber(),
      type,
      namespaceId,
      roomId,
      at,
      body,
      state: 'waiting',
      attempts: 0,
      since: at,
      lastError: null,
      settledAt: null,
    });
  }

  /** `changed` is not written yet: it stands where it will. */
  async function tellTurns(draft: Draft, namespaceId: string, changed: Room, at: Time) {
    const stored = await rooms.first(draft.changes.redis, namespaceId, turnSoon + 1);
    const line = stored.filter(({ id }) => id !== changed.id);
    const isThere = changed.state === 'waiting' || changed.state === 'knocking';
    if (isThere && changed.namespaceId === namespaceId) line.push(changed);
    for (const [ahead, room] of line.sort(waitingOrder).slice(0, turnSoon).entries()) {
      const told = await toldOf(draft, room.id);
      if (told?.isSoonTold === true) continue;
      await write(draft, room.id, tellTurn(told ?? nothingTold(room), ahead + 1, at));
    }
  }

  /** A room is stored at `at`, with these facts about it. */
  async function noteIn(
    draft: Draft,
    room: Room,
    facts: readonly ConsultationFact[],
    at: Time,
  ): Promise<void> {
    const told = await toldOf(draft, room.id);
    if (facts.length === 0) return;
    await write(draft, room.id, tellFacts(told ?? nothingTold(room), facts, at));
  }

  return {
    placesOf,
    put,
    nextNumber,

    /** A room is stored at `at`, with these facts about it. */
    async note(
      changes: Changes,
      room: Room,
      facts: readonly ConsultationFact[],
      at: Time,
    ): Promise<void> {
      const draft = new Draft(changes);
      const told = await toldOf(draft, room.id);
      await noteIn(draft, room, facts, at);
      if (turnSoon === 0) return;
      // Also those who waited behind it where it was before.
      for (const id of new Set([told?.namespaceId, room.namespaceId])) {
        if (id) await tellTurns(draft, id, room, at);
      }
    },

    /** The same as `note`, of a room that comes from another hash slot with what was packed there. */
    async arrive(
      changes: Changes,
      brought: WebhookLuggage,
      room: Room,
      facts: readonly ConsultationFact[],
      at: Time,
    ): Promise<void> {
      const draft = new Draft(changes);
      draft.told.set(room.id, brought.told ?? undefined);
      const inLine = await changes.count(keys.webhookLine(room.id));
      draft.inLine.set(room.id, inLine + brought.line.length);
      luggage.unpack(changes, room.id, brought);
      await noteIn(draft, room, facts, at);
      if (turnSoon > 0 && room.namespaceId !== null) {
        await tellTurns(draft, room.namespaceId, room, at);
      }
    },

    /** A room has gone to another hash slot: who waited behind it here may be near their turn. */
    async depart(changes: Changes, namespaceId: string, gone: Room, at: Time): Promise<void> {
      if (turnSoon > 0) await tellTurns(new Draft(changes), namespaceId, gone, at);
    },

    /** The namespace is removed, and with it end `rooms`, all that live in it. */
    async endAllIn(
      changes: Changes,
      namespaceId: string,
      rooms: readonly Room[],
      at: Time,
    ): Promise<void> {
      const draft = new Draft(changes);
      const live = new Set(rooms.map(({ id }) => id));
      const ended: ConsultationFact = { fact: 'ended', reason: 'namespace-removed', by: null };
      for (const roomId of await changes.members(keys.toldIn(namespaceId))) {
        const told = await toldOf(draft, roomId);
        if (told === undefined) continue;
        // What ended while no webhooks were sent is not told now.
        const telling = live.has(roomId)
          ? tellFacts(told, [ended], at)
          : { told: null, webhooks: [] };
        await write(draft, roomId, telling);
      }
    },

    async noteConnected(changes: Changes, roomId: string, at: Time): Promise<void> {
      const draft = new Draft(changes);
      const told = await toldOf(draft, roomId);
      if (told !== undefined) await write(draft, roomId, tellConnected(told, at));
    },
  };
}
