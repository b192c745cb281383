import { connect } from 'node:net';
import { ERRORS, type ErrorCode } from '@telemedicine-signaling/protocol';
import { expect } from 'vitest';

export type Json = Record<string, unknown>;

export interface HttpAnswer {
  status: number;
  headers: Headers;
  body: Json;
}

/** Calls a server's routes the way a hospital's backend does, and looks at nothing but the answer. */
export class HttpCaller {
  readonly #url: () => string;

  /** `url` is asked at every call: a server that was restarted may listen elsewhere. */
  constructor(url: () => string) {
    this.#url = url;
  }

  async ask(path: string, init?: RequestInit): Promise<HttpAnswer> {
    const response = await fetch(`${this.#url()}${path}`, init);
    const text = await response.text();
    const body: Json = text === '' ? {} : JSON.parse(text);
    return { status: response.status, headers: response.headers, body };
  }

  GET = (path: string, fields: Record<string, string>): Promise<HttpAnswer> =>
    this.ask(`${path}?${new URLSearchParams(fields)}`);

  POST = (path: string, fields: Json): Promise<HttpAnswer> =>
    this.send(path, JSON.stringify(fields));

  /** A POST of any body under any name. */
  send(path: string, body: string, type = 'application/json'): Promise<HttpAnswer> {
    return this.ask(path, { method: 'POST', body, headers: { 'Content-Type': type } });
  }

  async exists(namespaceId: string): Promise<unknown> {
    const { body } = await this.GET('/check-availability', { namespaceId });
    return body.availability;
  }

  /** What the server answers to these bytes, until it closes the connection. */
  raw(bytes: string): Promise<string> {
    const { hostname, port } = new URL(this.#url());
    return new Promise((resolve, reject) => {
      let heard = '';
      const socket = connect(Number(port), hostname, () => socket.write(bytes, 'latin1'));
      socket.setEncoding('utf8');
      socket.on('data', (chunk) => {
        heard += chunk;
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(heard));
    });
  }

  /** Begins a request and tears the connection down once it stands. */
  async breakOff(bytes: string): Promise<void> {
    const { hostname, port } = new URL(this.#url());
    const socket = connect(Number(port), hostname);
    await new Promise((resolve) => socket.once('connect', resolve));
    await new Promise((resolve) => socket.write(bytes, resolve));
    socket.resetAndDestroy();
  }
}

/** Every error has the form and the status of the one table (SPEC HTTP-10), and no more than that. */
export function expectError({ status, body, headers }: HttpAnswer, code: ErrorCode): void {
  const { http, retry } = ERRORS[code];
  expect(body).toEqual({ status: http, code, msg: expect.stringMatching(/\.$/), retry });
  expect(status).toBe(http);
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(headers.get('cache-control')).toBe('no-store');
}
