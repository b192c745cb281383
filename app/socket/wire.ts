import type { Duplex } from 'node:stream';
import type { Socket } from 'socket.io';

/** A packet as it was sent. */
export interface Sent {
  /** A whole frame of a WebSocket's, and where in it the packet begins. */
  frame: Buffer;
  start: number;
  /** Whether it went Engine.IO's way, behind what waits there. */
  isBehind: boolean;
}

/**
 * Sends a packet of Socket.IO's (protocol 5) that is written out already, in pieces. Where nothing waits before
 * it, it goes to the connection's stream at once, as a frame of one piece; and what one turn of the event loop has
 * for a connection leaves with one system call. Everywhere else it goes Engine.IO's way.
 */
export function send(socket: Socket, pieces: readonly string[]): Sent {
  const stream = freeStream(socket);
  const sent = frameOf(pieces, stream === undefined);
  if (stream === undefined) socket.conn.write(pieces.join(''));
  else {
    if (stream.writableCorked === 0) gather(stream);
    stream.write(sent.frame);
  }
  return sent;
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

/**
 * A text in one unmasked frame (RFC 6455, section 5.2), as a message of Engine.IO's. In pieces, since joining
 * them would be one more pass over them.
 */
function frameOf(pieces: readonly string[], isBehind: boolean): Sent {
  let length = 1;
  for (const piece of pieces) length += Buffer.byteLength(piece);
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = room(head + length);
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
  const start = head + 1;
  let at = start;
  for (const piece of pieces) at += frame.write(piece, at);
  return { frame, start, isBehind };
}

/** Engine.IO protocol 4, packet type "message". */
const MESSAGE = 0x34;
const FINAL_TEXT = 0x81;

/** Frames lie side by side in these: Node's own are used up by five offers. */
const SLAB_BYTES = 65_536;
let slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
let used = 0;

function room(bytes: number): Buffer {
  if (bytes > SLAB_BYTES / 4) return Buffer.allocUnsafeSlow(bytes);
  if (used + bytes > SLAB_BYTES) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    used = 0;
  }
  used += bytes;
  return slab.subarray(used - bytes, used);
}
