import type { RedisShard } from '../../redis/shards.ts';
import type { ConsultationRecords } from '../consultation-records.ts';
import type { SessionData } from '../session-data.ts';
import { RedisSessionData } from '../session-data-redis.ts';
import type { WebhookOutbox } from '../webhook-outbox.ts';
import { webhookOutboxIn } from '../webhook-outbox-redis.ts';
import { clientsIn } from './clients.ts';
import { heldIn } from './held.ts';
import { keysIn } from './keys.ts';
import type { RedisParts } from './parts.ts';
import { recordsIn } from './records.ts';
import { roomsIn } from './rooms.ts';
import { type Changes, Transactions } from './transaction.ts';
import { luggageIn } from './webhook-luggage.ts';
import { webhookWrites } from './webhook-writes.ts';

/** What lies in one hash slot: all of its namespaces, behind the ports and in parts. */
export interface Shard extends RedisParts {
  data: SessionData;
  consultations: ConsultationRecords;
  /** Where webhooks are put in. */
  outbox: WebhookOutbox | undefined;
  luggage: ReturnType<typeof luggageIn>;
}

export interface ShardSettings {
  /** False to begin no record of any consultation. */
  keepsConsultations: boolean;
  /** Webhooks are put in; the first `turnSoon` of a waiting room hear that their turn is near. */
  webhooks: { turnSoon: number } | undefined;
  /** See `WebhookSettings`. */
  nextNumber: () => Promise<number>;
  /** There are others; see `roomsIn`. */
  welcome?: ((changes: Changes, clientIds: readonly string[]) => Promise<void>) | undefined;
}

export function shardIn(
  { redis, prefix }: RedisShard,
  { keepsConsultations, webhooks: hooks, nextNumber, welcome }: ShardSettings,
): Shard {
  const store = new Transactions(redis, welcome !== undefined);
  const keys = keysIn(prefix);
  const rooms = roomsIn(keys, welcome);
  const records = recordsIn(keys, keepsConsultations);
  const webhooks = hooks && webhookWrites(keys, rooms, { ...hooks, nextNumber });
  const parts = {
    store,
    keys,
    rooms,
    clients: clientsIn(keys),
    held: heldIn(keys),
    records,
    webhooks,
  };
  return {
    ...parts,
    data: new RedisSessionData(parts),
    consultations: {
      note: (roomId, at, facts) =>
        store.change([`room ${roomId}`], (changes) => records.note(changes, roomId, at, facts)),
      find: (query) =>
        store.read([`namespace ${query.namespaceId}`], (reader) => records.find(reader, query)),
      lengths: (namespaceId, since, limit) =>
        store.read([`namespace ${namespaceId}`], (reader) =>
          records.lengths(reader, namespaceId, since, limit),
        ),
      forgetEnded: (time, limit) =>
        store.change([], (changes) => records.forgetEnded(changes, redis, time, limit)),
    },
    luggage: luggageIn(keys),
    outbox: webhooks && webhookOutboxIn(store, keys, webhooks, nextNumber),
  };
}
