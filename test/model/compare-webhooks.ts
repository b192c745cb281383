import type { WebhookBody } from '@telemedicine-signaling/protocol';
import type { NotedConsultation } from '../../app/data/consultation-records.ts';
import type { WebhookOutbox } from '../../app/data/webhook-outbox.ts';
import type { Complaints } from './replay.ts';
import { NAMESPACES } from './rules.ts';
import type { Trial } from './trial.ts';

const ALL = { from: 0, until: Number.MAX_SAFE_INTEGER, roomId: null, skip: 0, limit: 1_000_000 };

/** How many of a waiting room are told to be near their turn. */
export const TURN_SOON = 2;

/** HOOK-1, HOOK-2, HOOK-7: webhooks tell the same as the records, in order and without a gap. */
export async function wrongWebhooks(trial: Trial, outbox: WebhookOutbox): Promise<Complaints> {
  const complaints: Complaints = [];
  const records = new Map<string, NotedConsultation[]>();
  for (const namespaceId of NAMESPACES) {
    for (const noted of await trial.records.find({ namespaceId, ...ALL })) {
      records.set(noted.roomId, [...(records.get(noted.roomId) ?? []), noted]);
    }
  }
  for (const [roomId, noted] of records) {
    const told = await bodiesOf(outbox, roomId);
    if (!isCounted(told)) complaints.push(`webhooks of ${roomId} have a gap: ${inWords(told)}`);
    const expected = noted.flatMap(endOf).sort().join('; ');
    const ends = told.flatMap(endIn).sort().join('; ');
    const begun = told.filter(isBeginning).length;
    if (ends !== expected || begun !== noted.length) {
      complaints.push(`webhooks of ${roomId}: ${inWords(told)}; expected ${expected}`);
    }
  }
  for (const namespaceId of NAMESPACES) {
    const waiting = await trial.store.waitingRooms(namespaceId);
    for (const { id } of waiting.slice(0, TURN_SOON)) {
      const told = await bodiesOf(outbox, id);
      const since = told.slice(told.findLastIndex(({ type }) => type === 'consultation.waiting'));
      const times = since.filter(({ type }) => type === 'consultation.turn-soon').length;
      if (times !== 1) complaints.push(`${id} was told ${times} times: ${inWords(told)}`);
    }
  }
  return complaints;
}

async function bodiesOf(outbox: WebhookOutbox, roomId: string): Promise<WebhookBody[]> {
  const found = await outbox.find({ roomId, before: null, limit: 1_000_000 });
  return found.map(({ body }) => JSON.parse(body) as WebhookBody).reverse();
}

const isBeginning = (body: WebhookBody): boolean =>
  body.type === 'consultation.waiting' && !body.data.again;

/** A room id that comes again after its end counts anew. */
const isCounted = (told: readonly WebhookBody[]): boolean =>
  told.every((body, n) => {
    const before = told[n - 1]?.data.sequence ?? 0;
    return body.data.sequence === before + 1 || (body.data.sequence === 1 && isBeginning(body));
  });

const endOf = ({ endReason }: NotedConsultation): string[] =>
  endReason === null ? [] : [endReason];

function endIn(body: WebhookBody): string[] {
  if (body.type === 'consultation.ended') return [body.data.reason];
  return body.type === 'consultation.abandoned' ? ['abandoned'] : [];
}

const inWords = (told: readonly WebhookBody[]): string =>
  told.map(({ type, data }) => `${data.sequence} ${type.replace('consultation.', '')}`).join(', ');
