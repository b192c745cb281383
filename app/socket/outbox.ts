/** A message as it was handed to a socket. */
interface Sent {
  event: string;
  data: unknown;
}

interface Kept {
  /** `undefined`: not worth sending again. */
  message: Sent | undefined;
  size: number;
}

export interface Unheard {
  messages: Sent[];
  /** Some that were sent and not heard are not kept any more. */
  isIncomplete: boolean;
}

export interface OutboxBounds {
  messages: number;
  /** What they take together, about. */
  bytes: number;
}

/**
 * What was sent on one connection and may not have arrived (SPEC RESUME-10). A half-open connection
 * swallows what is written to it; a client that counts what it hears says at its return how far it got,
 * and gets the rest, so that nothing is lost and nothing comes twice.
 *
 * Heartbeats tell what need not be kept: a pong answers a ping that was written after everything sent
 * before the pong before it, and a connection keeps its order.
 */
export class Outbox {
  readonly #bounds: OutboxBounds;
  #kept: Kept[] = [];
  #size = 0;
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
    for (const { event, data } of unheard.messages) outbox.add(event, data, false);
    return outbox;
  }

  /** How many messages were sent. */
  get sent(): number {
    return this.#sent;
  }

  /** Notes what was sent; `isState` for what would be stale the next time. */
  add(event: string, data: unknown, isState: boolean): void {
    this.#sent += 1;
    const size = isState ? 0 : sizeOf(data);
    this.#kept.push({ message: isState ? undefined : { event, data }, size });
    this.#size += size;
    const { messages, bytes } = this.#bounds;
    let tooMany = 0;
    while (this.#kept.length - tooMany > messages || this.#size > bytes) {
      this.#size -= this.#kept[tooMany]?.size ?? 0;
      tooMany += 1;
    }
    if (tooMany > 0) this.#kept.splice(0, tooMany);
  }

  /** The other end has answered a heartbeat. */
  confirm(): void {
    const first = this.#sent - this.#kept.length;
    if (this.#sentAtPong > first) {
      const gone = this.#kept.splice(0, this.#sentAtPong - first);
      for (const { size } of gone) this.#size -= size;
    }
    this.#sentAtPong = this.#sent;
  }

  /** What was sent after the first `heard` messages. */
  after(heard: number): Unheard {
    const first = this.#sent - this.#kept.length;
    const unheard = this.#kept.slice(Math.max(0, heard - first));
    return {
      messages: unheard.flatMap(({ message }) => message ?? []),
      isIncomplete: heard < first,
    };
  }
}

/** About what a message takes in memory: counting exactly would cost as much as sending it again. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return WORD_BYTES;
  let size = WORD_BYTES;
  for (const key in value) size += key.length + sizeOf((value as Record<string, unknown>)[key]);
  return size;
}

const WORD_BYTES = 8;
