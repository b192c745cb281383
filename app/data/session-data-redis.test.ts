import { afterAll, beforeAll, vi } from 'vitest';
import { RedisServer } from '../../test/support/redis-server.ts';
import { describeConsultationRecords } from './consultation-records.contract.ts';
import { openRedisSessionData, openRedisStore } from './redis-store.ts';
import { describeSessionData } from './session-data.contract.ts';
import { describeWebhookOutbox } from './webhook-outbox.contract.ts';

// Some tests start a process that has to be compiled first.
vi.setConfig({ testTimeout: 30_000 });

let redis: RedisServer;
let count = 0;

beforeAll(async () => {
  redis = await RedisServer.start();
});

afterAll(() => redis.stop());

/** Nobody else uses this prefix. */
function freshPlace() {
  count += 1;
  return { url: redis.url, prefix: `test-${count}:` };
}

describeSessionData('Redis', async () => {
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

describeConsultationRecords('Redis', async () => {
  const place = freshPlace();
  return { open: () => openRedisStore(place), destroy: async () => {} };
});

describeWebhookOutbox('Redis', async () => {
  const place = { ...freshPlace(), webhooks: { turnSoon: 2 } };
  return { open: () => openRedisStore(place), destroy: async () => {} };
});
