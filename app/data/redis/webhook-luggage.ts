import type { Told } from '../webhook-events.ts';
import type { Webhook } from '../webhook-outbox.ts';
import type { Keys } from './keys.ts';
import { move, type Place } from './places.ts';
import type { Changes } from './transaction.ts';

/** What is to be told of a room still, to be taken to another hash slot. */
export interface WebhookLuggage {
  told: Told | null;
  /** When the first of its line is due. */
  dueAt: number | null;
  line: Webhook[];
}

/** Where webhooks stand, and how those of one room are taken elsewhere. */
export function luggageIn(keys: Keys) {
  const placesOf = ({ id: member, n, state, roomId, settledAt }: Webhook): Place[] => [
    { sorted: keys.webhooksOf(roomId), member, score: n },
    { sorted: keys.webhooksIn(state), member, score: n },
    ...(state === 'waiting' ? [{ sorted: keys.webhookLine(roomId), member, score: n }] : []),
    ...(settledAt === null ? [] : [{ sorted: keys.webhooksSettled, member, score: settledAt }]),
  ];

  const placesOfTold = (told: Told | null | undefined): Place[] =>
    told ? [{ set: keys.toldIn(told.namespaceId), member: told.roomId }] : [];

  const placesOfAll = (roomId: string, { told, dueAt, line }: WebhookLuggage): Place[] => [
    ...placesOfTold(told),
    ...line.flatMap(placesOf),
    ...(dueAt === null ? [] : [{ sorted: keys.webhooksDue, member: roomId, score: dueAt }]),
  ];

  return {
    placesOf,
    placesOfTold,

    /** Takes out those that wait, in their order. */
    async pack(changes: Changes, roomId: string): Promise<WebhookLuggage> {
      const [told, dueAt, ids] = await Promise.all([
        changes.get(keys.told(roomId)),
        changes.score(keys.webhooksDue, roomId),
        changes.line(keys.webhookLine(roomId)),
      ]);
      const texts = await Promise.all(ids.map((id) => changes.get(keys.webhook(id))));
      const found = texts.flatMap((text) => (text === null ? [] : (JSON.parse(text) as Webhook)));
      const line = found.filter(({ state }) => state === 'waiting');
      // One was settled since, and so another may stand in line.
      if (line.length !== ids.length) changes.isStale = true;
      const packed = { told: told === null ? null : (JSON.parse(told) as Told), dueAt, line };
      if (told !== null) changes.write('DEL', keys.told(roomId));
      move(changes, placesOfAll(roomId, packed), []);
      for (const { id } of line) changes.write('DEL', keys.webhook(id));
      return packed;
    },

    /** Puts in, or back, what was taken out. */
    unpack(changes: Changes, roomId: string, packed: WebhookLuggage): void {
      const { told, line } = packed;
      if (told !== null) changes.write('SET', keys.told(roomId), JSON.stringify(told));
      for (const one of line) changes.write('SET', keys.webhook(one.id), JSON.stringify(one));
      move(changes, [], placesOfAll(roomId, packed));
    },
  };
}
