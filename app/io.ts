import type { Server as HttpServer } from 'node:http';
import { isId } from '@telemedicine-signaling/protocol';
import { type Namespace, Server } from 'socket.io';
import type { SessionData } from './data/session-data.ts';
import { isAllowedOrigin, limitConnects, NamespaceCount } from './socket/gate.ts';
import { type SocketParts, serve } from './socket/socket.ts';

export interface IoParts extends SocketParts {
  httpServer: HttpServer;
  data: SessionData;
  allowedOrigins: '*' | readonly string[];
  heartbeat: { intervalMs: number; timeoutMs: number };
  limits: SocketParts['limits'] & {
    messageBytes: number;
    connectsPerConnection: number;
    namespacesPerConnection: number;
  };
}

export interface Io {
  /** Lets go of a namespace that is gone; its connections were closed before. */
  forgetNamespace(namespaceId: string): void;
  close(): Promise<void>;
}

/**
 * The socket service, on the HTTP server's port at `/socket.io/`. A namespace exists here exactly while
 * it exists in the store: Socket.IO's own clean-up stays off, since it can orphan one that is in use.
 */
export function createIo(parts: IoParts): Io {
  const { limits, heartbeat, allowedOrigins } = parts;
  const io = new Server(parts.httpServer, {
    serveClient: false,
    allowEIO3: false,
    perMessageDeflate: false,
    cleanupEmptyChildNamespaces: false,
    maxHttpBufferSize: limits.messageBytes,
    connectTimeout: 10_000,
    pingInterval: heartbeat.intervalMs,
    pingTimeout: heartbeat.timeoutMs,
    cors: { origin: allowedOrigins === '*' ? '*' : [...allowedOrigins] },
    allowRequest: (request, decide) => decide(null, isAllowedOrigin(request, allowedOrigins)),
  });
  limitConnects(io, limits);
  const namespaceCount = new NamespaceCount();

  // Nobody has business in Socket.IO's root namespace.
  io.use((_socket, next) => next(new Error('Invalid namespace')));

  const children = io.of((name, _auth, admit) => {
    const namespaceId = name.slice(1);
    if (!isId(namespaceId)) return admit(null, false);
    parts.data.hasNamespace(namespaceId).then(
      (exists) => admit(null, exists),
      () => admit(null, false),
    );
  });
  children.use((socket, next) => {
    if (namespaceCount.take(socket, limits.namespacesPerConnection)) return next();
    next(Object.assign(new Error('limit-reached'), { data: { code: 'limit-reached' } }));
  });
  children.on('connection', (socket) => {
    socket.on('disconnect', () => namespaceCount.giveBack(socket));
    serve(parts, socket, socket.nsp.name.slice(1));
  });

  return {
    forgetNamespace(namespaceId) {
      const child = io._nsps.get(`/${namespaceId}`) as Namespace | undefined;
      child?.disconnectSockets();
      io._nsps.delete(`/${namespaceId}`);
    },
    close: () => io.close(),
  };
}
