import type { Duplex } from 'node:stream';
import type { Socket } from 'socket.io';

/**
 * Sends a packet of Socket.IO's (protocol 5) that is written out already. Where nothing waits before it, it
 * goes to the connection's stream at once, as a frame of one piece; and what one turn of the event loop has
 * for a connection leaves with one system call. Everywhere else it goes Engine.IO's way, behind what waits there.
 */
export function send(socket: Socket, packet: string): void {
  const stream = freeStream(socket);
  if (stream === undefined) {
    socket.conn.write(packet);
    return;
  }
  if (stream.writableCorked === 0) gather(stream);
  stream.write(frameOf(packet));
}

interface Connection {
  readonly readyState: string;
  readonly writeBuffer: readonly unknown[];
  readonly transport: { readonly socket?: { readonly readyState?: number; _socket?: Duplex } };
}

/** What this server itself may leave in a stream before Engine.IO takes over, which keeps account of it. */
const MOST_BYTES = 65_536;
/** `WebSocket.OPEN` */
const OPEN = 1;

/**
 * The stream of a WebSocket on which a frame may be put as it is: all that was sent before has been handed to
 * it, and it has got rid of that, or has it from this same turn. Of long-polling there is none.
 */
function freeStream(socket: Socket): Duplex | undefined {
  const { readyState, writeBuffer, transport } = socket.conn as unknown as Connection;
  const ws = transport.socket;
  if (readyState !== 'open' || writeBuffer.length > 0 || ws?.readyState !== OPEN) return undefined;
  const stream = ws._socket;
  if (stream === undefined) return undefined;
  const { writableLength } = stream;
  const isFree = stream.writableCorked > 0 ? writableLength < MOST_BYTES : writableLength === 0;
  return isFree ? stream : undefined;
}

const gathering: Duplex[] = [];

function gather(stream: Duplex): void {
  stream.cork();
  gathering.push(stream);
  if (gathering.length === 1) process.nextTick(letGo);
}

function letGo(): void {
  for (const stream of gathering) stream.uncork();
  gathering.length = 0;
}

/** A text in one unmasked frame (RFC 6455, section 5.2), as a message of Engine.IO's. */
function frameOf(packet: string): Buffer {
  const length = 1 + Buffer.byteLength(packet);
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = FINAL_TEXT;
  if (head === 2) frame[1] = length;
  else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeUInt32BE(0, 2);
    frame.writeUInt32BE(length, 6);
  }
  frame[head] = MESSAGE;
  frame.write(packet, head + 1);
  return frame;
}

/** Engine.IO protocol 4, packet type "message". */
const MESSAGE = 0x34;
const FINAL_TEXT = 0x81;
