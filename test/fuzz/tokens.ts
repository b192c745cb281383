import fc from 'fast-check';
import { hmac, noSignature, rsa, type Signer, sign } from '../support/tokens/sign.ts';
import {
  AUDIENCE,
  claims,
  ISSUER,
  keys,
  NOW,
  OLD_SECRET,
  pem,
  SECRET,
  STRANGE_SECRET,
  strange,
} from '../support/tokens/world.ts';
import { anyValue, mutated } from './junk.ts';

/** How a token is made: signed when it is tried, since some of the keys are new in every run. */
export type TokenCase =
  | { text: string }
  | { by: keyof typeof SIGNERS; header: string; payload: string };

const SIGNERS = {
  secret: hmac(SECRET),
  'older secret': hmac(OLD_SECRET),
  'strange secret': hmac(STRANGE_SECRET),
  'public key as secret': hmac(pem(keys.rsa.publicKey)),
  'empty secret': hmac(''),
  rsa: rsa(keys.rsa.privateKey),
  'rsa with SHA-512': rsa(keys.rsa.privateKey, 'sha512'),
  'strange rsa': rsa(strange.rsa.privateKey),
  nobody: noSignature,
} satisfies Record<string, Signer>;

/** Whose signature counts, under which algorithm. */
export const SIGNATURES: Partial<Record<keyof typeof SIGNERS, string>> = {
  secret: 'HS256',
  'older secret': 'HS256',
  rsa: 'RS256',
};

/** What the tokens are held against. */
export const SETTINGS = {
  issuer: ISSUER,
  audience: AUDIENCE,
  secrets: [SECRET, OLD_SECRET],
  publicKeyPem: pem(keys.rsa.publicKey),
};

export const textOf = (one: TokenCase): string =>
  'text' in one
    ? one.text
    : sign({ header: one.header, payload: one.payload, signer: SIGNERS[one.by] });

const time = fc.oneof(
  fc.constantFrom(0, -1, 1e300, 0.5, NOW - 60, NOW - 59.5, NOW + 60, NOW + 61, NOW + 86_460),
  fc.integer({ min: NOW - 200, max: NOW + 90_000 }),
);
const id = fc.constantFrom('dr-1', 'a', '*', '', 'a b', 'é', 'x'.repeat(128), 'x'.repeat(129));

/** An object that is good, but for some of its members. */
function changed(
  good: Record<string, unknown>,
  likely: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<Record<string, unknown>> {
  const changes = Object.entries(likely).map(([name, value]) => {
    const any = fc.oneof(
      { weight: 6, arbitrary: value },
      { weight: 2, arbitrary: anyValue },
      { weight: 1, arbitrary: fc.constant(undefined) },
    );
    return fc.tuple(fc.constant(name), any);
  });
  return fc
    .array(fc.oneof(...changes), { maxLength: 3 })
    .map((some) => ({ ...good, ...Object.fromEntries(some) }));
}

const header = (alg: string) =>
  changed(
    { alg, typ: 'JWT' },
    {
      alg: fc.constantFrom('HS256', 'RS256', 'none', 'None', 'HS384', 'hs256', 'PS256', 'HS256 '),
      typ: fc.constantFrom('JWT', 'jwt', 'at+jwt', 'application/at+jwt', 'JWE', 'dpop+jwt', ''),
      kid: fc.constantFrom('1', '', '../../dev/null', "' OR 1=1", 'k'.repeat(256), 'k'.repeat(257)),
      crit: fc.constantFrom([], ['exp'], ['b64']),
      b64: fc.boolean(),
      jwk: fc.constant({ kty: 'oct', k: 'AAAA' }),
      jku: fc.constant('http://127.0.0.1:1/keys'),
      zip: fc.constant('DEF'),
    },
  );

const payload = changed(claims(), {
  iss: fc.constantFrom(ISSUER, ` ${ISSUER}`, ISSUER.toUpperCase(), [ISSUER]),
  aud: fc.constantFrom(AUDIENCE, [AUDIENCE], ['x', AUDIENCE], ['x'], [], [AUDIENCE, 1], 'x'),
  sub: fc.constantFrom('u', '', 'x'.repeat(128), '🩺'.repeat(128), 'x'.repeat(129), 'a\u0007'),
  role: fc.constantFrom('doctor', 'patient', 'guest', 'service', 'Doctor', 'admin', ['doctor']),
  namespaces: fc.oneof(
    fc.array(id, { maxLength: 4 }),
    fc.constant(Array.from({ length: 101 }, () => 'a')),
  ),
  namespace: id,
  room: id,
  urgent: fc.boolean(),
  jti: fc.constantFrom('j', '', 'j'.repeat(129)),
  iat: time,
  nbf: time,
  exp: time,
  __proto__: fc.constant({ role: 'doctor' }),
});

const asText = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string> => {
  const json = value.map((given) => JSON.stringify(given));
  return fc.oneof({ weight: 4, arbitrary: json }, { weight: 1, arbitrary: mutated(json) });
};

const made = fc.oneof(
  ...(Object.keys(SIGNERS) as (keyof typeof SIGNERS)[]).map((by) => {
    const alg = SIGNATURES[by] ?? (by.includes('rsa') ? 'RS256' : 'HS256');
    const arbitrary = fc.record({
      by: fc.constant(by),
      header: asText(header(alg)),
      payload: asText(payload),
    });
    return { weight: by in SIGNATURES ? 4 : 1, arbitrary };
  }),
);

/** A token of which any change makes a bad one. */
export const GOOD_TOKEN = sign({ payload: claims(), signer: SIGNERS.secret });

const TOKEN_PARTS = ['.', '..', '=', '==', '-', '_', ...GOOD_TOKEN.split('.')];

export const tokenCases: fc.Arbitrary<TokenCase> = fc.oneof(
  { weight: 3, arbitrary: made },
  {
    weight: 1,
    arbitrary: mutated(fc.constant(GOOD_TOKEN), TOKEN_PARTS).map((text) => ({ text })),
  },
);
