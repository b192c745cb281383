import type { Redis } from '../redis/link.ts';
import type { Keys } from './redis/keys.ts';
import { move } from './redis/places.ts';
import type { Changes, Transactions } from './redis/transaction.ts';
import type { WebhookWrites } from './redis/webhook-writes.ts';
import type { Webhook, WebhookOutbox, WebhookQuery } from './webhook-outbox.ts';

const parsed = (text: string | null): Webhook | undefined =>
  text === null ? undefined : (JSON.parse(text) as Webhook);

/** The port over the Redis of the session data: nodes share the work, each line being one node's at a time. */
export function webhookOutboxIn(
  store: Transactions,
  keys: Keys,
  writes: WebhookWrites,
  nextNumber: () => Promise<number>,
): WebhookOutbox {
  /** What is at the head of a line that is due, unless another node was faster. */
  async function takeFrom(changes: Changes, roomId: string, now: number, until: number) {
    const dueAt = await changes.score(keys.webhooksDue, roomId);
    if (dueAt === null || dueAt > now) return undefined;
    const [id] = await changes.redis.zRange(keys.webhookLine(roomId), 0, 0);
    const webhook = parsed(id === undefined ? null : await changes.get(keys.webhook(id)));
    if (webhook === undefined) {
      await changes.count(keys.webhookLine(roomId));
      changes.write('ZREM', keys.webhooksDue, roomId);
      return undefined;
    }
    const tried = { ...webhook, attempts: webhook.attempts + 1 };
    writes.put(changes, webhook, tried);
    changes.write('ZADD', keys.webhooksDue, until, roomId);
    return tried;
  }

  const nextDue = (redis: Redis, now: number): Promise<string[]> =>
    redis.zRangeByScore(keys.webhooksDue, '-inf', now, { LIMIT: { offset: 0, count: 1 } });

  /** Calls `change` if it is this try's still. */
  const ofThisTry = (
    { id, roomId, attempts }: Webhook,
    change: (changes: Changes, current: Webhook) => Promise<void>,
  ): Promise<boolean> =>
    store.change([`room ${roomId}`], async (changes) => {
      const current = parsed(await changes.get(keys.webhook(id)));
      if (current?.state !== 'waiting' || current.attempts !== attempts) return false;
      await change(changes, current);
      return true;
    });

  async function find(redis: Redis, query: WebhookQuery): Promise<Webhook[]> {
    const key = 'state' in query ? keys.webhooksIn(query.state) : keys.webhooksOf(query.roomId);
    const from = query.before === null ? '+inf' : `(${query.before}`;
    const ids = await redis.zRange(key, from, '-inf', {
      BY: 'SCORE',
      REV: true,
      LIMIT: { offset: 0, count: query.limit },
    });
    if (ids.length === 0) return [];
    const texts = await redis.mGet(ids.map((id) => keys.webhook(id)));
    return texts.flatMap((text) => parsed(text) ?? []);
  }

  return {
    async take(now, until) {
      for (;;) {
        const [roomId] = await store.read([], (redis) => nextDue(redis, now));
        if (roomId === undefined) return undefined;
        const taken = await store.change([`room ${roomId}`], (changes) =>
          takeFrom(changes, roomId, now, until),
        );
        if (taken !== undefined) return taken;
      }
    },

    settle: (webhook, now, how) =>
      ofThisTry(webhook, async (changes, current) => {
        writes.put(changes, current, { ...current, ...how, settledAt: now });
        const { roomId } = webhook;
        const isLast = (await changes.count(keys.webhookLine(roomId))) === 1;
        if (isLast) changes.write('ZREM', keys.webhooksDue, roomId);
        else changes.write('ZADD', keys.webhooksDue, now, roomId);
      }),

    putOff: (webhook, dueAt, lastError) =>
      ofThisTry(webhook, async (changes, current) => {
        writes.put(changes, current, { ...current, lastError });
        changes.write('ZADD', keys.webhooksDue, dueAt, webhook.roomId);
      }),

    noteConnected: (roomId, at) =>
      store.change([`room ${roomId}`], (changes) => writes.noteConnected(changes, roomId, at)),

    find: (query) => store.read([], (redis) => find(redis, query)),

    putInAgain: (id, now) =>
      store.change([], async (changes) => {
        const current = parsed(await changes.get(keys.webhook(id)));
        if (current === undefined || current.state === 'waiting') return false;
        const n = await nextNumber();
        const again = { n, state: 'waiting', attempts: 0, since: now, settledAt: null } as const;
        writes.put(changes, current, { ...current, ...again });
        const isAlone = (await changes.count(keys.webhookLine(current.roomId))) === 0;
        if (isAlone) changes.write('ZADD', keys.webhooksDue, now, current.roomId);
        return true;
      }),

    forgetSettled: (time, limit) =>
      store.change([], async (changes) => {
        const bounds = { LIMIT: { offset: 0, count: limit } };
        const { redis } = changes;
        const ids = await redis.zRangeByScore(keys.webhooksSettled, '-inf', `(${time}`, bounds);
        for (const id of ids) {
          const webhook = parsed(await changes.get(keys.webhook(id)));
          if (webhook === undefined) continue;
          changes.write('DEL', keys.webhook(id));
          move(changes, writes.placesOf(webhook), []);
        }
      }),
  };
}
