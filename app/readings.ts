import type { ClusterLink } from './cluster-link.ts';
import type { Readings } from './ops/metrics/registry.ts';
import type { RoomCensus } from './ops/metrics/room-census.ts';
import type { Sample } from './ops/metrics/tally.ts';
import type { Readiness } from './ops/routes.ts';
import { connectionsIn, lostIn, queuesIn } from './socket/census.ts';
import type { Directory } from './socket/directory.ts';

interface ReadingParts {
  directory: Directory;
  census: RoomCensus;
  cluster: ClusterLink | undefined;
  readiness: () => Readiness;
  /** Connections of Engine.IO. */
  connections: () => number;
}

const one = (value: number): Sample[] => [{ labels: [], value }];

/** Where the figures are looked up that nobody counts. */
export function readingsOf(parts: ReadingParts): Readings {
  const { directory, census, cluster, readiness, connections } = parts;
  const ofBus = (name: 'lost' | 'expired' | 'waiting') => () =>
    cluster === undefined ? [] : one(cluster.busCounts[name]);
  return {
    ready: () => one(readiness().ready ? 1 : 0),
    connections: () => connectionsIn(directory),
    transports: () => one(connections()),
    lostClients: () => lostIn(directory),
    namespaces: () => one(directory.namespaces),
    rooms: () => census.samples(),
    redisUp: () => (cluster === undefined ? [] : one(cluster.reach)),
    busLost: ofBus('lost'),
    busExpired: ofBus('expired'),
    busWaiting: ofBus('waiting'),
    queuedMessages: () => one(queuesIn(directory).messages),
    queuedBytes: () => one(queuesIn(directory).bytes),
    longestQueue: () => one(queuesIn(directory).longest),
  };
}
