import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'socket.io';
import type { AddressOf } from '../http/client-address.ts';
import type { Counts } from '../ops/metrics/counts.ts';
import { cutOff } from './cut-off.ts';
import { noteKick } from './notes.ts';
import type { SocketLog } from './socket-log.ts';

export interface GateLimits {
  connectsPerConnection: number;
  namespacesPerConnection: number;
}

/**
 * Whether a page of this origin may connect (SPEC GATE-1). CORS does not cover WebSocket, so the header
 * is looked at here; what is no browser sends none.
 */
export const isAllowedOrigin = (
  request: IncomingMessage,
  allowed: '*' | readonly string[],
): boolean => {
  const { origin } = request.headers;
  return allowed === '*' || origin === undefined || allowed.includes(origin);
};

/**
 * Cuts a connection that asks for namespace after namespace (SPEC GATE-2): Socket.IO itself counts
 * neither the CONNECT packets of a connection nor the namespaces it is in.
 */
export function limitConnects(
  io: Server,
  limits: GateLimits,
  notes: { counts: Counts; log: SocketLog },
): void {
  io.engine.on('connection', (connection: EngineConnection) => {
    let connects = 0;
    connection.on('packet', ({ type, data }) => {
      if (type !== 'message' || typeof data !== 'string' || data[0] !== CONNECT) return;
      connects += 1;
      if (connects <= limits.connectsPerConnection) return;
      noteKick(notes, 'too-many-connects');
      cutOff(connection);
    });
  });
}

/** Socket.IO protocol 5, packet type CONNECT. */
const CONNECT = '0';

interface EngineConnection {
  readonly request: IncomingMessage;
  readonly transport: unknown;
  on(event: 'packet', listener: (packet: { type: string; data?: unknown }) => void): void;
  once(event: 'close', listener: () => void): void;
  close(discard: boolean): void;
}

/** How many namespaces each connection is in: counts while they are open. */
export class NamespaceCount {
  readonly #counts = new WeakMap<Socket['conn'], number>();

  /** False if the connection is in as many as it may be. */
  take(socket: Socket, limit: number): boolean {
    const count = this.#counts.get(socket.conn) ?? 0;
    if (count >= limit) return false;
    this.#counts.set(socket.conn, count + 1);
    return true;
  }

  giveBack(socket: Socket): void {
    this.#counts.set(socket.conn, (this.#counts.get(socket.conn) ?? 1) - 1);
  }
}

/** How many connections each address has (SPEC LIMIT-5): a clinic's patients may all share one. */
export class ConnectionCount {
  readonly #addressOf: AddressOf;
  readonly #limit: number;
  readonly #counts = new Map<string, number>();

  constructor(addressOf: AddressOf, limit: number) {
    this.#addressOf = addressOf;
    this.#limit = limit;
  }

  hasRoom(request: IncomingMessage): boolean {
    return (this.#counts.get(this.#addressOf(request)) ?? 0) < this.#limit;
  }

  countOn(io: Server): void {
    io.engine.on('connection', (connection: EngineConnection) => {
      const address = this.#addressOf(connection.request);
      this.#counts.set(address, (this.#counts.get(address) ?? 0) + 1);
      connection.once('close', () => {
        const left = (this.#counts.get(address) ?? 1) - 1;
        if (left > 0) this.#counts.set(address, left);
        else this.#counts.delete(address);
      });
    });
  }
}
