import type { Socket } from 'socket.io';

interface Packet {
  data?: unknown;
}

/** What the server has for a client that does not take it (SPEC LIMIT-3): it waits in Engine.IO's buffer. */
export const backlogOf = (socket: Socket): readonly Packet[] =>
  (socket.conn as unknown as { writeBuffer: readonly Packet[] }).writeBuffer;

/** The batch before that, which a WebSocket was handed and has not got rid of, in bytes. */
export const inSocketOf = (socket: Socket): number =>
  (socket.conn.transport as unknown as { socket?: { bufferedAmount?: number } }).socket
    ?.bufferedAmount ?? 0;

/**
 * Called after a message was written: whether too many bytes wait. Where nothing does it costs a look at
 * a length; counting the bytes of texts costs a pass over them, which their lengths often spare.
 */
export function isOverfull(socket: Socket, bytes: number): boolean {
  const waiting = backlogOf(socket);
  if (waiting.length === 0) return false;
  const inSocket = inSocketOf(socket);
  let characters = 0;
  for (const { data } of waiting) if (typeof data === 'string') characters += data.length;
  if (inSocket + characters * MOST_BYTES_A_CHARACTER <= bytes) return false;
  const exactly = waiting.map(({ data }) =>
    typeof data === 'string' ? Buffer.byteLength(data) : 0,
  );
  return inSocket + exactly.reduce((sum, one) => sum + one, 0) > bytes;
}

/** UTF-8 bytes of one UTF-16 code unit. */
const MOST_BYTES_A_CHARACTER = 3;

/** How far apart two looks may be: what waits is older than the first look, and older yet at the next. */
const BETWEEN_LOOKS_MS = 1000;

/** Watches, about once a second, for connections whose oldest waiting message does not move. */
export class StallWatch {
  readonly #heads = new WeakMap<Socket, { head: Packet | number; since: number }>();

  /**
   * Whether the oldest message that waits for this socket will have waited for `ms` before the next look;
   * `now` in the same clock.
   */
  isStalled(socket: Socket, ms: number, now: number): boolean {
    // Behind a batch that does not move nothing need wait.
    const head = backlogOf(socket)[0] ?? inSocketOf(socket);
    const known = this.#heads.get(socket);
    if (head === 0) {
      this.#heads.delete(socket);
      return false;
    }
    if (known?.head !== head) {
      this.#heads.set(socket, { head, since: now });
      return false;
    }
    return now - known.since > ms - 2 * BETWEEN_LOOKS_MS;
  }
}
