import { describe, expect, it } from 'vitest';
import {
  handClock,
  json,
  publicJwks,
  startKeyServer,
} from '../../test/support/tokens/key-server.ts';
import { byRsa, hs, keyChoices, NOW } from '../../test/support/tokens/world.ts';
import { createTokenVerifier } from './access-token.ts';

const clock = { now: () => NOW * 1000 };
const { secret } = keyChoices;

describe('what a good token says', () => {
  const verifier = createTokenVerifier(secret, clock);

  it('AUTH-23 who it is, in the words of the rest of the server', async () => {
    const token = hs({
      sub: 'd-17',
      role: 'doctor',
      namespaces: ['dr-1', 'dr-2'],
      room: 'room-1',
      urgent: true,
      jti: 'token-1',
      exp: NOW + 90.5,
      name: 'left aside',
    });
    expect(await verifier.verify(token)).toEqual({
      subject: 'd-17',
      role: 'doctor',
      namespaces: ['dr-1', 'dr-2'],
      room: 'room-1',
      urgent: true,
      tokenId: 'token-1',
      expiresAt: NOW * 1000 + 90_500,
    });
  });

  it('AUTH-26 nothing of what it does not carry', async () => {
    expect(await verifier.verify(hs())).toEqual({
      subject: 'user-1',
      role: 'patient',
      namespaces: ['dr-1'],
      expiresAt: (NOW + 3600) * 1000,
    });
  });

  it('AUTH-25 one namespace as a list of one', async () => {
    const token = hs({ namespaces: undefined, namespace: 'dr-9' });
    expect(await verifier.verify(token)).toMatchObject({ namespaces: ['dr-9'] });
  });

  it('AUTH-23 text in any script, unchanged', async () => {
    const sub = 'é é 王 😀 ليلى';
    expect(await verifier.verify(hs({ sub }))).toMatchObject({ subject: sub });
  });
});

describe('time', () => {
  it('AUTH-20 a token ends while the server runs', async () => {
    const time = handClock();
    const verifier = createTokenVerifier(secret, time);
    const token = hs({ exp: NOW + 10 });
    time.pass(69_999);
    await expect(verifier.verify(token)).resolves.toBeDefined();
    time.pass(1);
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'token-expired' });
  });

  it('AUTH-20 AUTH-22 the leeway can be none', async () => {
    const verifier = createTokenVerifier({ ...secret, leewaySeconds: 0 }, clock);
    await expect(verifier.verify(hs({ exp: NOW }))).rejects.toMatchObject({
      code: 'token-expired',
    });
    await expect(verifier.verify(hs({ iat: NOW + 1 }))).rejects.toMatchObject({
      code: 'token-not-yet-valid',
    });
    await expect(verifier.verify(hs({ exp: NOW + 1, iat: NOW }))).resolves.toBeDefined();
  });

  it('AUTH-21 the longest lifetime can be shorter', async () => {
    const verifier = createTokenVerifier({ ...secret, maxLifetimeSeconds: 300 }, clock);
    await expect(verifier.verify(hs({ exp: NOW + 360 }))).resolves.toBeDefined();
    await expect(verifier.verify(hs({ exp: NOW + 361 }))).rejects.toMatchObject({
      code: 'token-invalid',
      message: expect.stringContaining('exp'),
    });
  });
});

describe('getting ready', () => {
  it('AUTH-14 refuses settings that cannot be used', () => {
    expect(() => createTokenVerifier({ ...secret, secrets: [] }, clock)).toThrow(TypeError);
    expect(() => createTokenVerifier({ ...secret, publicKeyPem: 'x' }, clock)).toThrow(TypeError);
  });

  it('AUTH-18 says why keys are missing, and takes tokens once they are there', async () => {
    const heard: string[] = [];
    const time = handClock();
    const server = await startKeyServer((response) => void response.writeHead(503).end());
    try {
      const settings = { ...secret, secrets: [], jwksUrl: server.url };
      const verifier = createTokenVerifier(settings, time, (why) => heard.push(why));
      await expect(verifier.prepare()).rejects.toThrow('it answered 503');
      expect(heard).toHaveLength(1);
      server.answer = json({ keys: [publicJwks.rsa] });
      time.pass(5000);
      await expect(verifier.verify(byRsa())).resolves.toMatchObject({ subject: 'user-1' });
      await expect(verifier.prepare()).resolves.toBeUndefined();
    } finally {
      await server.close();
    }
  });

  it('AUTH-11 a key of its own and published ones may be good at once', async () => {
    const server = await startKeyServer(json({ keys: [publicJwks.rsa] }));
    try {
      const verifier = createTokenVerifier({ ...secret, jwksUrl: server.url }, clock);
      await expect(verifier.verify(hs())).resolves.toBeDefined();
      expect(server.asked).toHaveLength(0);
      await expect(verifier.verify(byRsa())).resolves.toBeDefined();
    } finally {
      await server.close();
    }
  });
});
