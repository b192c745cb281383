import type { WebhookState, WebhookType } from '@telemedicine-signaling/protocol';
import type { Time } from './session-data.ts';

/** Something that the hospital's backend is to hear, and how far that has come. */
export interface Webhook {
  /** Unique, and the same at every try. */
  id: string;
  /** Its place in the order of all: grows by the order in which they are to be sent. */
  n: number;
  type: WebhookType;
  namespaceId: string;
  roomId: string;
  /** When it happened. */
  at: Time;
  /** The JSON that is sent, byte for byte. */
  body: string;
  state: WebhookState;
  /** How often it was tried; one that was put in again counts anew. */
  attempts: number;
  /** Since when it is to be sent: when it happened, or when it was put in again. */
  since: Time;
  /** Why the last try failed, in the words of half a sentence. */
  lastError: string | null;
  /** When it was delivered or given up. */
  settledAt: Time | null;
}

/** Webhooks of one state, or of one room. */
export type WebhookQuery = ({ state: WebhookState } | { roomId: string }) & {
  /** Only those whose `n` is smaller; `null`: from the latest on. */
  before: number | null;
  limit: number;
};

/**
 * The webhooks that are to be sent, and those that were, until they are forgotten. Most are put in with
 * the change that they tell of (`SessionData.saveRoom`, `removeNamespace`); the promises are those of
 * `SessionData`.
 *
 * Those of one room stand in line: the next is due when the one before it was settled. Lines of
 * different rooms do not wait for each other.
 */
export interface WebhookOutbox {
  /**
   * Hands out the first of a line that is due, counted as tried once more; undefined if none is. Nobody
   * is handed that line's again before `until`, unless it is settled or put off.
   */
  take(now: Time, until: Time): Promise<Webhook | undefined>;
  /** It was taken, or nobody will try again. False if it is not this try's to settle any more. */
  settle(
    webhook: Webhook,
    now: Time,
    how: { state: 'delivered' } | { state: 'given-up'; lastError: string },
  ): Promise<boolean>;
  /** This try failed: the line is due again at `dueAt`. False like `settle`. */
  putOff(webhook: Webhook, dueAt: Time, lastError: string): Promise<boolean>;
  /**
   * Patient and doctor have agreed on a call: puts in `consultation.connected`, once for each time that
   * a doctor came in. Nothing where none is in.
   */
  noteConnected(roomId: string, at: Time): Promise<void>;
  /** The latest first. */
  find(query: WebhookQuery): Promise<Webhook[]>;
  /** Puts one that is settled in again, at the end of its room's line. False if there is none. */
  putInAgain(id: string, now: Time): Promise<boolean>;
  /** Forgets what was settled before `time`, the oldest first, at most `limit`. */
  forgetSettled(time: Time, limit: number): Promise<void>;
}
