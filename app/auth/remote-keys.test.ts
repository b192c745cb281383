import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  goodSet,
  handClock,
  json,
  type KeyServer,
  publicJwks,
  startKeyServer,
  troubles,
} from '../../test/support/tokens/key-server.ts';
import { KEY_SET_BOUNDS } from './fetch-key-set.ts';
import { RemoteKeys } from './remote-keys.ts';

const MINUTE = 60_000;
const RS256 = { alg: 'RS256', kid: 'rsa' };
const UNKNOWN = { alg: 'RS256', kid: 'unknown' };

let server: KeyServer;
let clock: ReturnType<typeof handClock>;
let heard: string[];

beforeEach(async () => {
  server = await startKeyServer(json(goodSet));
  clock = handClock();
  heard = [];
});
afterEach(() => server.close());

function remoteKeys({ query = '', timeoutMs = 2000 } = {}) {
  // A fetch that is still under way when its test is over must not be heard by the next one.
  const ears = heard;
  return new RemoteKeys({
    address: server.url + query,
    clock,
    onTrouble: (why) => ears.push(why),
    bounds: { ...KEY_SET_BOUNDS, timeoutMs },
  });
}

const count = async (keys: RemoteKeys, header: { alg: string; kid?: string }) =>
  (await keys.keysFor(header)).length;

describe('which keys', () => {
  it('AUTH-16 chooses by algorithm, and by kid where the token names one', async () => {
    const keys = remoteKeys();
    expect(await count(keys, RS256)).toBe(1);
    expect(await count(keys, { alg: 'ES256', kid: 'ec' })).toBe(1);
    expect(await count(keys, { alg: 'EdDSA', kid: 'ed' })).toBe(1);
    expect(await count(keys, { alg: 'ES256' })).toBe(1);
    expect(await count(keys, { alg: 'ES256', kid: 'rsa' })).toBe(0);
  });

  it('AUTH-16 tries at most 16 keys for a token without a kid', async () => {
    const many = Array.from({ length: 40 }, (_, n) => ({ ...publicJwks.ed, kid: `k${n}` }));
    server.answer = json({ keys: many });
    const keys = remoteKeys();
    expect(await count(keys, { alg: 'EdDSA' })).toBe(16);
    expect(await count(keys, { alg: 'EdDSA', kid: 'k39' })).toBe(1);
  });
});

describe('when they are fetched', () => {
  it('AUTH-17 once for all tokens that come meanwhile', async () => {
    const keys = remoteKeys();
    const counts = await Promise.all(Array.from({ length: 50 }, () => count(keys, RS256)));
    expect(new Set(counts)).toEqual(new Set([1]));
    expect(server.asked).toHaveLength(1);
  });

  it('AUTH-17 not again within ten minutes for keys that are known', async () => {
    const keys = remoteKeys();
    await keys.keysFor(RS256);
    clock.pass(10 * MINUTE - 1);
    await keys.keysFor(RS256);
    expect(server.asked).toHaveLength(1);
  });

  it('AUTH-17 after ten minutes, and no token waits for it', async () => {
    const keys = remoteKeys();
    await keys.keysFor(RS256);
    let release = () => {};
    const isAsked = new Promise<void>((resolve) => {
      server.answer = (response) => {
        release = () => json({ keys: [publicJwks.ec] })(response);
        resolve();
      };
    });
    clock.pass(10 * MINUTE);
    expect(await count(keys, RS256)).toBe(1);
    await isAsked;
    expect(await count(keys, RS256)).toBe(1);
    release();
    await vi.waitFor(async () => expect(await count(keys, RS256)).toBe(0));
    expect(await count(keys, { alg: 'ES256', kid: 'ec' })).toBe(1);
    expect(server.asked).toHaveLength(2);
  });

  it('AUTH-17 at most once a minute for kids that nobody knows', async () => {
    const keys = remoteKeys();
    await keys.keysFor(RS256);
    for (let n = 0; n < 20; n += 1) await keys.keysFor({ alg: 'RS256', kid: `made-up-${n}` });
    clock.pass(MINUTE - 1);
    await keys.keysFor(UNKNOWN);
    expect(server.asked).toHaveLength(1);
    clock.pass(1);
    const counts = await Promise.all(Array.from({ length: 20 }, () => count(keys, UNKNOWN)));
    expect(counts.every((found) => found === 0)).toBe(true);
    expect(server.asked).toHaveLength(2);
  });

  it('AUTH-17 for a key that was added, as soon as a token names it', async () => {
    const keys = remoteKeys();
    await keys.keysFor(RS256);
    server.answer = json({ keys: [{ ...publicJwks.rsa, kid: 'rsa-2' }] });
    clock.pass(MINUTE);
    expect(await count(keys, { alg: 'RS256', kid: 'rsa-2' })).toBe(1);
    expect(await count(keys, RS256)).toBe(0);
  });

  it('AUTH-17 also when the clock was set back', async () => {
    const keys = remoteKeys();
    await keys.keysFor(RS256);
    clock.pass(-60 * MINUTE);
    await keys.keysFor(UNKNOWN);
    expect(server.asked).toHaveLength(2);
  });
});

