import type { Sample } from '../ops/metrics/tally.ts';
import { backlogOf, inSocketOf } from './backlog.ts';
import type { Directory } from './directory.ts';

/** Counts by one or two labels; what there is none of has no sample. */
function countBy<T>(all: Iterable<T>, labelsOf: (one: T) => string[] | undefined): Sample[] {
  const counts = new Map<string, { labels: string[]; value: number }>();
  for (const one of all) {
    const labels = labelsOf(one);
    if (labels === undefined) continue;
    const key = labels.join(' ');
    const known = counts.get(key) ?? { labels, value: 0 };
    known.value += 1;
    counts.set(key, known);
  }
  return [...counts.values()];
}

/** Connections by transport and role. */
export const connectionsIn = (directory: Directory): Sample[] =>
  countBy(directory.all(), ({ socket, role }) =>
    socket === null ? undefined : [socket.conn.transport.name, role],
  );

/** Clients without a connection, by role. */
export const lostIn = (directory: Directory): Sample[] =>
  countBy(directory.all(), ({ socket, role }) => (socket === null ? [role] : undefined));

/** What waits for clients to take it (SPEC LIMIT-3). */
export function queuesIn(directory: Directory): {
  messages: number;
  bytes: number;
  longest: number;
} {
  const queues = { messages: 0, bytes: 0, longest: 0 };
  for (const { socket } of directory.all()) {
    if (socket === null) continue;
    const { length } = backlogOf(socket);
    queues.messages += length;
    queues.bytes += inSocketOf(socket);
    queues.longest = Math.max(queues.longest, length);
  }
  return queues;
}
