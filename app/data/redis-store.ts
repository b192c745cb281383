import { attempt, redisClient } from '../redis/link.ts';
import type { ConsultationRecords } from './consultation-records.ts';
import { keysIn } from './redis/keys.ts';
import { recordsIn } from './redis/records.ts';
import { roomsIn } from './redis/rooms.ts';
import { Transactions } from './redis/transaction.ts';
import { webhookWrites } from './redis/webhook-writes.ts';
import type { SessionData } from './session-data.ts';
import { RedisSessionData } from './session-data-redis.ts';
import type { WebhookOutbox } from './webhook-outbox.ts';
import { webhookOutboxIn } from './webhook-outbox-redis.ts';

export interface RedisStorePlace {
  /** An address as `REDIS_URL` has it. */
  url: string;
  /** What the names of all keys begin with. */
  prefix: string;
  /** False to begin no record of any consultation. */
  keepsConsultations?: boolean;
  /** Webhooks are put in; the first `turnSoon` of a waiting room hear that their turn is near. */
  webhooks?: { turnSoon: number } | undefined;
  onError?: (error: unknown) => void;
}

/** One Redis behind its ports. Closing the session data closes all. */
interface RedisStore {
  data: SessionData;
  records: ConsultationRecords;
  /** Where webhooks are put in. */
  webhooks?: WebhookOutbox;
}

/**
 * Opens the store in Redis, which other nodes may share.
 * @throws SignalingError `store-unavailable` if it cannot be reached now
 */
export async function openRedisStore({
  url,
  prefix,
  keepsConsultations = true,
  webhooks: hooks,
  onError = () => {},
}: RedisStorePlace): Promise<RedisStore> {
  const redis = redisClient({ url, prefix, onError });
  await attempt(() => redis.connect());
  const store = new Transactions(redis);
  const keys = keysIn(prefix);
  const noted = recordsIn(keys, keepsConsultations);
  const records: ConsultationRecords = {
    note: (roomId, at, facts) =>
      store.change([`room ${roomId}`], (changes) => noted.note(changes, roomId, at, facts)),
    find: (query) =>
      store.read([`namespace ${query.namespaceId}`], (reader) => noted.find(reader, query)),
    lengths: (namespaceId, since, limit) =>
      store.read([`namespace ${namespaceId}`], (reader) =>
        noted.lengths(reader, namespaceId, since, limit),
      ),
    forgetEnded: (time, limit) =>
      store.change([], (changes) => noted.forgetEnded(changes, redis, time, limit)),
  };
  const hookWrites = hooks && webhookWrites(keys, roomsIn(keys), hooks);
  return {
    data: new RedisSessionData(store, keys, noted, hookWrites),
    records,
    ...(hookWrites && { webhooks: webhookOutboxIn(store, keys, hookWrites) }),
  };
}

/** The session data of that store alone. */
export const openRedisSessionData = async (place: RedisStorePlace): Promise<SessionData> =>
  (await openRedisStore(place)).data;
