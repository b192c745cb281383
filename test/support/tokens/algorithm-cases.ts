import { createHash, type KeyObject } from 'node:crypto';
import { cases, type TokenCase } from './case.ts';
import { base64url, ecdsa, hmac, noSignature, rsa, rsaPss, type Signer } from './sign.ts';
import {
  byEc,
  byEd,
  byRsa,
  claims,
  der,
  hs,
  type KeyChoice,
  keys,
  OLD_SECRET,
  pem,
  SECRET,
  STRANGE_SECRET,
  signedBy,
  strange,
  withPart,
} from './world.ts';

const unsigned = (alg: unknown): string => signedBy(noSignature, { alg });

/** The public key is public: whoever takes it for a shared secret lets everybody in. */
const confused = (choice: KeyChoice, key: KeyObject): TokenCase[] =>
  cases(
    'AUTH-11',
    'token-invalid',
    (
      [
        ['PEM', pem(key)],
        ['PEM without its last newline', pem(key).trimEnd()],
        ['DER', der(key)],
        ['base64 of its DER', der(key).toString('base64')],
        ['JWK', JSON.stringify(key.export({ format: 'jwk' }))],
      ] as const
    ).map(([form, secret]) => [
      `HS256 keyed with the ${form} of the public key (${choice})`,
      signedBy(hmac(secret), { alg: 'HS256' }),
      choice,
    ]),
  );

const nothing: Signer = () => new Uint8Array(64);

