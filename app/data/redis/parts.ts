import type { clientsIn } from './clients.ts';
import type { heldIn } from './held.ts';
import type { Keys } from './keys.ts';
import type { recordsIn } from './records.ts';
import type { roomsIn } from './rooms.ts';
import type { Transactions } from './transaction.ts';
import type { WebhookWrites } from './webhook-writes.ts';

/** What the session data in one hash slot are made of. */
export interface RedisParts {
  store: Transactions;
  keys: Keys;
  rooms: ReturnType<typeof roomsIn>;
  clients: ReturnType<typeof clientsIn>;
  held: ReturnType<typeof heldIn>;
  records: ReturnType<typeof recordsIn>;
  webhooks: WebhookWrites | undefined;
}
