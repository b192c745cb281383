/** A message as it was handed to a socket; `undefined` data: not worth sending again. */
interface Sent {
  event: string;
  data: unknown;
}

export interface Unheard {
  messages: Sent[];
  /** Some that were sent and not heard are not kept any more. */
  isIncomplete: boolean;
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
  readonly #bound: number;
  #kept: (Sent | undefined)[] = [];
  /** How many were sent in all, and when the last pong came. */
  #sent = 0;
  #sentAtPong = 0;

  /** @param bound how many messages are kept at most */
  constructor(bound: number) {
    this.#bound = bound;
  }

  /** Notes what was sent; `isState` for what would be stale the next time. */
  add(event: string, data: unknown, isState: boolean): void {
    this.#sent += 1;
    this.#kept.push(isState ? undefined : { event, data });
    if (this.#kept.length > this.#bound) this.#kept.shift();
  }

  /** The other end has answered a heartbeat. */
  confirm(): void {
    const first = this.#sent - this.#kept.length;
    if (this.#sentAtPong > first) this.#kept.splice(0, this.#sentAtPong - first);
    this.#sentAtPong = this.#sent;
  }

  /** What was sent after the first `heard` messages. */
  after(heard: number): Unheard {
    const first = this.#sent - this.#kept.length;
    const unheard = this.#kept.slice(Math.max(0, heard - first));
    return {
      messages: unheard.filter((message) => message !== undefined),
      isIncomplete: heard < first,
    };
  }
}
