import { CompactEncrypt } from 'jose';
import { cases, type TokenCase } from './case.ts';
import { hmac, sign } from './sign.ts';
import { claims, hs, NOW, SECRET, withPart } from './world.ts';

const good = hs();
const [header = '', payload = '', signature = ''] = good.split('.');

const encrypted = await new CompactEncrypt(Buffer.from(JSON.stringify(claims())))
  .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: 'JWT' })
  .encrypt(Buffer.from(SECRET).subarray(0, 32));

const withPayload = (text: unknown): string => sign({ payload: text, signer: hmac(SECRET) });
const withHeader = (text: unknown): string =>
  sign({ header: text, payload: claims(), signer: hmac(SECRET) });

/** Good claims as JSON, with more members written behind them. */
const jsonWith = (more: string): string => `${JSON.stringify(claims()).slice(0, -1)},${more}}`;

/** A good token of exactly this many characters: a claim that nobody reads, and a kid, fill it up. */
function ofLength(length: number): string {
  for (const kid of ['k', 'kk', 'kkk']) {
    const least = hs({ filler: '' }, { kid }).length;
    const filler = Math.floor(((length - least) * 3) / 4);
    for (const more of [0, 1]) {
      const token = hs({ filler: 'f'.repeat(filler + more) }, { kid });
      if (token.length === length) return token;
    }
  }
  throw new Error(`No token of ${length} characters`);
}

/** The text with another last letter, one that stands for the same last byte. */
function otherLastLetter(part: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return part.slice(0, -1) + letters[letters.indexOf(part.at(-1) ?? '') ^ 1];
}

/** A good token whose part needs the letters in which base64 and base64url differ. */
function withPlainBase64(): string {
  for (let n = 0; ; n += 1) {
    const token = hs({ n });
    const part = token.split('.')[2] ?? '';
    if (part.includes('-') && part.includes('_'))
      return withPart(token, 2, () => part.replaceAll('-', '+').replaceAll('_', '/'));
  }
}

export const formCases: readonly TokenCase[] = [
  ...cases('AUTH-10', 'token-missing', [
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
  ]),
  ...cases('AUTH-10', 'token-invalid', [
    ['a number', 42],
    ['true', true],
    ['false', false],
    ['a list with a good token', [good]],
    ['an object', { token: good }],
    ['an object that reads as a good token', { toString: () => good }],
    ['a String object', new String(good)],
    ['bytes', Buffer.from(good)],
    ['a function', () => good],
    ['a symbol', Symbol('token')],
    ['a blank', ' '],
    ['a good token behind “Bearer ”', `Bearer ${good}`],
    ['a blank before', ` ${good}`],
    ['a newline behind', `${good}\n`],
    ['one part', header],
    ['dots alone', '..'],
    ['four parts', `${good}.${signature}`],
    ['a dot behind', `${good}.`],
    ['the parts in another order', `${payload}.${header}.${signature}`],
    ['a token that is encrypted', encrypted],
    ['five parts', `${header}.${payload}.${signature}.${payload}.${signature}`],
    ['the JSON form as text', JSON.stringify({ protected: header, payload, signature })],
    ['the JSON form', { protected: header, payload, signature }],
    ['8,193 characters', ofLength(8193)],
    ['a million characters', hs({ filler: 'f'.repeat(750_000) })],
    ['padding behind the signature', `${good}=`],
    ['padding within', withPart(good, 1, (part) => `${part}=`)],
    ['the letters of plain base64', withPlainBase64()],
    ['another text of the same signature', withPart(good, 2, otherLastLetter)],
    [
      'a blank within the signature',
      withPart(good, 2, (part) => `${part.slice(0, 9)} ${part.slice(9)}`),
    ],
    [
      'a newline within the claims',
      withPart(good, 1, (part) => `${part.slice(0, 8)}\n${part.slice(8)}`),
    ],
    ['a letter too many', `${good}AA`.slice(0, -1)],
    ['a full-width letter', withPart(good, 2, (part) => `${part.slice(0, -1)}Ａ`)],
    ['a null byte behind', `${good}\u0000`],
  ]),
  ...cases('AUTH-10', 'accepted', [['8,192 characters', ofLength(8192)]]),
  ...cases('AUTH-13', 'token-invalid', [
    ['a header that is no JSON', withHeader('{alg:HS256}')],
    ['a header of null', withHeader('null')],
    ['a header that is a list', withHeader(['HS256'])],
    ['a header that is text', withHeader('"HS256"')],
    ['a header with alg twice', withHeader('{"alg":"none","alg":"HS256"}')],
    ['a header with typ twice', withHeader('{"alg":"HS256","typ":"JWT","typ":"JWT"}')],
    ['a header that is not UTF-8', withHeader(Buffer.from('{"alg":"HS256","x":"\xff"}', 'latin1'))],
    ['claims that are no JSON', withPayload('role=doctor')],
    ['claims of null', withPayload('null')],
    ['claims in a list', withPayload([claims()])],
    ['claims that are a number', withPayload('1')],
    ['claims cut short', withPayload(JSON.stringify(claims()).slice(0, -1))],
    ['claims with something behind them', withPayload(`${JSON.stringify(claims())}x`)],
    ['claims that are not UTF-8', withPayload(Buffer.from('{"sub":"\xff"}', 'latin1'))],
    [
      'a token in a token',
      sign({ header: { alg: 'HS256', cty: 'JWT' }, payload: good, signer: hmac(SECRET) }),
    ],
    ['a token as JSON text in a token', withPayload(JSON.stringify(good))],
    ['role twice', withPayload(jsonWith('"role":"doctor"'))],
    ['role twice, once with an escape', withPayload(jsonWith('"ro\\u006ce":"doctor"'))],
    ['role twice with a blank before the colon', withPayload(jsonWith('"role" :"doctor"'))],
    ['exp twice', withPayload(jsonWith(`"exp":${NOW + 7200}`))],
    ['namespaces twice', withPayload(jsonWith('"namespaces":["dr-2"]'))],
    ['__proto__ twice', withPayload(jsonWith('"__proto__":1,"__proto__":2'))],
    [
      'a name twice in a claim that nobody reads',
      withPayload(jsonWith('"x":{"a":1,"b":[{"a":1}],"a":2}')),
    ],
    [
      'a role from __proto__',
      withPayload(
        JSON.stringify(claims({ role: undefined }))
          .slice(0, -1)
          .concat(',"__proto__":{"role":"doctor"}}'),
      ),
    ],
  ]),
  ...cases('AUTH-13', 'accepted', [
    [
      'claims in another order',
      withPayload(Object.fromEntries(Object.entries(claims()).reverse())),
    ],
    ['claims with blanks and newlines', withPayload(JSON.stringify(claims(), null, 4))],
    [
      'the same name in two objects',
      withPayload(jsonWith('"x":[{"role":1},{"role":2}],"y":{"role":{"role":3}}')),
    ],
    [
      'text that looks like a name twice',
      withPayload(jsonWith('"x":"\\"role\\":1,{","y":["role","role"]')),
    ],
    [
      'a claim that nobody reads, 500 deep',
      withPayload(jsonWith(`"x":${'['.repeat(500)}${']'.repeat(500)}`)),
    ],
    [
      'characters written as escapes',
      withPayload(JSON.stringify(claims()).replace('patient', 'p\\u0061tient')),
    ],
    ['a __proto__ that nobody reads', withPayload(jsonWith('"__proto__":{"role":"doctor"}'))],
  ]),
];
