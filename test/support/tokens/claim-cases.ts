import { cases, type TokenCase } from './case.ts';
import { hmac, noSignature, sign } from './sign.ts';
import {
  AUDIENCE,
  claims,
  hs,
  ISSUER,
  NOW,
  SECRET,
  STRANGE_SECRET,
  signedBy,
  withPart,
} from './world.ts';

const DAY = 86_400;
const LEEWAY = 60;

/** For what JSON.stringify does not write: this claim, as JSON text, instead of the good one. */
const raw = (claim: string, json: string): string => {
  const others = JSON.stringify(claims({ [claim]: undefined })).slice(0, -1);
  return sign({ payload: `${others},"${claim}":${json}}`, signer: hmac(SECRET) });
};

const forged = (changes: Record<string, unknown>): string =>
  sign({ payload: claims(changes), signer: hmac(STRANGE_SECRET) });

/** The wrong types that no claim takes, each as a row for this claim. */
const wrongTypes = (claim: string, values: readonly unknown[]) =>
  values.map((value) => {
    const shown = JSON.stringify(value);
    const short = shown.length > 40 ? `${shown.slice(0, 20)}… (${shown.length} characters)` : shown;
    return [`${claim} ${short}`, hs({ [claim]: value })] as const;
  });

const service = (namespaces: unknown): string => hs({ role: 'service', namespaces });

