import type { Socket } from 'node:net';

/** How the network is. Shared by all connections of a proxy, and looked at anew for every piece. */
export interface Weather {
  delayMs: number;
  bytesPerSecond: number;
  isStalled: boolean;
}

/** Bytes that go out at once: small enough for a slow line to look like one. */
const PIECE_BYTES = 1024;
/** What may be on the way before the sender is made to wait, as a full TCP window does. */
const WINDOW_BYTES = 65_536;

/** One way of a connection: what comes in at `from` goes out at `to`, in order, as the weather allows. */
export class OneWay {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #weather: Weather;
  /** An empty piece is the end. */
  #pieces: { bytes: Buffer; due: number }[] = [];
  #underWay = 0;
  #lastDue = 0;
  #timer: NodeJS.Timeout | undefined;
  #isSwallowing = false;

  constructor(from: Socket, to: Socket, weather: Weather) {
    this.#from = from;
    this.#to = to;
    this.#weather = weather;
    from.on('data', (bytes) => this.#take(bytes));
    from.on('end', () => this.#put(Buffer.alloc(0)));
    from.on('error', () => {
      if (!this.#isSwallowing) to.resetAndDestroy();
    });
    to.once('close', () => clearTimeout(this.#timer));
  }

  /** From here on nothing of what comes in goes out, its end neither. */
  swallow(): void {
    this.#isSwallowing = true;
    this.#pieces = [];
    clearTimeout(this.#timer);
    // Nobody acknowledges what gets lost: the sender's buffers fill up.
    this.#from.pause();
  }

  /** Lets out what is due. */
  pump(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    for (;;) {
      const [next] = this.#pieces;
      if (next === undefined || this.#weather.isStalled) return;
      if (next.due > now) {
        this.#timer = setTimeout(() => this.pump(), next.due - now);
        return;
      }
      this.#pieces.shift();
      this.#letOut(next.bytes);
    }
  }

  #take(bytes: Buffer): void {
    for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
      this.#put(bytes.subarray(start, start + PIECE_BYTES));
    }
    if (this.#underWay > WINDOW_BYTES) this.#from.pause();
  }

  #put(bytes: Buffer): void {
    if (this.#isSwallowing) return;
    const { delayMs, bytesPerSecond } = this.#weather;
    const sent = Math.max(this.#lastDue, performance.now() + delayMs);
    this.#lastDue = sent + (bytes.length / bytesPerSecond) * 1000;
    this.#pieces.push({ bytes, due: this.#lastDue });
    this.#underWay += bytes.length;
    this.pump();
  }

  #letOut(bytes: Buffer): void {
    this.#underWay -= bytes.length;
    if (this.#underWay <= WINDOW_BYTES && this.#from.isPaused()) this.#from.resume();
    if (this.#to.destroyed || this.#to.writableEnded) return;
    if (bytes.length === 0) this.#to.end();
    else this.#to.write(bytes);
  }
}
