/** A message as it was handed to a socket. */
interface Sent {
  event: string;
  data: unknown;
}

export interface Unheard {
  messages: Sent[];
  /** Some that were sent and not heard are not kept any more. */
  isIncomplete: boolean;
}

export interface OutboxBounds {
  messages: number;
  /** What they take together. */
  bytes: number;
}

/**
 * What was sent on one connection and may not have arrived (SPEC RESUME-10). A half-open connection
 * swallows what is written to it; a client that counts what it hears says at its return how far it got,
 * and gets the rest, so that nothing is lost and nothing comes twice.
 *
 * Heartbeats tell what need not be kept: a pong answers a ping that was written after everything sent
 * before the pong before it, and a connection keeps its order.
 *
 * Messages lie here as bytes, one after the other: as objects each would live for two heartbeats, which is
 * what the garbage collector is worst at.
 */
export class Outbox {
  readonly #bounds: OutboxBounds;
  /** The bytes of each message that is kept; none of what is not worth sending again. */
  readonly #sizes: number[] = [];
  #bytes = NOTHING;
  #start = 0;
  #end = 0;
  /** How many were sent in all, and when the last pong came. */
  #sent = 0;
  #sentAtPong = 0;

  constructor(bounds: OutboxBounds) {
    this.#bounds = bounds;
  }

  /** What another node has left of a connection on which the client heard `heard` messages. */
  static leftBehind(bounds: OutboxBounds, heard: number, unheard: Unheard): Outbox {
    const outbox = new Outbox(bounds);
    outbox.#sent = heard + (unheard.isIncomplete ? 1 : 0);
    for (const { event, data } of unheard.messages) {
      outbox.add(Buffer.from(JSON.stringify([event, data])));
    }
    return outbox;
  }

  /** How many messages were sent. */
  get sent(): number {
    return this.#sent;
  }

  /**
   * Notes what was sent: from `start` on its name and its data in JSON. `null` for what would be stale the next
   * time.
   */
  add(message: Buffer | null, start = 0): void {
    this.#sent += 1;
    const size = message === null ? 0 : message.length - start;
    const { messages, bytes } = this.#bounds;
    while (this.#sizes.length >= messages || this.#end - this.#start + size > bytes) {
      if (this.#sizes.length === 0) return;
      this.#dropFirst();
    }
    this.#sizes.push(size);
    if (message === null) return;
    this.#makeRoom(size);
    message.copy(this.#bytes, this.#end, start);
    this.#end += size;
  }

  /** The other end has answered a heartbeat. */
  confirm(): void {
    while (this.#sizes.length > this.#sent - this.#sentAtPong) this.#dropFirst();
    if (this.#sizes.length === 0) this.#bytes = NOTHING;
    this.#sentAtPong = this.#sent;
  }

  /** What was sent after the first `heard` messages. */
  after(heard: number): Unheard {
    const first = this.#sent - this.#sizes.length;
    const messages: Sent[] = [];
    let at = this.#start;
    for (const [index, size] of this.#sizes.entries()) {
      if (size > 0 && first + index >= heard) messages.push(this.#read(at, at + size));
      at += size;
    }
    return { messages, isIncomplete: heard < first };
  }

  #read(from: number, to: number): Sent {
    const [event, data] = JSON.parse(this.#bytes.toString('utf8', from, to));
    return { event, data };
  }

  #dropFirst(): void {
    this.#start += this.#sizes.shift() ?? 0;
    if (this.#sizes.length > 0) return;
    this.#start = 0;
    this.#end = 0;
  }

  /** For so many bytes more at the end. */
  #makeRoom(size: number): void {
    if (this.#end + size <= this.#bytes.length) return;
    const kept = this.#bytes.subarray(this.#start, this.#end);
    const needed = kept.length + size;
    // Moving is worth it only where it makes much room.
    if (needed * 2 > this.#bytes.length) {
      this.#bytes = Buffer.allocUnsafeSlow(Math.max(LEAST_BYTES, needed * 2));
    }
    kept.copy(this.#bytes);
    this.#start = 0;
    this.#end = kept.length;
  }
}

const NOTHING = Buffer.alloc(0);
const LEAST_BYTES = 1024;
