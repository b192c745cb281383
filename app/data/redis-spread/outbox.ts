import type { Lanes } from '../redis/lanes.ts';
import type { Webhook, WebhookOutbox } from '../webhook-outbox.ts';
import type { Guide, Numbered } from './guide.ts';
import { sharesOf } from './oldest.ts';

/**
 * The port over many hash slots: webhooks wait where their room is. Those that were settled before a room
 * went elsewhere stay behind; put in again, they stand in line there.
 */
export function outboxOver(guide: Guide, lanes: Lanes): WebhookOutbox {
  /** Where something was due when it was last looked for. */
  let due: Numbered[] = [];
  /** Where those are that are on their way. */
  const taken = new Map<string, Numbered>();

  const everyOutbox = <T>(
    ask: (outbox: WebhookOutbox) => Promise<T>,
    isEnough: (answers: T[]) => boolean,
  ): Promise<T[]> => guide.everywhere((shard) => ask(outboxOf(shard)), isEnough);

  const isAnywhere = async (end: (outbox: WebhookOutbox) => Promise<boolean>): Promise<boolean> =>
    (await everyOutbox(end, (answers) => answers.includes(true))).includes(true);

  async function takeDue(now: number, until: number): Promise<Webhook | undefined> {
    for (const shard of [...due]) {
      // What lies at a master that is away waits, and nothing else does.
      const webhook = await outboxOf(shard)
        .take(now, until)
        .catch(() => undefined);
      if (webhook !== undefined) {
        taken.set(webhook.id, shard);
        return webhook;
      }
      due = due.filter((one) => one !== shard);
    }
    return undefined;
  }

  async function look(now: number): Promise<void> {
    const bounds = { LIMIT: { offset: 0, count: 1 } };
    const found = await guide.everywhere(async (shard) => {
      const { store, keys } = shard;
      const first = await store.read([], (redis) =>
        redis.zRangeByScore(keys.webhooksDue, '-inf', now, bounds),
      );
      return first.length > 0 ? shard : undefined;
    });
    due = found.filter((shard) => shard !== undefined);
  }

  /** Where it was taken; its line may have moved on with its room meanwhile. */
  async function ofThisTry(
    { id, roomId }: Webhook,
    end: (outbox: WebhookOutbox) => Promise<boolean>,
  ): Promise<boolean> {
    return lanes.change([`room ${roomId}`], () =>
      guide.settled(async () => {
        const shard = taken.get(id);
        const isDone =
          (shard !== undefined && (await end(outboxOf(shard)))) || (await isAnywhere(end));
        taken.delete(id);
        return isDone;
      }),
    );
  }

  return {
    async take(now, until) {
      const webhook = await takeDue(now, until);
      if (webhook !== undefined) return webhook;
      await look(now);
      return takeDue(now, until);
    },

    settle: (webhook, now, how) => ofThisTry(webhook, (outbox) => outbox.settle(webhook, now, how)),

    putOff: (webhook, dueAt, lastError) =>
      ofThisTry(webhook, (outbox) => outbox.putOff(webhook, dueAt, lastError)),

    noteConnected: (roomId, at) =>
      lanes.change([`room ${roomId}`], () =>
        guide.settled(async () => {
          await guide.at('room', roomId, ({ store, rooms, webhooks }) =>
            store.change([], async (changes) => {
              if ((await rooms.find(changes, roomId)) === undefined) return undefined;
              await webhooks?.noteConnected(changes, roomId, at);
              return true;
            }),
          );
        }),
      ),

    async find(query) {
      const found = (
        await everyOutbox(
          (outbox) => outbox.find(query),
          () => false,
        )
      ).flat();
      return found.sort((a, b) => b.n - a.n).slice(0, query.limit);
    },

    putInAgain: (id, now) => isAnywhere((outbox) => outbox.putInAgain(id, now)),

    async forgetSettled(time, limit) {
      const shares = await sharesOf(guide, ({ keys }) => keys.webhooksSettled, time, limit);
      const forgetting = shares.map(({ n, count }) =>
        outboxOf(guide.shard(n)).forgetSettled(time, count),
      );
      await Promise.all(forgetting);
    },
  };
}

function outboxOf({ outbox }: Numbered): WebhookOutbox {
  if (outbox === undefined) throw new Error('No webhooks are put in here.');
  return outbox;
}
