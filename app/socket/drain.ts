import { setTimeout as pause } from 'node:timers/promises';
import type { Server, Socket } from 'socket.io';
import type { Directory } from './directory.ts';

const BATCHES = 50;

/** How long a connection may take to fetch what is queued for it, in milliseconds. */
const GOODBYE_MS = 2000;
const LOOK_MS = 20;

/**
 * Closes all connections in batches (SPEC DRAIN-1). Closing the Engine.IO connection delivers what is
 * queued and lets the client come back by itself; Socket.IO's `disconnect` would keep it away, and
 * `close` of the server would drop what is queued. By long-polling that takes until the next poll.
 */
export async function closeInBatches(
  io: Server,
  directory: Directory,
  overMs: number,
): Promise<void> {
  const connections = new Set<Socket['conn']>();
  for (const namespace of io._nsps.values()) {
    for (const socket of namespace.sockets.values()) {
      socket.emit('server-draining', { 'come-back': true });
      connections.add(socket.conn);
    }
  }
  const all = [...connections];
  const size = Math.ceil(all.length / BATCHES);
  const betweenMs = (overMs * size) / all.length;
  for (let closed = 0; closed < all.length; closed += size) {
    if (closed > 0) await pause(betweenMs);
    const batch = new Set(all.slice(closed, closed + size));
    // A connection that is closing swallows what is written to it: from here on that is kept.
    for (const session of directory.all()) {
      if (session.socket !== null && batch.has(session.socket.conn)) session.socket = null;
    }
    for (const connection of batch) connection.close();
  }
  const patience = performance.now() + GOODBYE_MS;
  const isClosed = ({ readyState }: Socket['conn']) => readyState === 'closed';
  while (!all.every(isClosed) && performance.now() < patience) await pause(LOOK_MS);
}
