import { once } from 'node:events';
import { Socket } from 'node:net';
import { RawWebSocket } from './raw-socket.ts';

/** A patient who waits in a room, and whose device stops reading. The server runs in this process. */
export class SlowReader {
  readonly id: string;
  readonly #raw: RawWebSocket;
  readonly #serverSide: Socket;

  private constructor(raw: RawWebSocket, id: string) {
    this.#raw = raw;
    this.id = id;
    this.#serverSide = otherEndOf(raw.socket);
  }

  static async in(url: string, namespaceId: string, room: string): Promise<SlowReader> {
    const raw = await RawWebSocket.in(url, namespaceId);
    const start = `42/${namespaceId},`;
    const welcome = await raw.first((frame) => frame.startsWith(`${start}["welcome"`));
    raw.send(`${start}1${JSON.stringify(['create', { 'room-id': room }])}`);
    await raw.first((frame) => frame.startsWith(`43/${namespaceId},1`));
    raw.socket.pause();
    return new SlowReader(raw, JSON.parse(welcome.slice(start.length))[1]['client-id']);
  }

  /** Bytes that the operating system has not taken yet. */
  get waitingAtServer(): number {
    return this.#serverSide.writableLength;
  }

  get isCut(): boolean {
    return this.#serverSide.destroyed;
  }

  /** Resolves when the server has given the connection up. */
  async cut(): Promise<void> {
    if (!this.isCut) await once(this.#serverSide, 'close');
  }

  close(): void {
    this.#raw.close();
  }
}

/** The server's end of this connection: Node shows what is open in this process. */
function otherEndOf(own: Socket): Socket {
  const { _getActiveHandles } = process as unknown as { _getActiveHandles(): unknown[] };
  const found = _getActiveHandles
    .call(process)
    .find((one) => one instanceof Socket && one.remotePort === own.localPort && one !== own);
  if (found === undefined) throw new Error('the server does not run in this process');
  return found as Socket;
}
