import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { SessionData } from './data/session-data.ts';
import type { WebhookOutbox } from './data/webhook-outbox.ts';
import { consultationOf } from './rooms/agreed-call.ts';
import { Courier, type CourierParts } from './webhooks/courier.ts';

interface WebhookParts {
  config: Config;
  outbox: WebhookOutbox | undefined;
  data: SessionData;
  clock: Clock;
  logger: Logger;
  count: CourierParts['count'];
}

export interface WebhookLink {
  courier: Courier;
  /** An answer has gone to its peer: a call is agreed on. It is put in once; nobody waits for it. */
  onAnswer(senderId: string, peerId: string): void;
}

/** What tells the hospital's backend; undefined where nothing is to be sent (SPEC HOOK-11). */
export function linkWebhooks({
  config: { webhooks },
  outbox,
  data,
  clock,
  logger,
  count,
}: WebhookParts): WebhookLink | undefined {
  if (webhooks === undefined || outbox === undefined) return undefined;
  const onError = (error: unknown) => logger.error({ err: error }, 'the store gives no webhooks');

  async function noteConnected(senderId: string, peerId: string): Promise<void> {
    const roomId = await consultationOf(data, senderId, peerId);
    if (roomId !== undefined) await outbox?.noteConnected(roomId, clock.now());
  }

  const courier = new Courier({
    ...webhooks,
    outbox,
    clock,
    count,
    log: {
      failed: (why) => logger.warn({ why }, 'webhooks are not taken'),
      recovered: () => logger.info('webhooks are taken again'),
      gaveUp: (attempts) => logger.error({ attempts }, 'a webhook was given up'),
    },
    onError,
  });
  return {
    courier,
    onAnswer: (senderId, peerId) => void noteConnected(senderId, peerId).catch(onError),
  };
}