describe('what happens while they cannot be had', () => {
  it.each(Object.entries(troubles))(
    'AUTH-18 keeps the last good ones when the publisher %s',
    async (_, answer) => {
      const keys = remoteKeys();
      await keys.keysFor(RS256);
      server.answer = answer;
      clock.pass(MINUTE);
      expect(await count(keys, UNKNOWN)).toBe(0);
      expect(server.asked).toHaveLength(2);
      expect(heard).toHaveLength(1);
      clock.pass(7 * 24 * 60 * MINUTE);
      expect(await count(keys, RS256)).toBe(1);
    },
  );

  it.each([
    ['nothing', () => {}],
    ['a letter now and then', drip],
  ] as const)('AUTH-18 does not wait longer than the timeout for %s', async (_, answer) => {
    server.answer = answer;
    const keys = remoteKeys({ timeoutMs: 100 });
    const before = performance.now();
    expect(await count(keys, RS256)).toBe(0);
    expect(performance.now() - before).toBeLessThan(1500);
    expect(heard).toEqual([`No keys for tokens from ${server.url}: it took longer than 100 ms.`]);
  });

  it('AUTH-18 waits 5 s at most, and reads 256 KiB at most', () => {
    expect(KEY_SET_BOUNDS).toEqual({ timeoutMs: 5000, maxBytes: 262_144 });
  });

  it('AUTH-18 tries at most once a minute again', async () => {
    const keys = remoteKeys();
    await keys.keysFor(RS256);
    server.answer = (response) => void response.writeHead(503).end();
    clock.pass(11 * MINUTE);
    for (let n = 0; n < 20; n += 1) await keys.keysFor(UNKNOWN);
    expect(server.asked).toHaveLength(2);
    clock.pass(MINUTE);
    await keys.keysFor(UNKNOWN);
    expect(server.asked).toHaveLength(3);
  });

  it('AUTH-18 tries every five seconds while it has never had any', async () => {
    server.answer = (response) => void response.writeHead(503).end();
    const keys = remoteKeys();
    for (let n = 0; n < 20; n += 1) expect(await count(keys, RS256)).toBe(0);
    clock.pass(4999);
    await keys.keysFor(RS256);
    expect(server.asked).toHaveLength(1);
    server.answer = json(goodSet);
    clock.pass(1);
    expect(await count(keys, RS256)).toBe(1);
    expect(server.asked).toHaveLength(2);
  });

  it('AUTH-18 takes a set without keys at its word: all of them were withdrawn', async () => {
    const keys = remoteKeys();
    await keys.keysFor(RS256);
    server.answer = json({ keys: [] });
    clock.pass(MINUTE);
    await keys.keysFor(UNKNOWN);
    expect(await count(keys, RS256)).toBe(0);
  });
});

describe('what the operator hears', () => {
  it.each([
    ['answers 500', 'it answered 500'],
    ['answers a page', 'what it answered is not JSON'],
    ['answers a list', 'is not a JSON Web Key Set'],
    ['answers too much', 'it answered more than 262144 bytes'],
    ['points elsewhere', 'redirect'],
  ])('AUTH-18 why there are none when the publisher %s', async (trouble, said) => {
    server.answer = troubles[trouble] ?? json(goodSet);
    await expect(remoteKeys().prepare()).rejects.toThrow(said);
    expect(heard[0]).toContain(said);
  });

  it('AUTH-18 nobody listens at the address', async () => {
    await server.close();
    await expect(remoteKeys().prepare()).rejects.toThrow('ECONNREFUSED');
  });

  it('AUTH-18 nothing of the query, which may hold a key', async () => {
    await server.close();
    await remoteKeys({ query: '?key=very-private' }).keysFor(RS256);
    expect(heard[0]).toContain(server.url);
    expect(heard[0]).not.toContain('very-private');
  });

  it('AUTH-18 nothing when all is well', async () => {
    await remoteKeys().prepare();
    expect(heard).toEqual([]);
  });
});

/** Never silent for long, and never done. */
function drip(response: Parameters<KeyServer['answer']>[0]): void {
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
}
