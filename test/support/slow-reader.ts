import { once } from 'node:events';
import { Socket } from 'node:net';
import { type RawData, WebSocket } from 'ws';

const HANDSHAKE = '/socket.io/?EIO=4&transport=websocket';

/** A patient who waits in a room, and whose device stops reading. The server runs in this process. */
export class SlowReader {
  readonly id: string;
  readonly #ws: WebSocket;
  readonly #serverSide: Socket;

  private constructor(ws: WebSocket, id: string, serverSide: Socket) {
    this.#ws = ws;
    this.id = id;
    this.#serverSide = serverSide;
  }

  static async in(url: string, namespaceId: string, room: string): Promise<SlowReader> {
    const ws = new WebSocket(url.replace('http', 'ws') + HANDSHAKE);
    const has = async (start: string): Promise<string> => {
      for (;;) {
        const [data] = (await once(ws, 'message')) as [RawData];
        if (String(data).startsWith(start)) return String(data);
      }
    };
    await has('0');
    ws.send(`40/${namespaceId},`);
    const start = `42/${namespaceId},["welcome",`;
    const welcome = JSON.parse(`[${(await has(start)).slice(start.length)}`);
    ws.send(`42/${namespaceId},1${JSON.stringify(['create', { 'room-id': room }])}`);
    await has(`43/${namespaceId},1`);
    ws.pause();
    return new SlowReader(ws, welcome[0]['client-id'], otherEndOf(ws));
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
    if (!this.#serverSide.destroyed) await once(this.#serverSide, 'close');
  }

  close(): void {
    this.#ws.terminate();
  }
}

/** The server's socket for this connection; Node shows what is open in this process. */
function otherEndOf(ws: WebSocket): Socket {
  const own = (ws as unknown as { _socket: Socket })._socket;
  const { _getActiveHandles } = process as unknown as { _getActiveHandles(): unknown[] };
  const found = _getActiveHandles
    .call(process)
    .find((one) => one instanceof Socket && one.remotePort === own.localPort && one !== own);
  if (found === undefined) throw new Error('the server does not run in this process');
  return found as Socket;
}
