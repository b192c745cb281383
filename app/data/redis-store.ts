import { attempt } from '../redis/link.ts';
import { redisShards } from '../redis/shards.ts';
import type { ConsultationRecords } from './consultation-records.ts';
import { keysIn } from './redis/keys.ts';
import { type ShardSettings, shardIn } from './redis/shard.ts';
import type { AfterStep } from './redis-spread/moves.ts';
import type { SessionData } from './session-data.ts';
import type { WebhookOutbox } from './webhook-outbox.ts';

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
  /** For tests: between the steps of what concerns several hash slots. */
  afterStep?: AfterStep;
}

/** One Redis, or a Redis Cluster, behind its ports. Closing the session data closes all. */
interface RedisStore {
  data: SessionData;
  records: ConsultationRecords;
  /** Where webhooks are put in. */
  webhooks?: WebhookOutbox;
}

/**
 * Opens the store in Redis, which other nodes may share. In a Redis Cluster it is spread over many hash
 * slots, each namespace in one of them.
 * @throws SignalingError `store-unavailable` if it cannot be reached now
 */
export async function openRedisStore({
  url,
  prefix,
  keepsConsultations = true,
  webhooks,
  onError = () => {},
  afterStep,
}: RedisStorePlace): Promise<RedisStore> {
  const links = redisShards({ url, prefix, onError });
  await attempt(() => links.connect());
  const { base } = links;
  const lastNumber = keysIn(base.prefix).lastWebhook;
  const settings: ShardSettings = {
    keepsConsultations,
    webhooks,
    nextNumber: () => base.redis.incr(lastNumber),
  };
  if (links.all.length > 1) {
    const { openSpreadStore } = await import('./redis-spread/store.ts');
    return openSpreadStore(links, settings, afterStep);
  }
  const { data, consultations: records, outbox } = shardIn(base, settings);
  return { data, records, ...(outbox && { webhooks: outbox }) };
}

/** The session data of that store alone. */
export const openRedisSessionData = async (place: RedisStorePlace): Promise<SessionData> =>
  (await openRedisStore(place)).data;
