import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { isId } from '@telemedicine-signaling/protocol';
import { type Namespace, Server, type Socket } from 'socket.io';
import { Encoder } from 'socket.io-parser';
import { covers } from './auth/access.ts';
import type { SessionData } from './data/session-data.ts';
import { SignalingError } from './errors/signaling-error.ts';
import type { AddressOf } from './http/client-address.ts';
import type { FailedAttempts } from './http/failed-attempts.ts';
import { newCorrelationId } from './ops/correlation.ts';
import { noteRefusedConnection } from './socket/audited.ts';
import { EventDecoder } from './socket/decoder.ts';
import { closeInBatches } from './socket/drain.ts';
import { ConnectionCount, isAllowedOrigin, limitConnects, NamespaceCount } from './socket/gate.ts';
import { connectionOf, noteRefusal } from './socket/notes.ts';
import { isExpected } from './socket/resumption.ts';
import { type SocketParts, serve } from './socket/socket.ts';

export interface IoParts extends Omit<SocketParts, 'isDraining'> {
  httpServer: HttpServer;
  data: SessionData;
  addressOf: AddressOf;
  failures: FailedAttempts;
  allowedOrigins: '*' | readonly string[];
  heartbeat: { intervalMs: number; timeoutMs: number };
  limits: SocketParts['limits'] & {
    messageBytes: number;
    connectsPerConnection: number;
    namespacesPerConnection: number;
    connectionsPerAddress: number;
  };
}

export interface Io {
  /** Lets go of a namespace that is gone; its connections were closed before. */
  forgetNamespace(namespaceId: string): void;
  /**
   * Lets nobody in any more, tells everybody that it drains, and closes the connections in batches
   * spread over `overMs` milliseconds, so that they do not all come back at the same moment.
   */
  drain(overMs: number): Promise<void>;
  close(): Promise<void>;
  /** How many connections there are, whether in a namespace or not. */
  readonly connections: number;
}

/**
 * The socket service, on the HTTP server's port at `/socket.io/`. A namespace exists here exactly while
 * it exists in the store: Socket.IO's own clean-up stays off, since it can orphan one that is in use.
 */
export function createIo(parts: IoParts): Io {
  const { limits, heartbeat, allowedOrigins, counts, log } = parts;
  let isDraining = false;
  const socketParts = { ...parts, isDraining: () => isDraining };
  const connections = new ConnectionCount(parts.addressOf, limits.connectionsPerAddress);
  const io = new Server(parts.httpServer, {
    serveClient: false,
    allowEIO3: false,
    perMessageDeflate: false,
    parser: { Encoder, Decoder: EventDecoder },
    cleanupEmptyChildNamespaces: false,
    maxHttpBufferSize: limits.messageBytes,
    connectTimeout: 10_000,
    pingInterval: heartbeat.intervalMs,
    pingTimeout: heartbeat.timeoutMs,
    cors: { origin: allowedOrigins === '*' ? '*' : [...allowedOrigins] },
    allowRequest: (request, decide) => {
      const why = turnedAway(request);
      if (why !== null) {
        counts.turnedAway.add(why);
        log.debug({ why }, 'a connection is turned away');
      }
      decide(null, why === null);
    },
  });
  function turnedAway(request: IncomingMessage) {
    if (isDraining) return 'draining';
    if (!isAllowedOrigin(request, allowedOrigins)) return 'origin';
    return connections.hasRoom(request) ? null : 'connections-per-address';
  }
  limitConnects(io, limits, parts);
  connections.countOn(io);
  const namespaceCount = new NamespaceCount();

  // Nobody has business in Socket.IO's root namespace.
  io.use((_socket, next) => next(refusal(new SignalingError('namespace-not-found'))));

  const children = io.of((name, _auth, admit) => admit(null, isId(name.slice(1)))) as Children;
  children.use((socket, next) => {
    socket.data.connection = newCorrelationId();
    if (isDraining) {
      noteRefusal(parts, socket, 'draining');
      return next(refusal(new SignalingError('draining')));
    }
    admit(parts, namespaceCount, socket).then(
      () => next(),
      (error: unknown) => {
        noteRefusedConnection(parts, socket, socket.nsp.name.slice(1), error);
        if (!(error instanceof SignalingError)) {
          parts.onFault('connection', error, connectionOf(socket));
        }
        noteRefusal(parts, socket, error instanceof SignalingError ? error.code : 'internal');
        next(refusal(error));
        dropIfEmpty(socket.nsp);
      },
    );
  });
  children.on('connection', (socket) => {
    socket.on('disconnect', () => namespaceCount.giveBack(socket));
    serve(socketParts, socket, socket.nsp.name.slice(1));
  });

  /** A namespace that nobody could enter leaves nothing behind. */
  function dropIfEmpty(child: Namespace): void {
    if (child.sockets.size > 0) return;
    io._nsps.delete(child.name);
    children.children.delete(child);
  }

  return {
    forgetNamespace(namespaceId) {
      const child = io._nsps.get(`/${namespaceId}`);
      if (child === undefined) return;
      child.disconnectSockets();
      io._nsps.delete(child.name);
      children.children.delete(child);
    },
    drain(overMs) {
      isDraining = true;
      return closeInBatches(io, parts.directory, overMs);
    },
    close: () => io.close(),
    get connections() {
      return io.engine.clientsCount;
    },
  };
}

/** Socket.IO keeps the namespaces made by a function here; its types hide that. */
type Children = ReturnType<Server['of']> & { children: Set<Namespace> };

/**
 * Whether a connection may enter its namespace (SPEC AUTH-5). Not being there and not being for the
 * bearer of this token get the same answer.
 * @throws SignalingError the token's codes, `namespace-not-found`, `limit-reached`, `not-allowed`
 */
async function admit(parts: IoParts, count: NamespaceCount, socket: Socket): Promise<void> {
  const namespaceId = socket.nsp.name.slice(1);
  const address = parts.addressOf(socket.request);
  const identity = await parts.failures.watch(address, () =>
    parts.access.identify(socket.handshake.auth.token),
  );
  socket.data.identity = identity;
  const isFor = covers(identity, namespaceId) || (await isExpected(parts, socket, identity));
  const exists = isFor && (await parts.data.hasNamespace(namespaceId));
  if (!exists) throw new SignalingError('namespace-not-found');
  if (identity.role === 'service') throw new SignalingError('not-allowed');
  if (!count.take(socket, parts.limits.namespacesPerConnection)) {
    throw new SignalingError('limit-reached');
  }
}

/** What `connect_error` carries: `message` is the code, `data` the rest. */
function refusal(error: unknown): Error {
  const known = error instanceof SignalingError ? error : new SignalingError('internal');
  const { code, message: msg, retry } = known;
  return Object.assign(new Error(code), { data: { code, msg, retry } });
}
