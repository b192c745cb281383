import type { ClusterLink, CountedCluster } from './cluster-link.ts';
import type { Config } from './config.ts';
import type { ConsultationRecords } from './data/consultation-records.ts';
import type { SessionData } from './data/session-data.ts';
import { StoreOpenError } from './data/store-open-error.ts';
import type { WebhookOutbox } from './data/webhook-outbox.ts';
import type { Directory } from './socket/directory.ts';

/**
 * What the names of all keys and channels in Redis begin with. In a Redis Cluster this is one hash slot;
 * those for the data have names made from it.
 */
export const REDIS_PREFIX = '{signaling}:';

/** The same backends, with an eye on how long they take. */
export interface Counted extends CountedCluster {
  store(store: Backends['store']): Backends['store'];
}

export interface Backends {
  /** With `webhooks` where these are sent. */
  store: { data: SessionData; records: ConsultationRecords; webhooks?: WebhookOutbox };
  /** `undefined` where this process is alone. */
  cluster: ClusterLink | undefined;
}

/**
 * Picks the backends: SQLite, or Redis where there is a `REDIS_URL`. Of the other nothing is loaded.
 * @throws StoreOpenError which says what to do
 */
export async function openBackends(
  config: Config,
  directory: Directory,
  onError: (error: unknown) => void,
  counted: Counted,
): Promise<Backends> {
  const keepsConsultations = config.retention.consultationMs > 0;
  const { webhooks } = config;
  if (config.cluster === undefined) {
    const { openSqliteStore } = await import('./data/sqlite-store.ts');
    const { dataDir } = config;
    const opened = await openSqliteStore({ dataDir, keepsConsultations, webhooks });
    return { store: { ...opened, ...counted.store(opened) }, cluster: undefined };
  }
  const { redisUrl: url, nodeName: name } = config.cluster;
  const { openRedisStore } = await import('./data/redis-store.ts');
  const { openClusterLink } = await import('./cluster-link.ts');
  const place = { url, prefix: REDIS_PREFIX, onError };
  try {
    const opened = await openRedisStore({ ...place, keepsConsultations, webhooks });
    const store = { ...opened, ...counted.store(opened) };
    const cluster = await openClusterLink({ ...place, name }, store.data, directory, counted);
    return { store, cluster };
  } catch (cause) {
    const [what, whatToDo] = ['nothing answers at REDIS_URL', 'Start Redis, or correct REDIS_URL.'];
    throw new StoreOpenError('in Redis', 'failed', what, whatToDo, { cause });
  }
}
