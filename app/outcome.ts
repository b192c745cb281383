import type { ServerEvent, ServerEvents } from '@telemedicine-signaling/protocol';
import type { AuditFact } from './data/audit-log.ts';

/** Whom a delivery is for (SPEC WHO-1): always clients by name, or the doctors of one namespace. */
export type Address =
  | { clients: readonly string[] }
  | { doctorsOf: string; except?: string | readonly string[] | undefined }
  | { everyoneIn: string };

/** Something that has to happen on the connections after a use case has decided. */
export type Step =
  | { [E in ServerEvent]: { to: Address; event: E; data: ServerEvents[E] } }[ServerEvent]
  /** The client is a member of the room from here on. */
  | { enter: string; client: string }
  /** These clients are not members of the room any more. */
  | { leave: string; clients: readonly string[] }
  /** The client has moved to another namespace: its connection here has nothing more to say. */
  | { release: string }
  /** The client is no more: nothing is kept for it. */
  | { forget: string }
  /** The waiting room of this namespace is not what it was: doctors and patients are to hear of it. */
  | { queueChanged: string }
  /** Something to be written down in the audit trail. */
  | { audit: AuditFact }
  /** The namespace is gone: its connections close. */
  | { close: string };

/** What a use case decided: the answer to whoever asked, and the steps, in order. */
export interface Outcome<Reply = object> {
  reply: Reply;
  steps: Step[];
}

/**
 * Runs a use case in its namespace's turn, one at a time, and carries out its steps before the next.
 * Every change goes through it, from a socket, a route or a timer.
 */
export type Perform = <Reply>(
  namespaceId: string,
  useCase: () => Promise<Outcome<Reply>>,
) => Promise<Reply>;
