import type { Socket } from 'socket.io';
import { Decoder, PacketType } from 'socket.io-parser';
import { SOMEBODY } from '../../app/auth/access.ts';
import { EventDecoder } from '../../app/socket/decoder.ts';
import type { Answer } from '../support/clients.ts';

// biome-ignore lint/suspicious/noExplicitAny: what the server says is what the tests look at
export type Heard = Record<string, any>;

type Listener = (...args: unknown[]) => void;

/** The server's end of a connection, without a network: it remembers what was sent through it. */
export class FakeSocket {
  readonly id: string;
  readonly namespaceId: string;
  readonly nsp: { name: string };
  readonly handshake: { auth: Record<string, unknown> };
  /** As the gate leaves it in open access. */
  readonly data = { identity: SOMEBODY };
  /** Nothing reaches the client any more, and the server does not know: the connection is half-open. */
  isDeaf = false;
  /** The client has answered a heartbeat. */
  gaveSign = false;
  /** It reads as fast as is written to it, by long-polling. */
  readonly conn = {
    readyState: 'open',
    transport: {},
    writeBuffer: [],
    write: (packet: string) => this.#take(packet),
    close: () => this.disconnect(),
    on: (_event: 'heartbeat', listener: Listener) => this.#listeners.heartbeat.push(listener),
    off: () => {},
    sendPacket: (_type: 'ping') => queueMicrotask(() => this.pong()),
  };
  readonly client = { decoder: new EventDecoder() };
  readonly request = { headers: {}, socket: { remoteAddress: '192.0.2.1' } };
  connected = true;
  /** True while those who listen for the end of this connection hear of it. */
  isClosing = false;
  readonly #listeners: Record<'disconnect' | 'heartbeat', Listener[]> = {
    disconnect: [],
    heartbeat: [],
  };
  readonly #asked: (((answer: Answer) => void) | undefined)[] = [];
  readonly #hear: (event: string, data: Heard) => void;

  constructor(
    id: string,
    namespaceId: string,
    auth: Record<string, unknown>,
    hear: (event: string, data: Heard) => void,
  ) {
    this.id = id;
    this.namespaceId = namespaceId;
    this.nsp = { name: `/${namespaceId}` };
    this.handshake = { auth };
    this.#hear = hear;
  }

  /** As the server's code sees it. */
  get asSocket(): Socket {
    return this as unknown as Socket;
  }

  /** What its decoder does not hand over would come here. */
  onAny(_listener: Listener): void {}

  on(event: string, listener: Listener): void {
    if (event === 'disconnect') this.#listeners.disconnect.push(listener);
  }

  once(event: string, listener: Listener): void {
    this.on(event, listener);
  }

  /** Like Socket.IO's: what is sent into a connection that is gone is gone. */
  emit(event: string, data: unknown): void {
    if (this.connected && !this.isDeaf) this.#hear(event, structuredClone(data) as Heard);
  }

  /** The client answers a heartbeat, if it hears it. */
  pong(): void {
    if (!this.connected || this.isDeaf) return;
    this.gaveSign = true;
    for (const listener of this.#listeners.heartbeat) listener();
  }

  /** The end of the connection, from either side. */
  disconnect(): void {
    if (!this.connected) return;
    this.connected = false;
    this.isClosing = true;
    for (const listener of this.#listeners.disconnect) listener('transport close');
    this.isClosing = false;
  }

  /**
   * The client sends an event; `answered`, if the client asks for that, is called if the event is
   * acknowledged while the connection stands.
   */
  say(event: string, payload: object, answered?: (answer: Answer) => void): void {
    if (!this.connected || this.isDeaf) return;
    const number = answered === undefined ? '' : this.#asked.push(answered) - 1;
    this.client.decoder.add(`2${this.nsp.name},${number}${JSON.stringify([event, payload])}`);
  }

  /** What the server wrote: an event or an acknowledgement. */
  #take(packet: string): void {
    if (!this.connected || this.isDeaf) return;
    const page = new Decoder();
    page.on('decoded', ({ type, id, data }) => {
      if (type === PacketType.ACK) this.#asked[id ?? -1]?.(data[0]);
      else this.#hear(data[0], data[1]);
    });
    page.add(packet);
  }
}
