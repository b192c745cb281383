import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keys, pem } from '../../test/support/tokens/world.ts';
import { publicKey, secretKeys } from './keys.ts';

const publicPem = (type: 'rsa' | 'ec', options: object): string => {
  const { publicKey: key } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048, ...options })
      : generateKeyPairSync('ec', { namedCurve: 'P-256', ...options });
  return pem(key);
};

describe('a public key', () => {
  it.each([
    ['RS256', keys.rsa.publicKey],
    ['ES256', keys.ec.publicKey],
    ['EdDSA', keys.ed.publicKey],
  ])('AUTH-15 fits %s and nothing else', async (algorithm, key) => {
    const source = publicKey(pem(key));
    expect(source.algorithms).toEqual([algorithm]);
    expect(await source.keysFor({ alg: algorithm, kid: 'any' })).toHaveLength(1);
  });

  it('AUTH-15 may be in the older RSA form', () => {
    const older = keys.rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    expect(publicKey(older).algorithms).toEqual(['RS256']);
  });

  it('AUTH-15 may have text before and behind it', () => {
    expect(publicKey(`of the clinic\n\n${pem(keys.ec.publicKey)}\nuntil 2030`).algorithms).toEqual([
      'ES256',
    ]);
  });

  it.each([
    ['RSA of 1024 bits', publicPem('rsa', { modulusLength: 1024 })],
    ['EC on P-384', publicPem('ec', { namedCurve: 'P-384' })],
    ['EC on secp256k1', publicPem('ec', { namedCurve: 'secp256k1' })],
    ['RSA for PSS only', pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey)],
    ['Ed448', pem(generateKeyPairSync('ed448').publicKey)],
    ['X25519, which signs nothing', pem(generateKeyPairSync('x25519').publicKey)],
  ])('AUTH-15 is not %s', (_, text) => {
    expect(() => publicKey(text)).toThrow('RSA of at least 2048 bits, EC on P-256, or Ed25519');
  });

  it.each(['', 'not a key', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'])(
    'AUTH-15 is not «%j»',
    (text) => {
      expect(() => publicKey(text)).toThrow('not a key in PEM form');
    },
  );

  it.each(['pkcs8', 'pkcs1'] as const)(
    'AUTH-15 is not a private key (%s), and none is shown',
    (type) => {
      const text = keys.rsa.privateKey.export({ type, format: 'pem' }).toString();
      expect(() => publicKey(text)).toThrow(
        new TypeError('The public key for tokens is a private one. Give the public half only.'),
      );
    },
  );
});

describe('shared secrets', () => {
  it('AUTH-14 are imported once, in their order, whatever the kid', async () => {
    const source = secretKeys(['a'.repeat(32), 'b'.repeat(32)]);
    const first = await source.keysFor({ alg: 'HS256' });
    expect(first).toHaveLength(2);
    expect(await source.keysFor({ alg: 'HS256', kid: 'b' })).toBe(first);
    expect(source.algorithms).toEqual(['HS256']);
  });

  it('AUTH-14 cannot be read back from the keys', async () => {
    const [key] = await secretKeys(['a'.repeat(32)]).keysFor({ alg: 'HS256' });
    expect(key?.extractable).toBe(false);
    expect(key?.usages).toEqual(['verify']);
  });
});
