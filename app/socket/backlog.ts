import type { Socket } from 'socket.io';

/** Fewer messages than this are never worth a look: each is at most as large as a message may be. */
const WORTH_A_LOOK = 8;

interface Packet {
  data?: unknown;
}

/**
 * What the server has for a client that does not take it (SPEC LIMIT-3). Only Engine.IO's own buffer
 * shows it: `bufferedAmount` of a WebSocket stays small, since it is handed one batch at a time.
 */
const backlogOf = (socket: Socket): readonly Packet[] =>
  (socket.conn as unknown as { writeBuffer: readonly Packet[] }).writeBuffer;

/** Called after a message was written: whether too many bytes wait. Costs a look at a length. */
export function isOverfull(socket: Socket, bytes: number): boolean {
  const waiting = backlogOf(socket);
  if (waiting.length < WORTH_A_LOOK) return false;
  let size = 0;
  for (const { data } of waiting) {
    if (typeof data === 'string') size += data.length;
    if (size > bytes) return true;
  }
  return false;
}

/** Watches for connections whose oldest waiting message does not move. */
export class StallWatch {
  readonly #heads = new WeakMap<Socket, { packet: Packet; since: number }>();

  /** Whether the oldest message that waits for this socket has waited for `ms`; `now` in the same clock. */
  isStalled(socket: Socket, ms: number, now: number): boolean {
    const [packet] = backlogOf(socket);
    const known = this.#heads.get(socket);
    if (packet === undefined) {
      this.#heads.delete(socket);
      return false;
    }
    if (known?.packet !== packet) {
      this.#heads.set(socket, { packet, since: now });
      return false;
    }
    return now - known.since >= ms;
  }
}
