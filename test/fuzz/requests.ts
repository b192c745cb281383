import { API_ROUTES, HTTP_ROUTES } from '@telemedicine-signaling/protocol';
import fc from 'fast-check';
import { anyValue, mutated } from './junk.ts';
import { ENGINE_FIELDS, HEADERS, HTTP_WORDS, ODD_METHODS, ODD_TARGETS } from './request-words.ts';

/** A request as it goes out: each character is a byte. `{{service}}` stands for an access token. */
export type RequestCase = { bytes: string };

const ROUTES = [
  ...Object.keys(HTTP_ROUTES).flatMap((name) => [`/${name}`, `/api/${name}`]),
  ...API_ROUTES.map((name) => `/api/v1/${name}`),
  '/api/v1/invitations/redeem',
];

/** Mostly the first, so that what is wrong about a case is one thing, and the rest leads somewhere. */
const mostly = <T>(likely: fc.Arbitrary<T>, unlikely: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 6, arbitrary: likely }, { weight: 1, arbitrary: unlikely });

const method = mostly(fc.constantFrom('GET', 'POST'), fc.constantFrom(...ODD_METHODS));
const word = mostly(
  fc.constantFrom('bazaar', 'bazaar', 'elsewhere', 'ward', 'market', '7'),
  fc.oneof(
    fc.string({ maxLength: 20 }).map(encodeURIComponent),
    fc.constantFrom(...['', '%00', '%', '%E0%A4%A', '..', '+', '&&==', '[]', '__proto__']),
    fc.constantFrom(128, 129, 20_000).map((length) => 'a'.repeat(length)),
  ),
);
const name = mostly(
  fc.constantFrom('namespaceId', 'roomId'),
  fc.constantFrom('namespaceid', '__proto__', 'constructor', 'token', 'role', ''),
);
const between = mostly(fc.constant('='), fc.constantFrom('[]=', '[a]=', '.a=', '', '=%'));
const query = mostly(
  fc.tuple(word, word).map(([space, room]) => `namespaceId=${space}&roomId=${room}`),
  fc
    .array(fc.tuple(name, between, word), { maxLength: 3 })
    .map((pairs) => pairs.map((parts) => parts.join('')).join('&')),
);

const handshake = fc
  .array(fc.constantFrom(...ENGINE_FIELDS), { maxLength: 5 })
  .map((all) => `/socket.io/?${all.join('&')}`);

const target = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...ROUTES), query).map((all) => all.join('?')) },
  { weight: 2, arbitrary: handshake },
  { weight: 1, arbitrary: fc.constantFrom(...ODD_TARGETS) },
  { weight: 1, arbitrary: word.map((given) => `/${given}`) },
);

const header = fc.oneof(
  fc.constantFrom(...HEADERS),
  mutated(fc.constantFrom(...HEADERS)),
  fc.tuple(fc.string(), fc.string({ unit: 'binary' })).map((all) => all.join(': ')),
);

const body = fc
  .oneof(
    fc.constant(''),
    fc.record({ namespaceId: word, roomId: word }),
    fc.dictionary(name, fc.oneof(fc.constantFrom('bazaar', 'elsewhere'), anyValue), { maxKeys: 3 }),
    fc.record(
      {
        role: fc.constantFrom('doctor', 'patient', 'guest', 'service'),
        subject: fc.oneof(fc.constant('somebody'), anyValue),
        namespaces: fc.oneof(fc.constant(['bazaar']), fc.constant(['ward']), anyValue),
        room: fc.oneof(fc.constant('room'), anyValue),
        ttlSeconds: fc.oneof(fc.constant(60), anyValue),
        goodForSeconds: fc.oneof(fc.constant(60), anyValue),
        invitation: fc.oneof(fc.constant('i'.repeat(43)), anyValue),
      },
      { requiredKeys: ['role', 'subject', 'namespaces'] },
    ),
    anyValue,
  )
  .map((value) => (value === '' ? '' : JSON.stringify(value)));

const AS_SERVICE = 'Authorization: Bearer {{service}}';

const whole = fc
  .record({
    method,
    target,
    version: mostly(
      fc.constant('HTTP/1.1'),
      fc.constantFrom('HTTP/1.0', 'HTTP/2.0', 'HTTP/9.9', 'http/1.1', ''),
    ),
    headers: mostly(fc.constant<string[]>([]), fc.array(header, { minLength: 1, maxLength: 4 })),
    body,
    isService: mostly(fc.constant(true), fc.constant(false)),
    framing: mostly(
      fc.constant('length'),
      fc.constantFrom('chunked', 'none', 'too long', 'too short'),
    ),
  })
  .map(({ framing, isService, ...given }) => {
    const bytes = Buffer.from(given.body);
    const length = { length: 0, 'too long': 5, 'too short': -2 }[framing as 'length'];
    const headers = ['Host: x', ...given.headers];
    if (isService) headers.push(AS_SERVICE);
    if (given.body !== '') headers.push('Content-Type: application/json');
    if (length !== undefined) headers.push(`Content-Length: ${Math.max(0, bytes.length + length)}`);
    if (framing === 'chunked') headers.push('Transfer-Encoding: chunked');
    const text = bytes.toString('latin1');
    const sent =
      framing === 'chunked' ? `${bytes.length.toString(16)}\r\n${text}\r\n0\r\n\r\n` : text;
    const first = [given.method, given.target, given.version].join(' ');
    return `${first}\r\n${headers.join('\r\n')}\r\n\r\n${sent}`;
  });

/** Requests to every route, almost right and not at all. */
export const requestCases: fc.Arbitrary<RequestCase> = fc.oneof(
  { weight: 5, arbitrary: whole.map((bytes) => ({ bytes })) },
  { weight: 2, arbitrary: mutated(whole, HTTP_WORDS).map((bytes) => ({ bytes })) },
  {
    weight: 1,
    arbitrary: fc.tuple(whole, mutated(whole, HTTP_WORDS)).map((all) => ({ bytes: all.join('') })),
  },
);
