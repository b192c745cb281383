import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The TCP connections of a server, whatever is spoken on them. A server that closes waits for all of
 * them: for one on which nothing was ever said up to a minute, for a half-open WebSocket half of one.
 */
export class OpenConnections {
  readonly #open = new Set<Socket>();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
    });
  }

  /** Waits for `closing`, and cuts what is still open after `ms` milliseconds. */
  async cutAfter(ms: number, closing: Promise<unknown>): Promise<void> {
    const patience = setTimeout(() => {
      for (const socket of this.#open) socket.destroy();
    }, ms);
    await closing.finally(() => clearTimeout(patience));
  }
}
