/** A practice as an operator sees it: how many, and of nobody who (SPEC OPS-3). */
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
export interface LiveMinute {
  /** When it began, in milliseconds since 1970. */
  at: number;
  connections: number;
  waiting: number;
  calls: number;
  /** Connections that ended within that minute, however they did. */
  drops: number;
  relayed: number;
}

/** What `GET /ops/state` tells of a node (SPEC OPS-3). */
export interface LiveState {
  at: number;
  startedAt: number;
  readiness: { ready: true } | { ready: false; why: string };
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
  hour: LiveMinute[];
}
