import { RawWebSocket } from './raw-socket.ts';

/** What a client that was welcomed into a namespace has in hand. */
interface Welcomed {
  'client-id': string;
  'resume-token': string;
  [key: string]: unknown;
}

/**
 * A client that looks at the packets themselves, byte for byte: two answers that differ in one byte tell
 * an attacker something.
 */
export class Wire {
  readonly namespaceId: string;
  readonly #raw: RawWebSocket;
  #acks = 0;
  #seen = 0;
  #answer = '';

  private constructor(raw: RawWebSocket, namespaceId: string) {
    this.#raw = raw;
    this.namespaceId = namespaceId;
  }

  /** Asks for a namespace and waits for the answer, whichever it is. */
  static async to(url: string, namespaceId: string, auth?: object): Promise<Wire> {
    const wire = new Wire(await RawWebSocket.open(url), namespaceId);
    wire.#raw.send(`40/${namespaceId},${auth === undefined ? '' : JSON.stringify(auth)}`);
    const frame = await wire.#raw.first((one) => /^4[04]\//.test(one));
    if (frame.startsWith('40')) await wire.#raw.first((one) => one.includes('["welcome"'));
    wire.#answer = frame;
    wire.fresh();
    return wire;
  }

  /** What came back when the namespace was asked for, without the name of the namespace. */
  get answer(): string {
    return this.#answer.replace(`/${this.namespaceId},`, '');
  }

  get isIn(): boolean {
    return this.#answer.startsWith('40');
  }

  get welcome(): Welcomed {
    const frame = this.#raw.heard.find((one) => one.includes('["welcome"')) ?? '';
    const [, data] = JSON.parse(frame.slice(`42/${this.namespaceId},`.length)) as [
      string,
      Welcomed,
    ];
    return data;
  }

  get id(): string {
    return this.welcome['client-id'];
  }

  get isOpen(): boolean {
    return this.#raw.isOpen;
  }

  get closed(): Promise<number> {
    return this.#raw.closed;
  }

  /** Sends an event and answers the bytes of its acknowledgement. */
  async say(event: string, payload: object): Promise<string> {
    this.#acks += 1;
    const start = `43/${this.namespaceId},${this.#acks}[`;
    this.send(event, payload, this.#acks);
    const frame = await this.#raw.first((one) => one.startsWith(start));
    return frame.slice(start.length - 1);
  }

  /** Sends an event without asking for an acknowledgement, and answers the bytes of the error. */
  async refused(event: string, payload: object): Promise<string> {
    const start = `42/${this.namespaceId},["signaling-error"`;
    const errors = () => this.#raw.heard.filter((frame) => frame.startsWith(start));
    const count = errors().length;
    this.send(event, payload);
    await this.#raw.first(() => errors().length > count);
    return errors()[count] ?? '';
  }

  /** Sends an event; with the number of an acknowledgement, asks for that. */
  send(event: string, payload: object, ack: number | '' = ''): void {
    this.#raw.send(`42/${this.namespaceId},${ack}${JSON.stringify([event, payload])}`);
  }

  /**
   * The events heard since the last time this was asked, as they came, acknowledgements left out. Wait
   * for `caughtUp` first.
   */
  fresh(): string[] {
    const start = `42/${this.namespaceId},`;
    const frames = this.#raw.heard.slice(this.#seen);
    this.#seen = this.#raw.heard.length;
    return frames
      .filter((frame) => !frame.startsWith('43/'))
      .map((frame) => (frame.startsWith(start) ? frame.slice(start.length) : frame));
  }

  /** Resolves once an event of this name has been heard. */
  async hears(event: string): Promise<void> {
    await this.#raw.first((frame) => frame.startsWith(`42/${this.namespaceId},["${event}"`));
  }

  /**
   * Whatever the server had sent to this client when this was called has arrived when it resolves, or the
   * connection has ended.
   */
  async caughtUp(): Promise<void> {
    await this.say('are-we-there-yet', {}).catch((error: unknown) => {
      if (this.isOpen) throw error;
    });
  }

  close(): void {
    this.#raw.close();
  }
}