export const claimCases: readonly TokenCase[] = [
  ...cases('AUTH-19', 'token-invalid', [
    ['another issuer', hs({ iss: 'https://elsewhere.example' })],
    ['no issuer', hs({ iss: undefined })],
    ['the issuer in capitals', hs({ iss: ISSUER.toUpperCase() })],
    ['an issuer that begins alike', hs({ iss: `${ISSUER}.elsewhere.example` })],
    ...wrongTypes('iss', [[ISSUER], null, '', 1, {}]),
    ['another audience', hs({ aud: 'billing' })],
    ['no audience', hs({ aud: undefined })],
    ['an audience that begins alike', hs({ aud: `${AUDIENCE}-test` })],
    ['audiences without ours', hs({ aud: ['billing', 'mail'] })],
    ['no audience in a list', hs({ aud: [] })],
    ['ours within a list in a list', hs({ aud: [[AUDIENCE]] })],
    ['ours beside a number', hs({ aud: [AUDIENCE, 1] })],
    ...wrongTypes('aud', [null, '', 1, true, { [AUDIENCE]: true }]),
  ]),
  ...cases('AUTH-19', 'accepted', [
    ['audiences with ours', hs({ aud: ['billing', AUDIENCE] })],
    ['ours alone in a list', hs({ aud: [AUDIENCE] })],
  ]),

  ...cases('AUTH-20', 'token-expired', [
    ['exp a leeway ago', hs({ exp: NOW - LEEWAY })],
    ['exp an hour ago', hs({ exp: NOW - 3600, iat: NOW - 7200 })],
    ['exp 0', hs({ exp: 0 })],
    ['exp -1', hs({ exp: -1 })],
    ['exp and role both bad', hs({ exp: NOW - 3600, role: 'admin' })],
  ]),
  ...cases('AUTH-20', 'accepted', [
    ['exp in a second', hs({ exp: NOW + 1 })],
    ['exp now', hs({ exp: NOW })],
    ['exp just within the leeway', hs({ exp: NOW - LEEWAY + 1 })],
    ['exp with a fraction', hs({ exp: NOW + 60.25 })],
  ]),
  ...cases('AUTH-20', 'token-invalid', [
    ['no exp', hs({ exp: undefined })],
    ...wrongTypes('exp', [null, '', String(NOW + 60), true, [NOW + 60], { exp: NOW + 60 }]),
  ]),
  ...cases('AUTH-21', 'token-invalid', [
    ['exp a second too far away', hs({ exp: NOW + DAY + LEEWAY + 1 })],
    ['exp in a year', hs({ exp: NOW + 365 * DAY })],
    ['exp in milliseconds', hs({ exp: (NOW + 60) * 1000 })],
    ['exp beyond all numbers', raw('exp', '1e400')],
    ['exp 1e300', raw('exp', '1e300')],
  ]),
  ...cases('AUTH-21', 'accepted', [
    ['exp a day away', hs({ exp: NOW + DAY })],
    ['exp a day and the leeway away', hs({ exp: NOW + DAY + LEEWAY })],
  ]),
  ...cases('AUTH-22', 'token-not-yet-valid', [
    ['nbf a second beyond the leeway', hs({ nbf: NOW + LEEWAY + 1 })],
    ['nbf in an hour', hs({ nbf: NOW + 3600 })],
    ['iat a second beyond the leeway', hs({ iat: NOW + LEEWAY + 1 })],
    ['iat in an hour', hs({ iat: NOW + 3600, exp: NOW + 7200 })],
  ]),
  ...cases('AUTH-22', 'accepted', [
    ['nbf at the leeway', hs({ nbf: NOW + LEEWAY })],
    ['nbf long ago', hs({ nbf: NOW - DAY })],
    ['iat at the leeway', hs({ iat: NOW + LEEWAY })],
    ['no iat', hs({ iat: undefined })],
    ['iat long ago', hs({ iat: NOW - 30 * DAY })],
  ]),
  ...cases('AUTH-22', 'token-invalid', [
    ...wrongTypes('nbf', [null, String(NOW), true, []]),
    ...wrongTypes('iat', [null, String(NOW), false, {}]),
    ['nbf before all numbers', raw('nbf', '-1e400')],
    ['iat before all numbers', raw('iat', '-1e400')],
  ]),

  ...cases('AUTH-23', 'token-invalid', [
    ['no sub', hs({ sub: undefined })],
    ...wrongTypes('sub', ['', 7, null, true, ['user-1'], { id: 1 }]),
    ['a sub of 129 characters', hs({ sub: 'x'.repeat(129) })],
    ['a sub with a newline', hs({ sub: 'user-1\nuser-2' })],
    ['a sub with a null byte', hs({ sub: 'user-1\u0000' })],
    ['a sub with half a character', raw('sub', '"\\ud800"')],
  ]),
  ...cases('AUTH-23', 'accepted', [
    ['a sub of one character', hs({ sub: 'x' })],
    ['a sub of 128 characters', hs({ sub: 'x'.repeat(128) })],
    ['a sub of 128 characters of four bytes each', hs({ sub: '😀'.repeat(128) })],
    ['a sub in Arabic', hs({ sub: 'د. ليلى الحسن' })],
    ['a sub in Chinese', hs({ sub: '王医生' })],
    ['a sub __proto__', hs({ sub: '__proto__' })],
  ]),
  ...cases('AUTH-24', 'token-invalid', [
    ['no role', hs({ role: undefined })],
    ...wrongTypes('role', [
      '',
      'admin',
      'Doctor',
      'doctor ',
      'constructor',
      ['doctor'],
      null,
      0,
      true,
      {},
    ]),
  ]),
  ...cases('AUTH-24', 'accepted', [
    ['a doctor', hs({ role: 'doctor' })],
    ['a patient', hs({ role: 'patient' })],
    ['a guest', hs({ role: 'guest' })],
    ['a service', hs({ role: 'service' })],
  ]),
  ...cases('AUTH-25', 'token-invalid', [
    ['no namespaces', hs({ namespaces: undefined })],
    ...wrongTypes('namespaces', [
      [],
      'dr-1',
      null,
      1,
      {},
      [1],
      [null],
      [['dr-1']],
      [''],
      ['dr 1'],
      ['dr-1\n'],
      ['dr/1'],
    ]),
    ['101 namespaces', hs({ namespaces: Array.from({ length: 101 }, (_, n) => `d${n}`) })],
    ['a namespace of 129 characters', hs({ namespaces: ['d'.repeat(129)] })],
    ['a good one beside a bad one', hs({ namespaces: ['dr-1', '../dr-2'] })],
    ['* for a doctor', hs({ role: 'doctor', namespaces: ['*'] })],
    ['* for a patient', hs({ role: 'patient', namespaces: ['*'] })],
    ['* for a guest', hs({ role: 'guest', namespaces: ['*'] })],
    ['* beside another for a doctor', hs({ role: 'doctor', namespaces: ['dr-1', '*'] })],
    ['namespace * for a doctor', hs({ role: 'doctor', namespaces: undefined, namespace: '*' })],
    ['a pattern for a service', service(['dr-*'])],
    ['** for a service', service(['**'])],
    ['namespace and namespaces', hs({ namespace: 'dr-1' })],
    ['namespace and an empty namespaces', hs({ namespace: 'dr-1', namespaces: [] })],
    ...[['dr-1'], '', null, 1, 'dr 1', 'dr-1\n', 'dr-1,dr-2'].map(
      (namespace) =>
        [
          `namespace ${JSON.stringify(namespace)}`,
          hs({ namespaces: undefined, namespace }),
        ] as const,
    ),
  ]),
  ...cases('AUTH-25', 'accepted', [
    ['one namespace as text', hs({ namespaces: undefined, namespace: 'dr-1' })],
    ['several namespaces', hs({ namespaces: ['dr-1', 'dr-2', 'A.z_0~@:-'] })],
    ['100 namespaces', hs({ namespaces: Array.from({ length: 100 }, (_, n) => `d${n}`) })],
    ['* for a service', service(['*'])],
    ['namespace * for a service', hs({ role: 'service', namespaces: undefined, namespace: '*' })],
  ]),
  ...cases('AUTH-26', 'token-invalid', [
    ...wrongTypes('room', [
      '',
      null,
      1,
      ['room-1'],
      {},
      'room 1',
      '*',
      'room-1\n',
      'r'.repeat(129),
    ]),
    ...wrongTypes('urgent', ['true', 1, 0, null, []]),
    ...wrongTypes('jti', ['', 1, null, ['a'], 'j'.repeat(129), 'a\nb']),
  ]),
  ...cases('AUTH-26', 'accepted', [
    ['a room', hs({ room: '0b6c7c4e-4d4a-4d0e-9a55-3c1f0f6a2b11' })],
    ['urgent true', hs({ urgent: true })],
    ['urgent false', hs({ urgent: false })],
    ['a jti', hs({ jti: 'a7d1' })],
  ]),
  ...cases('AUTH-27', 'token-invalid', [
    ['a forged token that has expired', forged({ exp: NOW - 3600 })],
    ['a forged token that is not yet valid', forged({ nbf: NOW + 3600 })],
    [
      'an unsigned token that has expired',
      sign({ header: { alg: 'none' }, payload: claims({ exp: 1 }), signer: noSignature }),
    ],
    ['an expired token of another issuer', hs({ exp: NOW - 3600, iss: 'elsewhere' })],
    [
      'an expired token with changed claims',
      withPart(hs({ exp: NOW - 3600 }), 1, () => claims({ exp: NOW - 3600, role: 'doctor' })),
    ],
    [
      'a forged token under an unknown kid',
      signedBy(hmac(STRANGE_SECRET), { alg: 'HS256', kid: 'x' }),
    ],
  ]),
  ...cases('AUTH-27', 'accepted', [
    ['claims that nobody reads', hs({ name: 'Ada', admin: true, roles: ['doctor'], scope: '*' })],
  ]),
];
