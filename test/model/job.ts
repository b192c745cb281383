import type { Answer } from '../support/clients.ts';
import type { ModelEvent } from './model-events.ts';
import type { Choice, Sent } from './sight.ts';

/** One event that a client sent, and how it was answered. */
export interface Saying {
  socket: string;
  event: ModelEvent;
  sent: Sent;
  /** Whether the client asked for an acknowledgement; if not, only a refusal is answered. */
  asks: boolean;
  answer: Answer | undefined;
  /** Whether it stood in the namespace's lane, as all do that change something. */
  inLane: boolean;
  /** What came of it in the lane, whoever heard of that. */
  choice: Choice;
}

/** What took its turn in a namespace. */
export type Job = { namespaceId: string } & (
  | { kind: 'arrive'; socket: string; tokenFrom: string | undefined; isConnected: boolean }
  | { kind: 'depart'; socket: string }
  | { kind: 'say'; saying: Saying }
  | { kind: 'transfer-here'; roomId: string }
  | { kind: 'send-on'; socket: string; tokenFrom: string | undefined }
  | { kind: 'make-namespace' }
  | { kind: 'remove-namespace' }
  | { kind: 'make-room'; roomId: string }
);

/** `Job` without what only its turn tells. */
export type Tag = Job extends infer J
  ? J extends { namespaceId: string }
    ? Omit<J, 'namespaceId'>
    : never
  : never;
