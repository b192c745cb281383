import { setTimeout as pause } from 'node:timers/promises';
import type { Server, Socket } from 'socket.io';

const BATCHES = 20;

/**
 * Closes all connections in batches (SPEC DRAIN-1). Closing the Engine.IO connection delivers what is
 * queued and lets the client come back by itself; Socket.IO's `disconnect` would keep it away, and
 * `close` of the server would drop what is queued.
 */
export async function closeInBatches(io: Server, overMs: number): Promise<void> {
  const connections = new Set<Socket['conn']>();
  for (const namespace of io._nsps.values()) {
    for (const socket of namespace.sockets.values()) {
      socket.emit('server-draining', { 'come-back': true });
      connections.add(socket.conn);
    }
  }
  const waiting = [...connections];
  const size = Math.ceil(waiting.length / BATCHES);
  while (waiting.length > 0) {
    for (const connection of waiting.splice(0, size)) connection.close();
    if (waiting.length > 0) await pause(overMs / BATCHES);
  }
}
