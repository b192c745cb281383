import { attempt, redisClient } from '../redis/link.ts';
import type { ConsultationRecords } from './consultation-records.ts';
import { keysIn } from './redis/keys.ts';
import { recordsIn } from './redis/records.ts';
import { Transactions } from './redis/transaction.ts';
import type { SessionData } from './session-data.ts';
import { RedisSessionData } from './session-data-redis.ts';

export interface RedisStorePlace {
  /** `redis://` or, with TLS, `rediss://`. */
  url: string;
  /** What the names of all keys begin with. */
  prefix: string;
  /** False to begin no record of any consultation. */
  keepsConsultations?: boolean;
  onError?: (error: unknown) => void;
}

/**
 * Opens the store in Redis, which other nodes may share.
 * @throws SignalingError `store-unavailable` if it cannot be reached now
 */
export async function openRedisStore({
  url,
  prefix,
  keepsConsultations = true,
  onError = () => {},
}: RedisStorePlace): Promise<{ data: SessionData; records: ConsultationRecords }> {
  const redis = redisClient(url, onError);
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
  return { data: new RedisSessionData(store, keys, noted), records };
}

/** The session data of that store alone. */
export const openRedisSessionData = async (place: RedisStorePlace): Promise<SessionData> =>
  (await openRedisStore(place)).data;
