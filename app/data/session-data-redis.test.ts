import { afterAll, beforeAll, describe, vi } from 'vitest';
import { RedisSentinels } from '../../test/support/redis-sentinels.ts';
import { RedisServer } from '../../test/support/redis-server.ts';
import { RedisShards } from '../../test/support/redis-shards.ts';
import { describeConsultationRecords } from './consultation-records.contract.ts';
import { openRedisSessionData, openRedisStore } from './redis-store.ts';
import { describeSessionData } from './session-data.contract.ts';
import { describeWebhookOutbox } from './webhook-outbox.contract.ts';

// Some tests start a process that has to be compiled first.
vi.setConfig({ testTimeout: 30_000 });

const KINDS = {
  Redis: () => RedisServer.start(),
  'Redis with Sentinel': () => RedisSentinels.start(),
  'a Redis Cluster of three masters': () => RedisShards.start(),
};

describe.each(Object.entries(KINDS))('%s', (name, start) => {
  let redis: { url: string; stop(): Promise<void> };
  let count = 0;

  beforeAll(async () => {
    redis = await start();
  }, 60_000);

  afterAll(() => redis.stop());

  /** Nobody else uses this prefix; in a cluster each has a hash slot of its own. */
  function freshPlace() {
    count += 1;
    return { url: redis.url, prefix: `{test-${count}}:` };
  }

  describeSessionData(name, async () => {
    const options = freshPlace();
    return {
      open: () => openRedisSessionData(options),
      opener: {
        module: new URL('./redis-store.ts', import.meta.url).href,
        name: 'openRedisSessionData',
        options,
      },
      destroy: async () => {},
    };
  });

  describeConsultationRecords(name, async () => {
    const place = freshPlace();
    return { open: () => openRedisStore(place), destroy: async () => {} };
  });

  describeWebhookOutbox(name, async () => {
    const place = freshPlace();
    return {
      open: (webhooks = { turnSoon: 2 }) =>
        openRedisStore({ ...place, webhooks: webhooks ?? undefined }),
      destroy: async () => {},
    };
  });
});
