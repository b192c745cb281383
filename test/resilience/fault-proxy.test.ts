import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultProxy } from '../support/fault-proxy.ts';

let server: Server;
let proxy: FaultProxy;
let client: Socket;
/** The other end of `client`. */
let peer: Socket;

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await FaultProxy.start(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  [client, peer] = await through();
});
afterEach(async () => {
  client.destroy();
  peer.destroy();
  await proxy.stop();
  server.close();
});

/** A connection through the proxy, from both its ends. */
async function through(): Promise<[Socket, Socket]> {
  const accepted = once(server, 'connection');
  const socket = connect({ port: Number(new URL(proxy.url).port), host: '127.0.0.1' });
  socket.on('error', () => {});
  await once(socket, 'connect');
  const [other] = (await accepted) as [Socket];
  other.on('error', () => {});
  return [socket, other];
}

/** What comes in at `socket` until there is as much as `bytes`. */
async function read(socket: Socket, bytes: number): Promise<string> {
  let text = '';
  while (text.length < bytes) text += String(((await once(socket, 'data')) as [Buffer])[0]);
  return text;
}

const pong = async (from: Socket, to: Socket) => {
  from.write('x');
  expect(await read(to, 1)).toBe('x');
};

/** How long something took, in milliseconds. */
async function timeOf(what: Promise<unknown>): Promise<number> {
  const began = performance.now();
  await what;
  return performance.now() - began;
}

describe('a network that works', () => {
  it('passes everything, both ways, in order', async () => {
    const text = Array.from({ length: 60_000 }, (_, n) => String(n)).join();
    client.write(text);
    expect(await read(peer, text.length)).toBe(text);
    peer.write(text);
    expect(await read(client, text.length)).toBe(text);
  });

  it('passes the end of either side, and the other side can go on', async () => {
    client.end('last words');
    expect(await read(peer, 10)).toBe('last words');
    await once(peer.resume(), 'end');
    await pong(peer, client);
  });
});

describe('faults', () => {
  it('cut ends both sides in good order', async () => {
    const ends = [once(client.resume(), 'end'), once(peer.resume(), 'end')];
    proxy.cut();
    expect(await Promise.all(ends)).toHaveLength(2);
  });

  it('reset ends both sides with RST', async () => {
    const errors = [once(client, 'error'), once(peer, 'error')];
    proxy.reset();
    for (const [error] of await Promise.all(errors)) {
      expect(error).toMatchObject({ code: 'ECONNRESET' });
    }
  });

  it('a client’s RST arrives as RST', async () => {
    const error = once(peer, 'error');
    client.resetAndDestroy();
    expect(await error).toMatchObject([{ code: 'ECONNRESET' }]);
  });

  it.each(['up', 'down', 'both'] as const)(
    'half-open %s: TCP stands, nothing gets through',
    async (way) => {
      proxy.swallow(way);
      const heard: string[] = [];
      peer.on('data', (bytes) => heard.push(`up ${bytes}`)).on('end', () => heard.push('end'));
      client.on('data', (bytes) => heard.push(`down ${bytes}`));
      client.write('lost?');
      peer.write('lost?');
      const [other, otherPeer] = await through();
      await pong(other, otherPeer);
      await pong(otherPeer, other);
      const expected = { up: ['down lost?'], down: ['up lost?'], both: [] }[way];
      expect(heard).toEqual(expected);
      if (way === 'both') {
        client.destroy();
        await pong(other, otherPeer);
        expect(heard).toEqual([]);
        expect(peer.destroyed).toBe(false);
      }
      other.destroy();
      otherPeer.destroy();
    },
  );

  it('half-open from the first byte on', async () => {
    proxy.swallowNext('down');
    const [other, otherPeer] = await through();
    await pong(other, otherPeer);
    const heard: string[] = [];
    other.on('data', (bytes) => heard.push(String(bytes)));
    otherPeer.write('lost');
    await pong(client, peer);
    await pong(peer, client);
    expect(heard).toEqual([]);
    otherPeer.destroy();
    other.destroy();
  });

  it('a stall holds everything up and loses nothing', async () => {
    proxy.stall();
    const heard: string[] = [];
    peer.on('data', (bytes) => heard.push(String(bytes)));
    client.write('held up');
    // Long enough for a loop back and forth, many times over.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard).toEqual([]);
    proxy.flow();
    await expect.poll(() => heard.join('')).toBe('held up');
  });

  it('refuse turns new connections away, and leaves those that stand', async () => {
    proxy.refuse();
    const socket = connect({ port: Number(new URL(proxy.url).port), host: '127.0.0.1' });
    expect(await once(socket, 'error')).toMatchObject([{ code: 'ECONNRESET' }]);
    await pong(client, peer);
    proxy.accept();
    client.destroy();
    peer.destroy();
    [client, peer] = await through();
    await pong(client, peer);
  });

  it('a server that is not there is a connection that breaks', async () => {
    const nobody = await FaultProxy.start('http://127.0.0.1:1');
    const socket = connect({ port: Number(new URL(nobody.url).port), host: '127.0.0.1' });
    expect(await once(socket, 'error')).toMatchObject([{ code: 'ECONNRESET' }]);
    await nobody.stop();
  });
});

describe('weather', () => {
  it('delay makes everything take longer, and keeps its order', async () => {
    proxy.delay(60);
    client.write('a');
    client.write('b');
    const took = await timeOf(read(peer, 2).then((text) => expect(text).toBe('ab')));
    expect(took).toBeGreaterThan(50);
  });

  it('throttle lets so many bytes through in a second', async () => {
    proxy.throttle(40_000);
    const text = 'x'.repeat(6_000);
    client.write(text);
    expect(await timeOf(read(peer, 6_000))).toBeGreaterThan(100);
  });

  it('a throttled sender is made to wait instead of filling our memory', async () => {
    proxy.throttle(1_000);
    const wasTaken = client.write(Buffer.alloc(32 * 1024 * 1024));
    expect(wasTaken).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(client.writableLength).toBeGreaterThan(0);
  });
});
