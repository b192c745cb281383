/** A namespace's turn in the whole cluster. */
export interface NodeTurn {
  /** The other nodes that have clients in this namespace. */
  readonly others: readonly string[];
  /** This node is about to have a client in it: should it die in this turn, others will look here. */
  stay(): Promise<void>;
  /** @param isHere whether this node has clients in it now: then the others learn of it */
  end(isHere: boolean): Promise<void>;
}

export interface Renewed {
  /**
   * This node's lease had run out before: others have counted it as dead. Or it was cut off from a part of
   * Redis for a while, and may not know how things stand there.
   */
  wasLapsed: boolean;
  /** The register is not the one of last time: Redis, or a part of it, has lost what it had, or the last of it. */
  isNew: boolean;
  /** Nodes whose leases have run out and whose clients nobody has taken on yet. */
  dead: readonly string[];
}

/**
 * What the nodes of a cluster have to agree on beside the session data: who is there, who has clients in
 * which namespace, and whose turn it is in each.
 *
 * A turn is for the order in which people hear of changes: one that has taken longer than `TURN_MS` may
 * be cut short by another. That no change is lost, compare-and-set sees to.
 * @throws SignalingError `store-unavailable`, from every method; at once while there is no connection
 */
export interface Register {
  /** True while it can be asked. */
  readonly isUp: boolean;
  /** How much of what is shared can be reached, from 0 to 1: with a Redis Cluster a part may be away. */
  readonly reach: number;
  /** Waits at most `TURN_PATIENCE_MS`. */
  takeTurn(namespaceId: string): Promise<NodeTurn>;
  /** The nodes that have clients in this namespace, without this one. */
  othersIn(namespaceId: string): Promise<string[]>;
  /** All other nodes that are not buried. */
  others(): Promise<string[]>;
  /** To be called about once a second: this node lives for `LEASE_MS` more. */
  renew(): Promise<Renewed>;
  /** Whether a node counts as dead: its lease has run out, or it has none. It may live again. */
  hasLapsed(node: string): Promise<boolean>;
  /** The namespaces in which a node has, or had, clients. */
  namespacesOf(node: string): Promise<string[]>;
  /** A node has no clients in this namespace any more. In that namespace's turn only. */
  strike(node: string, namespaceId: string): Promise<void>;
  /** Nothing is left of a node, unless it lives again. */
  bury(node: string): Promise<void>;
  /** What others may have struck out of this node's places is written anew as turns end. */
  forgetPlaces(): void;
  /** This node goes, orderly: it counts as dead from now on. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

export const LEASE_MS = 3000;
export const TURN_MS = 5000;
export const TURN_PATIENCE_MS = 5000;
