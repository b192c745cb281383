import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type ClientOptions, type RawData, WebSocket } from 'ws';

const HANDSHAKE = '/socket.io/?EIO=4&transport=';
/** Separates the packets of one body in long-polling. */
export const SEPARATOR = '\x1e';
/** How long a test waits for something that has to come, before it fails. */
const PATIENCE_MS = 5000;

/** A WebSocket that speaks Engine.IO frame by frame, so that it can say what no client library would. */
export class RawWebSocket {
  readonly heard: string[] = [];
  /** The code with which the other end closed. */
  readonly closed: Promise<number>;
  readonly #ws: WebSocket;
  #wake: () => void = () => {};

  private constructor(ws: WebSocket) {
    this.#ws = ws;
    this.closed = new Promise((resolve) => ws.once('close', resolve));
    ws.on('error', () => {});
    ws.on('message', (data: RawData, isBinary) => {
      const frame = isBinary ? '(binary)' : String(data);
      if (frame === '2') return ws.send('3');
      this.heard.push(frame);
      this.#wake();
    });
    ws.once('close', () => this.#wake());
  }

  /** `query`: what stands in the address beside what belongs there, from `&` on. */
  static async open(url: string, options: ClientOptions = {}, query = ''): Promise<RawWebSocket> {
    const ws = new WebSocket(`${url.replace('http', 'ws')}${HANDSHAKE}websocket${query}`, options);
    const raw = new RawWebSocket(ws);
    await once(ws, 'open');
    return raw;
  }

  /** A connection that is in this namespace and was welcomed; the rest is up to the test. */
  static async in(url: string, namespaceId: string): Promise<RawWebSocket> {
    const raw = await RawWebSocket.open(url);
    raw.send(`40/${namespaceId},`);
    await raw.first((frame) => frame.startsWith(`42/${namespaceId},["welcome"`));
    return raw;
  }

  get isOpen(): boolean {
    return this.#ws.readyState === WebSocket.OPEN;
  }

  /** Sends a frame as it is; one that is closed already takes nothing, which is no error. */
  send(frame: string | Buffer): void {
    if (this.isOpen) this.#ws.send(frame);
  }

  /** Sends bytes below WebSocket's own framing. */
  sendBytes(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** The connection below the WebSocket. */
  get socket(): Socket {
    return (this.#ws as unknown as { _socket: Socket })._socket;
  }

  /** The first frame that fits, heard already or yet to come; rejects if the connection ends before. */
  async first(fits: (frame: string) => boolean): Promise<string> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = this.heard.find(fits);
      if (found !== undefined) return found;
      if (!this.isOpen) throw new Error(`closed before it came; heard ${this.heard.join(' ')}`);
      if (Date.now() >= deadline) throw new Error(`did not come; heard ${this.heard.join(' ')}`);
      await this.#somethingOr(deadline - Date.now());
    }
  }

  close(): void {
    this.#ws.terminate();
  }

  async #somethingOr(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }
}

/** A long-polling connection, request by request. */
export class RawPolling {
  readonly #address: string;

  private constructor(address: string) {
    this.#address = address;
  }

  static async open(url: string): Promise<RawPolling> {
    const answer = await fetch(`${url}${HANDSHAKE}polling`);
    const { sid } = JSON.parse((await answer.text()).slice(1)) as { sid: string };
    return new RawPolling(`${url}${HANDSHAKE}polling&sid=${sid}`);
  }

  /** Status of the answer; undefined if there was none, since the connection was cut. */
  async post(
    body: string | Buffer,
    headers: Record<string, string> = {},
  ): Promise<number | undefined> {
    const request = { method: 'POST', body, headers: { 'Content-Type': 'text/plain', ...headers } };
    return fetch(this.#address, request as RequestInit).then(
      ({ status }) => status,
      () => undefined,
    );
  }

  /** What the server has to say; undefined once it does not know this connection any more. */
  async poll(): Promise<string | undefined> {
    const answer = await fetch(this.#address);
    return answer.ok ? answer.text() : undefined;
  }
}
