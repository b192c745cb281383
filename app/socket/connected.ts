import type { Directory } from './directory.ts';
import type { Neighbours } from './neighbours.ts';

export interface ConnectedParts {
  directory: Directory;
  /** The other nodes, where there are any. */
  neighbours?: Neighbours | undefined;
}

/** Who of a namespace is connected, be it to another node. In the namespace's turn only. */
export const connectedIn = async (
  { directory, neighbours }: ConnectedParts,
  namespaceId: string,
): Promise<(clientId: string) => boolean> =>
  neighbours === undefined ? directory.isConnected : neighbours.connectedIn(namespaceId);
