import { WebSocket } from 'ws';

/** A WebSocket that costs the load as little as it can: text in, text out. */
export class RawSocket {
  onText: (text: string) => void = () => {};
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.onText(String(data)));
    socket.on('error', () => {});
  }

  /** Resolves when `isIn` has said yes to something that the server said. */
  static open(url: string, isIn: (text: string, socket: RawSocket) => boolean): Promise<RawSocket> {
    return new Promise((resolve, reject) => {
      const plain = new WebSocket(url, { perMessageDeflate: false });
      const socket = new RawSocket(plain);
      plain.once('close', (code) => reject(new Error(`${url} closed with ${code}`)));
      plain.once('error', reject);
      socket.onText = (text) => {
        if (isIn(text, socket)) resolve(socket);
      };
    });
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  close(): void {
    this.#socket.terminate();
  }
}

/** When the message of this text was sent: the number that follows `"at":`. */
export function sentAt(text: string): number | undefined {
  const start = text.indexOf('"at":');
  return start === -1 ? undefined : Number.parseFloat(text.slice(start + 5, start + 30));
}
