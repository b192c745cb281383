import type { Webhook, WebhookOutbox } from '../data/webhook-outbox.ts';
import { PAGE, type ReplayFields } from './view.ts';

/**
 * Puts webhooks in again that were delivered or given up (SPEC HOOK-9), in the order in which they were
 * to be sent before. Answers how many: those that are waiting, or unknown, are left out.
 */
export async function replay(
  outbox: WebhookOutbox,
  asked: ReplayFields,
  now: number,
): Promise<number> {
  const ids = 'ids' in asked ? asked.ids : await idsOf(outbox, asked);
  let count = 0;
  for (const [n, id] of ids.entries()) {
    if (await outbox.putInAgain(id, now)) count += 1;
    if (n % PAGE === PAGE - 1) await othersFirst();
  }
  return count;
}

/** A store that answers at once would let nobody else do anything meanwhile. */
const othersFirst = () => new Promise((resolve) => setImmediate(resolve));

async function idsOf(
  outbox: WebhookOutbox,
  { state, since }: Exclude<ReplayFields, { ids: string[] }>,
): Promise<string[]> {
  const from = since === undefined ? 0 : Date.parse(since);
  const found: Webhook[] = [];
  let before: number | null = null;
  for (;;) {
    const page: Webhook[] = await outbox.find({ state, before, limit: PAGE });
    found.push(...page);
    const last = page.at(-1);
    if (last === undefined) break;
    before = last.n;
    await othersFirst();
  }
  // One that was put in again once stands later than it happened: so all are looked at.
  return found
    .filter(({ at }) => at >= from)
    .map(({ id }) => id)
    .reverse();
}
