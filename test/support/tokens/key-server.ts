import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { keys, NOW } from './world.ts';

/** How the server answers from now on. */
export type Answer = (response: ServerResponse) => void;

export interface KeyServer {
  url: string;
  /** The paths that were asked for, in order. */
  asked: string[];
  answer: Answer;
  close(): Promise<void>;
}

/** A real HTTP server on this machine, which publishes keys, or fails to. */
export async function startKeyServer(answer: Answer): Promise<KeyServer> {
  const http = createServer((request, response) => {
    server.asked.push(request.url ?? '');
    server.answer(response);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: KeyServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/keys.json`,
    asked: [],
    answer,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
}

/** A clock that goes on only when it is told to. */
export function handClock() {
  let now = NOW * 1000;
  return {
    now: () => now,
    pass(ms: number) {
      now += ms;
    },
  };
}

export const json =
  (value: unknown): Answer =>
  (response) => {
    response.setHeader('content-type', 'application/jwk-set+json').end(JSON.stringify(value));
  };

/** The hospital's own keys, as it publishes them. */
export const publicJwks = {
  rsa: { ...keys.rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa', alg: 'RS256', use: 'sig' },
  ec: { ...keys.ec.publicKey.export({ format: 'jwk' }), kid: 'ec' },
  ed: { ...keys.ed.publicKey.export({ format: 'jwk' }), kid: 'ed' },
};

export const goodSet = { keys: Object.values(publicJwks) };

const overlong = JSON.stringify({ ...goodSet, filler: 'f'.repeat(300_000) });

/** All that a publisher of keys can do instead of publishing them, but for taking its time. */
export const troubles: Readonly<Record<string, Answer>> = {
  'answers 500': (response) => void response.writeHead(500).end(JSON.stringify(goodSet)),
  'answers 404': (response) => void response.writeHead(404).end(),
  'answers 204': (response) => void response.writeHead(204).end(),
  'points elsewhere': (response) => void response.writeHead(302, { location: '/good.json' }).end(),
  'drops the connection': (response) => void response.destroy(),
  'drops the connection half-way': (response) => {
    response.writeHead(200, { 'content-length': '5000' });
    response.write('{"keys":[', () => response.destroy());
  },
  'answers nothing': (response) => void response.end(),
  'answers a page': (response) => void response.end('<!doctype html><title>Sign in</title>'),
  'answers a list': json([publicJwks.rsa]),
  'answers null': json(null),
  'answers an object without keys': json({ rsa: publicJwks.rsa }),
  'answers keys that are no list': json({ keys: publicJwks }),
  'answers keys that are no objects': json({ keys: ['rsa', 1, null] }),
  'answers too much': (response) => void response.end(overlong),
  'answers too much in pieces': (response) => {
    for (let at = 0; at < overlong.length; at += 10_000)
      response.write(overlong.slice(at, at + 10_000));
    response.end();
  },
  'answers too much, packed small': (response) =>
    void response.setHeader('content-encoding', 'gzip').end(gzipSync(overlong)),
};
