import { describe, expect, it } from 'vitest';
import {
  iceServersSchema,
  turnSecretSchema,
  turnTtlSchema,
  turnUrlSchema,
} from './ice-settings.ts';

const isServer = (server: object) => iceServersSchema.safeParse([server]).success;

describe('ICE-6 mistakes in the settings are found', () => {
  it.each([
    'stun:stun.example.org',
    'stun:stun.example.org:19302',
    'stuns:stun.example.org:5349',
    'stun:192.0.2.7:3478',
    'stun:[2001:db8::7]:3478',
    'stun:[2001:db8::7]',
    'stun:turn-1',
    'stun:xn--bcher-kva.example',
  ])('ICE-6 «%s» is an address', (urls) => {
    expect(isServer({ urls })).toBe(true);
  });

  it.each([
    'turn:turn.example.org',
    'turn:turn.example.org:3478?transport=udp',
    'turn:turn.example.org:80?transport=tcp',
    'turns:turn.example.org:443?transport=tcp',
    'turn:[2001:db8::7]:3478?transport=udp',
  ])('ICE-6 «%s» is an address of a relay', (url) => {
    expect(turnUrlSchema.safeParse(url).success).toBe(true);
    expect(isServer({ urls: [url], username: 'u', credential: 'c' })).toBe(true);
    expect(isServer({ urls: [url] })).toBe(false);
    expect(isServer({ urls: ['stun:stun.example.org', url], username: 'u' })).toBe(false);
  });

  it.each([
    '',
    'stun:',
    'stun.example.org',
    'http://stun.example.org',
    'stun://stun.example.org',
    'STUN:stun.example.org',
    ' stun:stun.example.org',
    'stun:stun.example.org ',
    'stun:stun.example.org:',
    'stun:stun.example.org:0',
    'stun:stun.example.org:65536',
    'stun:stun.example.org:port',
    'stun:stun.example.org?transport=udp',
    'stun:user@stun.example.org',
    'stun:stun.example.org/path',
    'stun:256.1.1.1',
    'stun:1.2.3',
    'stun:2001:db8::7',
    'stun:[2001:db8::7',
    'stun:[stun.example.org]',
    'stun:[::1%25eth0]',
    'stun:-stun.example.org',
    `stun:${'a'.repeat(64)}.example.org`,
    `stun:${'a.'.repeat(5_000)}org`,
    'turn:turn.example.org?transport=tls',
    'turn:turn.example.org?transport=udp&x=1',
    'turn:turn.example.org?Transport=udp',
  ])('ICE-6 «%s» is none', (urls) => {
    expect(isServer({ urls, username: 'u', credential: 'c' })).toBe(false);
  });

  it.each([
    {},
    { urls: [] },
    { url: 'stun:stun.example.org' },
    { urls: 'stun:stun.example.org', credentialType: 'password' },
    { urls: 'turn:turn.example.org', username: '', credential: 'c' },
    { urls: 17 },
  ])('ICE-6 %j is no server', (server) => {
    expect(isServer(server)).toBe(false);
  });

  it('ICE-6 the relay of short-lived credentials is no STUN server', () => {
    expect(turnUrlSchema.safeParse('stun:stun.example.org').success).toBe(false);
  });

  it.each(['openssl-rand-hex-32-makes-one-0123', 'A'.repeat(32), 'b/+='.repeat(11)])(
    'ICE-6 «%s» is a secret',
    (secret) => {
      expect(turnSecretSchema.safeParse(secret).success).toBe(true);
    },
  );

  it.each(['', 'a'.repeat(31), 'a'.repeat(257), `${'a'.repeat(32)} `, `${'a'.repeat(32)}#`])(
    'ICE-6 «%s» is no secret',
    (secret) => {
      expect(turnSecretSchema.safeParse(secret).success).toBe(false);
    },
  );

  it('ICE-6 a credential lasts a minute to a day', () => {
    const ttls = [59, 60, 3_600, 86_400, 86_401, 90.5];
    expect(ttls.map((ttl) => turnTtlSchema.safeParse(ttl).success)).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
