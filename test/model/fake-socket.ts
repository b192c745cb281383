import type { Socket } from 'socket.io';
import { SOMEBODY } from '../../app/auth/access.ts';
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
  /** It reads as fast as is written to it. */
  readonly conn = { writeBuffer: [], close: () => this.disconnect() };
  readonly request = { headers: {}, socket: { remoteAddress: '192.0.2.1' } };
  connected = true;
  /** True while those who listen for the end of this connection hear of it. */
  isClosing = false;
  readonly #listeners: Record<'any' | 'disconnect', Listener[]> = { any: [], disconnect: [] };
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

  onAny(listener: Listener): void {
    this.#listeners.any.push(listener);
  }

  on(event: string, listener: Listener): void {
    if (event === 'disconnect') this.#listeners.disconnect.push(listener);
  }

  /** Like Socket.IO's: what is sent into a connection that is gone is gone. */
  emit(event: string, data: unknown): void {
    if (this.connected) this.#hear(event, structuredClone(data) as Heard);
  }

  /** The end of the connection, from either side. */
  disconnect(): void {
    if (!this.connected) return;
    this.connected = false;
    this.isClosing = true;
    for (const listener of this.#listeners.disconnect) listener('transport close');
    this.isClosing = false;
  }

  /** The client sends an event; `answered` is called if it is acknowledged while the connection stands. */
  say(event: string, payload: object, answered: (answer: Answer) => void): void {
    if (!this.connected) return;
    const acknowledge = (answer: Answer) => {
      if (this.connected) answered(answer);
    };
    for (const listener of this.#listeners.any) listener(event, payload, acknowledge);
  }
}
