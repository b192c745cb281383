import { cases, type TokenCase } from './case.ts';
import { hmac } from './sign.ts';
import { byEc, byRsa, hs, pem, SECRET, signedBy, strange } from './world.ts';

const strangeJwk = strange.rsa.publicKey.export({ format: 'jwk' });
const strangeEcJwk = strange.ec.publicKey.export({ format: 'jwk' });
const strangeDer = strange.rsa.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const ELSEWHERE = 'https://keys.example/set.json';

/** A `kid` that leads a careless reader to a file or row whose content the attacker knows. */
const kidTrick = (kid: unknown, known = ''): string => signedBy(hmac(known), { alg: 'HS256', kid });

export const headerCases: readonly TokenCase[] = [
  ...cases('AUTH-12', 'token-invalid', [
    ['a kid that climbs to /dev/null', kidTrick('../../../../../../dev/null')],
    ['a kid that is an absolute path', kidTrick('/proc/sys/kernel/randomize_va_space', '2\n')],
    ['a kid with a null byte', kidTrick('key\u0000.pem')],
    ['a kid that is SQL', kidTrick("x' UNION SELECT 'known';--", 'known')],
    ['a kid that is a command', kidTrick('|whoami')],
    ['a kid that is an address', kidTrick(ELSEWHERE)],
    ['a kid __proto__', kidTrick('__proto__')],
    ['a kid constructor', kidTrick('constructor', 'function Object() { [native code] }')],
    ['a kid that is a list', hs({}, { kid: ['a'] })],
    ['a kid that is an object', hs({}, { kid: { toString: 'a' } })],
    ['a kid that is a number', hs({}, { kid: 0 })],
    ['a kid of null', hs({}, { kid: null })],
    ['an empty kid', hs({}, { kid: '' })],
    ['a kid of 257 characters', hs({}, { kid: 'k'.repeat(257) })],
    ['a kid of 5,000 characters', hs({}, { kid: 'k'.repeat(5000) })],
    ['a stranger’s key as jwk', byRsa(strange.rsa.privateKey, { jwk: strangeJwk }), 'rsa'],
    ['a stranger’s EC key as jwk', byEc(strange.ec.privateKey, { jwk: strangeEcJwk }), 'ec'],
    [
      'a secret as jwk',
      signedBy(hmac('known'), { alg: 'HS256', jwk: { kty: 'oct', k: 'a25vd24' } }),
    ],
    ['a stranger’s address as jku', byRsa(strange.rsa.privateKey, { jku: ELSEWHERE }), 'rsa'],
    ['a stranger’s address as x5u', byRsa(strange.rsa.privateKey, { x5u: ELSEWHERE }), 'rsa'],
    [
      'a stranger’s certificate as x5c',
      byRsa(strange.rsa.privateKey, { x5c: [strangeDer] }),
      'rsa',
    ],
    [
      'a stranger’s PEM as kid',
      byRsa(strange.rsa.privateKey, { kid: pem(strange.rsa.publicKey).slice(0, 256) }),
      'rsa',
    ],
    ['crit with an extension that jose knows', hs({}, { crit: ['b64'], b64: true })],
    ['crit with an unencoded payload', hs({}, { crit: ['b64'], b64: false })],
    ['crit with a claim', hs({}, { crit: ['exp'], exp: 1 })],
    ['crit with an unknown extension', hs({}, { crit: ['x'], x: 1 })],
    ['an empty crit', hs({}, { crit: [] })],
    ['a crit of null', hs({}, { crit: null })],
    ['typ logout+jwt', hs({}, { typ: 'logout+jwt' })],
    ['typ dpop+jwt', hs({}, { typ: 'dpop+jwt' })],
    ['typ JWE', hs({}, { typ: 'JWE' })],
    ['an empty typ', hs({}, { typ: '' })],
    ['a typ that is a number', hs({}, { typ: 1 })],
  ]),
  ...cases('AUTH-12', 'accepted', [
    ['a good signature whatever its kid', hs({}, { kid: 'some-key' })],
    ['a good signature under a kid of 256 characters', hs({}, { kid: 'k'.repeat(256) })],
    [
      'a good RS256 signature beside a jwk that is not looked at',
      byRsa(undefined, { jwk: strangeJwk }),
      'rsa',
    ],
    [
      'a good signature beside jku and x5u that are not looked at',
      hs({}, { jku: ELSEWHERE, x5u: ELSEWHERE }),
    ],
    ['no typ', signedBy(hmac(SECRET), { alg: 'HS256' })],
    ['typ at+jwt', hs({}, { typ: 'at+jwt' })],
    ['typ application/at+jwt', hs({}, { typ: 'application/at+jwt' })],
    ['typ jwt in small letters', hs({}, { typ: 'jwt' })],
  ]),
];
