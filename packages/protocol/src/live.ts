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

/** A node in figures. */
export interface LiveFigures {
  startedAt: number;
  readiness: { ready: true } | { ready: false; why: string };
  connections: number;
  /** Connected clients by role. */
  clients: Record<string, number>;
  waiting: number;
  calls: number;
  onHold: number;
}

/** A node of the cluster, as any of them sees it (SPEC OPS-5). */
export interface LiveNode {
  /** `NODE_ID`, and something that tells it from its namesakes. */
  id: string;
  /** Whether it is the one that tells this. */
  isThis: boolean;
  /** `null`: it does not answer. */
  figures: LiveFigures | null;
}

/** What `GET /ops/state` tells of a node (SPEC OPS-3). */
export interface LiveState extends LiveFigures {
  at: number;
  /** Those with most people in them first. */
  namespaces: LiveNamespace[];
  /** How many there are on this node; the list ends somewhere. */
  namespaceCount: number;
  /** The last hour, oldest first. */
  hour: LiveMinute[];
  /** All nodes, this one first; empty where a process is alone. */
  nodes: LiveNode[];
}
