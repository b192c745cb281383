import type { Readiness } from './routes.ts';

/** A practice as an operator sees it: how many, and of nobody who. */
export interface LiveNamespace {
  id: string;
  doctors: number;
  waiting: number;
  inConsultation: number;
  onHold: number;
  /** Clients whose connection is lost, within their windows. */
  lost: number;
}

/** What went on in one minute. */
export interface Minute {
  /** When it began, in milliseconds since 1970. */
  at: number;
  connections: number;
  waiting: number;
  calls: number;
  /** Within that minute. */
  drops: number;
  relayed: number;
}

export interface LiveState {
  at: number;
  startedAt: number;
  readiness: Readiness;
  connections: number;
  /** Connected clients by role. */
  clients: Record<string, number>;
  waiting: number;
  calls: number;
  onHold: number;
  /** Those with most people in them first. */
  namespaces: LiveNamespace[];
  /** How many there are on this node; the list ends somewhere. */
  namespaceCount: number;
  /** The last hour, oldest first. */
  hour: Minute[];
}
