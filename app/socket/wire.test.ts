import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Server, type Socket } from 'socket.io';
import { io } from 'socket.io-client';
import { afterEach, expect, it } from 'vitest';
import { send } from './wire.ts';

const ended: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

/** A connection: the socket at the server, and the texts that the other end hears, once there are so many. */
async function connection(transport: 'websocket' | 'polling') {
  const http = createServer();
  const server = new Server(http, { maxHttpBufferSize: 1e6 });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const arrives = once(server, 'connection');
  const { port } = http.address() as AddressInfo;
  const client = io(`http://127.0.0.1:${port}`, { transports: [transport], upgrade: false });
  const heard: string[] = [];
  client.on('said', (text) => heard.push(text));
  ended.push(async () => {
    client.disconnect();
    await server.close();
  });
  const [socket] = (await arrives) as [Socket];
  const hears = (texts: readonly string[]) => expect.poll(() => heard).toEqual(texts);
  return { socket, hears };
}

const say = (socket: Socket, text: string): void =>
  void send(socket, ['2', JSON.stringify(['said', text])]);

/** What is around the text in a frame: `42["said",""]`. */
const AROUND = 12;

it.each(['websocket', 'polling'] as const)(
  'RELAY-1 a packet of any length arrives as it is, by %s',
  async (transport) => {
    const { socket, hears } = await connection(transport);
    const lengths = [AROUND, 125, 126, 127, 65_535, 65_536, 65_537, 200_000];
    const texts = lengths.map((length) => 'x'.repeat(length - AROUND));
    texts.push('नमस्ते 🩺', 'é'.repeat(62), 'é'.repeat(40_000));
    for (const text of texts) {
      say(socket, text);
      await new Promise(setImmediate);
    }
    await hears(texts);
  },
);

it.each(['websocket', 'polling'] as const)(
  'RELAY-5 what is sent keeps its order with what Socket.IO sends, by %s',
  async (transport) => {
    const { socket, hears } = await connection(transport);
    const texts = Array.from(
      { length: 300 },
      (_, n) => `${n} ${'x'.repeat(n % 7 === 0 ? 30_000 : 5)}`,
    );
    for (const [n, text] of texts.entries()) {
      if (n % 3 === 0) socket.emit('said', text);
      else say(socket, text);
      if (n % 10 === 0) await new Promise(setImmediate);
    }
    await hears(texts);
  },
);

it('LIMIT-3 what a client does not take waits where it is counted', async () => {
  const { socket } = await connection('websocket');
  const { conn } = socket as unknown as {
    conn: { writeBuffer: unknown[]; transport: { socket: { _socket: Duplex } } };
  };
  // As a network that takes nothing more.
  const stream = conn.transport.socket._socket;
  stream.cork();
  const text = 'x'.repeat(50_000);
  for (let n = 0; n < 10; n += 1) say(socket, text);
  const waiting = conn.writeBuffer.length;
  stream.uncork();
  expect(waiting).toBeGreaterThanOrEqual(7);
});

it('RELAY-1 nothing is written to a connection that is closing', async () => {
  const { socket, hears } = await connection('websocket');
  say(socket, 'before');
  const gone = once(socket, 'disconnect');
  socket.conn.close();
  say(socket, 'after');
  await gone;
  await hears(['before']);
});
