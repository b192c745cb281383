import type { RedisShards } from '../../redis/shards.ts';
import type { ConsultationRecords } from '../consultation-records.ts';
import { Lanes } from '../redis/lanes.ts';
import { type Shard, type ShardSettings, shardIn } from '../redis/shard.ts';
import type { SessionData } from '../session-data.ts';
import type { WebhookOutbox } from '../webhook-outbox.ts';
import { Guide } from './guide.ts';
import type { AfterStep } from './moves.ts';
import { outboxOver } from './outbox.ts';
import { recordsOver } from './records.ts';
import { SpreadSessionData } from './session-data.ts';
import { Signposts } from './signposts.ts';

/** The store over the hash slots of a Redis Cluster. */
export function openSpreadStore(
  links: RedisShards,
  settings: ShardSettings,
  afterStep?: AfterStep,
): { data: SessionData; records: ConsultationRecords; webhooks?: WebhookOutbox } {
  const shards: Shard[] = [];
  const signposts = new Signposts(shards);
  for (const [n, link] of links.all.entries()) {
    const shard = shardIn(link, {
      ...settings,
      // Who is in a room of a shard is usually in that shard, too; of others it has to be known.
      welcome: async (changes, clientIds) => {
        for (const id of clientIds) {
          if (changes.arriving.has(id)) continue;
          const client = await shard.clients.find(changes, id);
          if (client === undefined) await signposts.noteElsewhere(id, n);
        }
      },
    });
    shards.push(shard);
    link.redis.on('ready', () => signposts.doubt());
  }
  const guide = new Guide(shards, signposts, afterStep);
  const lanes = new Lanes();
  const close = () => {
    for (const { store } of shards) store.close();
    links.destroy();
  };
  return {
    data: new SpreadSessionData(guide, lanes, close),
    records: recordsOver(guide, lanes),
    ...(settings.webhooks && { webhooks: outboxOver(guide, lanes) }),
  };
}
