import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { IceUrl } from '../../config/ice-settings.ts';

/** A way on which STUN messages go to a server and come back, each whole. */
export interface Wire {
  send(message: Buffer): void;
  onMessage: (message: Buffer) => void;
  /** Rejects when nothing can come back any more. */
  readonly broken: Promise<never>;
  /** Whether a message may be lost on it, and has to be sent again. */
  readonly isLossy: boolean;
  close(): void;
}

const HEADER_BYTES = 20;

/** @throws Error it cannot be reached, or proves itself as somebody else */
export function openWire(to: IceUrl, signal: AbortSignal): Promise<Wire> {
  return to.transport === 'udp' ? openUdp(to) : openStream(to, signal);
}

async function openUdp({ host, port }: IceUrl): Promise<Wire> {
  const { address, family } = await lookup(host);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  const broken = once(socket, 'error').then(([error]) => Promise.reject(error));
  broken.catch(() => {});
  socket.connect(port, address);
  await Promise.race([once(socket, 'connect'), broken]);
  const wire: Wire = {
    send: (message) => socket.send(message),
    onMessage: () => {},
    broken,
    isLossy: true,
    close: () => socket.close(),
  };
  socket.on('message', (message) => wire.onMessage(message));
  return wire;
}

async function openStream({ host, port, isTls }: IceUrl, signal: AbortSignal): Promise<Wire> {
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const socket: Socket = isTls
    ? connectTls({ host, port, ...servername })
    : connect({ host, port });
  const broken = Promise.race([
    once(socket, 'error').then(([error]) => Promise.reject(error)),
    once(socket, 'close').then(() => Promise.reject(new Error('it closes the connection'))),
  ]);
  broken.catch(() => {});
  try {
    await Promise.race([once(socket, isTls ? 'secureConnect' : 'connect', { signal }), broken]);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  const wire: Wire = {
    send: (message) => socket.write(message),
    onMessage: () => {},
    broken,
    isLossy: false,
    close: () => socket.destroy(),
  };
  let rest = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    // A message says how long it is without its header (RFC 8489, section 5).
    for (;;) {
      const length = rest.length < HEADER_BYTES ? Infinity : HEADER_BYTES + rest.readUInt16BE(2);
      if (rest.length < length) return;
      wire.onMessage(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  });
  return wire;
}