export const algorithmCases: readonly TokenCase[] = [
  ...cases('AUTH-11', 'accepted', [
    ['HS256 with the secret', hs()],
    ['RS256 with the RSA key', byRsa(), 'rsa'],
    ['ES256 with the EC key', byEc(), 'ec'],
    ['EdDSA with the Ed25519 key', byEd(), 'ed'],
    ['HS256 where there is a public key too', hs(), 'secret and rsa'],
    ['RS256 where there is a secret too', byRsa(), 'secret and rsa'],
  ]),
  ...confused('rsa', keys.rsa.publicKey),
  ...confused('secret and rsa', keys.rsa.publicKey),
  ...confused('ec', keys.ec.publicKey),
  ...confused('ed', keys.ed.publicKey),
  ...cases('AUTH-11', 'token-invalid', [
    [
      'RS256 that is an HMAC keyed with the PEM',
      signedBy(hmac(pem(keys.rsa.publicKey)), { alg: 'RS256' }),
      'rsa',
    ],
    ['alg none and an empty signature', unsigned('none')],
    ['alg none against a public key', unsigned('none'), 'rsa'],
    ['alg None', unsigned('None')],
    ['alg nOnE', unsigned('nOnE')],
    ['alg NONE', unsigned('NONE')],
    ['alg none with its last dot gone', unsigned('none').slice(0, -1)],
    ['alg none over a good signature', withPart(hs(), 0, () => ({ alg: 'none' }))],
    ['alg none signed with the secret', signedBy(hmac(SECRET), { alg: 'none' })],
    ['an emptied signature', withPart(hs(), 2, () => '')],
    ['a stripped signature', hs().split('.').slice(0, 2).join('.')],
    ['half a signature', withPart(hs(), 2, (part) => part.slice(0, 22))],
    ['no alg', signedBy(hmac(SECRET), { typ: 'JWT' })],
    ['an empty alg', hs({}, { alg: '' })],
    ['an alg of null', hs({}, { alg: null })],
    ['an alg that is a list', hs({}, { alg: ['HS256'] })],
    ['an alg that is an object', hs({}, { alg: { name: 'HS256' } })],
    ['alg hs256 in small letters', hs({}, { alg: 'hs256' })],
    ['alg HS256 with a blank behind', hs({}, { alg: 'HS256 ' })],
    ['alg __proto__', hs({}, { alg: '__proto__' })],
    ['HS384 with the secret', signedBy(hmac(SECRET, 'sha384'), { alg: 'HS384' })],
    ['HS512 with the secret', signedBy(hmac(SECRET, 'sha512'), { alg: 'HS512' })],
    [
      'RS384 with the RSA key',
      signedBy(rsa(keys.rsa.privateKey, 'sha384'), { alg: 'RS384' }),
      'rsa',
    ],
    [
      'RS512 with the RSA key',
      signedBy(rsa(keys.rsa.privateKey, 'sha512'), { alg: 'RS512' }),
      'rsa',
    ],
    ['PS256 with the RSA key', signedBy(rsaPss(keys.rsa.privateKey), { alg: 'PS256' }), 'rsa'],
    [
      'RS256 that is PS256 in truth',
      signedBy(rsaPss(keys.rsa.privateKey), { alg: 'RS256' }),
      'rsa',
    ],
    [
      'Ed25519 under the newer name of the algorithm',
      byEd(keys.ed.privateKey, { alg: 'Ed25519' }),
      'ed',
    ],
    ['ES256K with the EC key', byEc(keys.ec.privateKey, { alg: 'ES256K' }), 'ec'],
    ['ES256 where there is an RSA key', byEc(), 'rsa'],
    ['RS256 where there is an EC key', byRsa(), 'ec'],
    ['EdDSA where there is an EC key', byEd(), 'ec'],
    ['RS256 where there is a secret only', byRsa()],
    ['HS256 where there is a public key only', hs(), 'rsa'],
    ['RS256 of a stranger', byRsa(strange.rsa.privateKey), 'rsa'],
    ['ES256 of a stranger', byEc(strange.ec.privateKey), 'ec'],
    ['EdDSA of a stranger', byEd(strange.ed.privateKey), 'ed'],
    ['ES256 with a signature of zeros', signedBy(nothing, { alg: 'ES256' }), 'ec'],
    ['EdDSA with a signature of zeros', signedBy(nothing, { alg: 'EdDSA' }), 'ed'],
    [
      'ES256 with its signature in DER',
      signedBy(ecdsa(keys.ec.privateKey, 'der'), { alg: 'ES256' }),
      'ec',
    ],
    ['HS256 of a stranger', signedBy(hmac(STRANGE_SECRET), { alg: 'HS256' })],
    ['HS256 with an empty secret', signedBy(hmac(''), { alg: 'HS256' })],
    ['HS256 with the secret “undefined”', signedBy(hmac('undefined'), { alg: 'HS256' })],
    ['HS256 with the secret and a newline', signedBy(hmac(`${SECRET}\n`), { alg: 'HS256' })],
    [
      'a hash of the secret and the text instead of an HMAC',
      signedBy(
        (input) =>
          createHash('sha256')
            .update(SECRET + input)
            .digest(),
        { alg: 'HS256' },
      ),
    ],
    ['claims that were changed after signing', withPart(hs(), 1, () => claims({ role: 'doctor' }))],
    [
      'a header that was changed after signing',
      withPart(hs(), 0, () => ({ typ: 'JWT', alg: 'HS256' })),
    ],
    [
      'the signature of another token',
      withPart(hs(), 2, () => hs({ sub: 'user-2' }).split('.')[2] ?? ''),
    ],
    ['a signature with one bit turned', withPart(hs(), 2, turnFirstBit)],
    [
      'a signature with a byte more',
      withPart(hs(), 2, (part) => Buffer.concat([bytes(part), Buffer.of(0)])),
    ],
  ]),
  ...cases('AUTH-14', 'accepted', [
    ['the secret in use, while the old one is still good', hs(), 'rotation'],
    ['the old secret', signedBy(hmac(OLD_SECRET), { alg: 'HS256' }), 'rotation'],
    [
      'the old secret under the name of the new one',
      signedBy(hmac(OLD_SECRET), { alg: 'HS256', kid: 'new' }),
      'rotation',
    ],
  ]),
  ...cases('AUTH-14', 'token-invalid', [
    ['a third secret', signedBy(hmac(STRANGE_SECRET), { alg: 'HS256' }), 'rotation'],
    ['the old secret after the rotation', signedBy(hmac(OLD_SECRET), { alg: 'HS256' })],
    [
      'both secrets in one',
      signedBy(hmac(`${SECRET},${OLD_SECRET}`), { alg: 'HS256' }),
      'rotation',
    ],
  ]),
];

function bytes(part: string): Buffer {
  return Buffer.from(part, 'base64url');
}

function turnFirstBit(part: string): string {
  const changed = bytes(part);
  changed[0] = (changed[0] ?? 0) ^ 0x80;
  return base64url(changed);
}
