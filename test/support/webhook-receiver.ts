import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { WebhookBody } from '@telemedicine-signaling/protocol';
import { expect } from 'vitest';
import type { Certificate } from './certificate.ts';

export interface Received {
  id: string;
  headers: IncomingHttpHeaders;
  text: string;
  body: WebhookBody;
}

/** The hospital's backend: a real HTTP server, which can be down, and come back on the same port. */
export class WebhookReceiver {
  /** What it has taken, in order. */
  readonly taken: Received[] = [];
  /** All that came, taken or not. */
  readonly tries: Received[] = [];
  /** What it answers. */
  answer: (received: Received) => number | Promise<number> = () => 204;
  #server: Server | undefined;
  #port = 0;
  readonly #certificate: Certificate | undefined;

  private constructor(certificate?: Certificate) {
    this.#certificate = certificate;
  }

  /** With a certificate it is reached by https alone. */
  static async start(certificate?: Certificate): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(certificate);
    await receiver.up();
    return receiver;
  }

  get url(): string {
    const scheme = this.#certificate === undefined ? 'http' : 'https';
    return `${scheme}://127.0.0.1:${this.#port}/hooks?from=signaling`;
  }

  async up(): Promise<void> {
    const server = await this.#serving(async (request, response) => {
      const said = await text(request);
      const id = String(request.headers['webhook-id']);
      const received = { id, headers: request.headers, text: said, body: JSON.parse(said) };
      this.tries.push(received);
      const status = await this.answer(received);
      if (status < 300) this.taken.push(received);
      response.writeHead(status, { location: '/elsewhere' }).end('thanks');
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async #serving(listener: RequestListener): Promise<Server> {
    if (this.#certificate === undefined) return createServer(listener);
    const { pem, keyFile } = this.#certificate;
    return createTlsServer({ cert: pem, key: await readFile(keyFile) }, listener);
  }

  /** Nobody listens there any more. */
  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  /** Types of what it has taken of a room, in order. */
  typesOf(roomId: string): string[] {
    return this.of(roomId).map(({ type }) => type.replace('consultation.', ''));
  }

  /** What it has taken of a room, in order. */
  of(roomId: string): WebhookBody[] {
    return this.taken.map(({ body }) => body).filter(({ data }) => data['room-id'] === roomId);
  }

  /** Resolves when it has taken these of a room. */
  async has(roomId: string, types: readonly string[], timeout = 30_000): Promise<void> {
    await expect.poll(() => this.typesOf(roomId), { timeout }).toEqual(types);
  }
}
