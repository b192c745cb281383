import { generateKeyPairSync } from 'node:crypto';
import { goodSet, publicJwks } from './key-server.ts';
import { ecdsa, hmac, noSignature, rsa, rsaPss } from './sign.ts';
import { byEc, byEd, byRsa, hs, keys, SECRET, signedBy, strange } from './world.ts';

/** One token, and the keys that are published when it comes. */
export interface KeySetCase {
  name: string;
  set: unknown;
  token: string;
  is: 'accepted' | 'token-invalid';
}

const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const shared = { kty: 'oct', kid: 'shared', k: Buffer.from(SECRET).toString('base64url') };
const { n: modulus = '' } = publicJwks.rsa;

const rsaKey = (changes: object) => ({ keys: [{ ...publicJwks.rsa, ...changes }] });
const byNamed = (kid: unknown) => byRsa(undefined, { kid });

const bySha512 = signedBy(rsa(keys.rsa.privateKey, 'sha512'), { alg: 'RS512', kid: 'rsa' });
const byPss = signedBy(rsaPss(keys.rsa.privateKey), { alg: 'PS256', kid: 'rsa' });

const strangers = {
  jwk: strange.rsa.publicKey.export({ format: 'jwk' }),
  jku: 'https://keys.example/set.json',
};

type Row = readonly [what: string, token: string, set?: unknown];

const rows = (is: KeySetCase['is'], list: readonly Row[]): KeySetCase[] =>
  list.map(([what, token, set = goodSet]) => ({
    name: `AUTH-16 ${is === 'accepted' ? 'lets in' : `${is} for`} ${what}`,
    set,
    token,
    is,
  }));

export const keySetCases: readonly KeySetCase[] = [
  ...rows('accepted', [
    ['RS256 with a published key', byNamed('rsa')],
    ['ES256 with a published key', byEc(undefined, { kid: 'ec' })],
    ['EdDSA with a published key', byEd(undefined, { kid: 'ed' })],
    ['a token without a kid', byRsa()],
    [
      'a token without a kid among several keys of its kind',
      byEc(),
      { keys: [{ ...strange.ec.publicKey.export({ format: 'jwk' }), kid: 'a' }, publicJwks.ec] },
    ],
    [
      'a good key beside broken ones',
      byNamed('rsa'),
      { keys: [{}, { kty: 'RSA', kid: 'x' }, publicJwks.rsa] },
    ],
    [
      'two keys of one name but of two kinds',
      byNamed('k'),
      {
        keys: [
          { ...publicJwks.ec, kid: 'k' },
          { ...publicJwks.rsa, kid: 'k' },
        ],
      },
    ],
    [
      'a good token beside a jku that is not looked at',
      byRsa(undefined, { kid: 'rsa', ...strangers }),
    ],
  ]),
  ...rows('token-invalid', [
    ['a stranger’s token under a published kid', byRsa(strange.rsa.privateKey, { kid: 'rsa' })],
    ['a stranger’s token without a kid', byRsa(strange.rsa.privateKey)],
    ['a stranger’s key and address in the header', byRsa(strange.rsa.privateKey, strangers)],
    ['a kid that is not published', byNamed('other')],
    ['the kid of another key', byNamed('ec')],
    ['a kid in other letters', byNamed('RSA')],
    ['a kid __proto__', byNamed('__proto__')],
    ['a kid in a list', byNamed(['rsa'])],
    [
      'HS256 with a secret that was published by mistake',
      hs({}, { kid: 'shared' }),
      { keys: [shared] },
    ],
    [
      'HS256 with a secret published for it',
      hs(),
      { keys: [{ ...shared, alg: 'HS256', use: 'sig' }] },
    ],
    [
      'HS256 keyed with the published modulus',
      signedBy(hmac(modulus), { alg: 'HS256', kid: 'rsa' }),
    ],
    [
      'HS256 keyed with the bytes of the modulus',
      signedBy(hmac(Buffer.from(modulus, 'base64url')), { alg: 'HS256' }),
    ],
    [
      'HS256 keyed with the published set',
      signedBy(hmac(JSON.stringify(goodSet)), { alg: 'HS256' }),
    ],
    ['alg none under a published kid', signedBy(noSignature, { alg: 'none', kid: 'rsa' })],
    ['RS512 with a published key', bySha512],
    ['RS512 with a key published for any algorithm', bySha512, rsaKey({ alg: undefined })],
    ['PS256 with a key published for any algorithm', byPss, rsaKey({ alg: undefined })],
    ['ES256 under the kid of the RSA key', byEc(undefined, { kid: 'rsa' })],
    ['a key published for encryption', byNamed('rsa'), rsaKey({ use: 'enc' })],
    ['a key published for another algorithm', byNamed('rsa'), rsaKey({ alg: 'RS512' })],
    ['a key published for signing only', byNamed('rsa'), rsaKey({ key_ops: ['sign'] })],
    [
      'a private key that was published by mistake',
      byNamed('rsa'),
      rsaKey(keys.rsa.privateKey.export({ format: 'jwk' })),
    ],
    [
      'an RSA key of 1024 bits',
      byRsa(weak.privateKey),
      { keys: [weak.publicKey.export({ format: 'jwk' })] },
    ],
    [
      'ES256 with a key on another curve',
      signedBy(ecdsa(p384.privateKey), { alg: 'ES256' }),
      { keys: [p384.publicKey.export({ format: 'jwk' })] },
    ],
    ['any token when no key is published', byNamed('rsa'), { keys: [] }],
  ]),
];
