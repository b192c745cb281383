import type { WebhookState, WebhookType } from '@telemedicine-signaling/protocol';
import type { Told } from '../webhook-events.ts';
import type { Webhook } from '../webhook-outbox.ts';

/** A webhook as the store keeps it. */
export type WebhookRow = {
  n: number;
  id: string;
  type: WebhookType;
  namespace_id: string;
  room_id: string;
  at: number;
  body: string;
  state: WebhookState;
  attempts: number;
  since: number;
  due_at: number | null;
  last_error: string | null;
  settled_at: number | null;
};

export const webhookIn = (row: WebhookRow): Webhook => ({
  id: row.id,
  n: row.n,
  type: row.type,
  namespaceId: row.namespace_id,
  roomId: row.room_id,
  at: row.at,
  body: row.body,
  state: row.state,
  attempts: row.attempts,
  since: row.since,
  lastError: row.last_error,
  settledAt: row.settled_at,
});

/** What was told of a consultation, as the store keeps it. */
export type ToldRow = {
  room_id: string;
  namespace_id: string;
  client_id: string;
  sequence: number;
  is_admitted: 0 | 1;
  is_connected: 0 | 1;
  is_soon_told: 0 | 1;
};

export const toldIn = (row: ToldRow): Told => ({
  roomId: row.room_id,
  namespaceId: row.namespace_id,
  clientId: row.client_id,
  sequence: row.sequence,
  isAdmitted: row.is_admitted === 1,
  isConnected: row.is_connected === 1,
  isSoonTold: row.is_soon_told === 1,
});

export const toldRowOf = (told: Told): ToldRow => ({
  room_id: told.roomId,
  namespace_id: told.namespaceId,
  client_id: told.clientId,
  sequence: told.sequence,
  is_admitted: told.isAdmitted ? 1 : 0,
  is_connected: told.isConnected ? 1 : 0,
  is_soon_told: told.isSoonTold ? 1 : 0,
});
