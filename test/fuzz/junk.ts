import fc from 'fast-check';

/** Texts that have broken parsers before. */
const NASTY = [
  ...['\0', '\r', '\n', '\r\n', '\r\n\r\n', '\t', ' ', '\x1e', '\x7f', '\x85', '\u2028', '\ufeff'],
  ...['\ud800', '\udc00', '\ud83e\ude7a', 'é', 'İ', '\u202e'],
  ...[
    '"',
    "'",
    '\\',
    '\\u0000',
    '\\ud800',
    '%',
    '%00',
    '%2e%2e',
    '&',
    '=',
    '+',
    '/',
    '..',
    ',',
    ';',
  ],
  ...['{', '}', '[', ']', '{"', '":', '[[[[[[[[', '{"a":{"a":', 'null', 'true', '-0', '1e999'],
  ...['9007199254740993', '-1', '0', '00', 'NaN', '__proto__', 'constructor', 'toString', 'length'],
  ...['<script>', '#{x}', "' OR 1=1 --", '*', '0x', '2', '41', '42', '451-'],
];

/** How long a text may become, in characters: past what the server takes in one message. */
const LONGEST = 70_000;

interface Mutation {
  how: 'insert' | 'replace' | 'remove' | 'repeat' | 'cut' | 'move' | 'flip';
  /** Where, from 0 (the beginning) to 65535 (the end), so that it fits any text. */
  at: number;
  length: number;
  what: string;
}

const mutations = (own: readonly string[]): fc.Arbitrary<Mutation[]> =>
  fc.array(
    fc.record<Mutation>({
      how: fc.constantFrom('insert', 'replace', 'remove', 'repeat', 'cut', 'move', 'flip'),
      at: fc.nat(0xffff),
      length: fc.oneof({ weight: 4, arbitrary: fc.nat(8) }, { weight: 1, arbitrary: fc.nat(400) }),
      what: fc.oneof(
        fc.constantFrom(...NASTY, ...own),
        fc.string({ unit: 'binary', maxLength: 6 }),
        fc.string({ maxLength: 6 }),
      ),
    }),
    { minLength: 1, maxLength: 4 },
  );

/** A text to which something was done that its reader may not expect. `own`: words of its language. */
export const mutated = (
  text: fc.Arbitrary<string>,
  own: readonly string[] = [],
): fc.Arbitrary<string> =>
  fc
    .tuple(text, mutations(own))
    .map(([original, all]) => all.reduce(mutate, original).slice(0, LONGEST));

function mutate(text: string, { how, at, length, what }: Mutation): string {
  const start = Math.floor((at / 0x10000) * (text.length + 1));
  const [before, found, after] = [
    text.slice(0, start),
    text.slice(start, start + length),
    text.slice(start + length),
  ];
  switch (how) {
    case 'insert':
      return before + what + found + after;
    case 'replace':
      return before + what + after;
    case 'remove':
      return before + after;
    case 'repeat':
      return before + found.repeat(1 + (at % 300)) + after;
    case 'cut':
      return before;
    case 'move':
      return after + before + found;
    case 'flip':
      return (
        before +
        String.fromCharCode(text.charCodeAt(start) ^ (1 << (length % 8))) +
        found.slice(1) +
        after
      );
  }
}

/** So many objects in each other. */
const nested = (levels: number): unknown =>
  Array.from({ length: levels }).reduce((inner) => ({ a: inner }), 'deep');

/** An own key of this name, as JSON can carry it and an object literal cannot. */
const withOwn = (key: string, value: unknown): unknown =>
  JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(value)}}`);

/** Any value that JSON can carry, and some that it should rather not. */
export const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 3, arbitrary: fc.constantFrom(...NASTY) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      ...[null, true, false, 0, -0, -1, 1e308, 2 ** 53, 0.1, '', [], {}, [null], [[[]]]],
      ...[nested(30), nested(31), nested(32), nested(33), nested(400)],
      ...['__proto__', 'constructor', 'toJSON', 'then', 'length'].map((key) => withOwn(key, {})),
      withOwn('__proto__', { role: 'doctor', 'room-id': '{{room-0}}' }),
      { _placeholder: true, num: 0 },
      { _placeholder: true, num: -1 },
      Array.from({ length: 500 }, (_, index) => index),
      Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, index])),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...NASTY, 'a'), fc.constantFrom(127, 128, 129, 257, 8193, 20_000))
      .map(([text, times]) => text.repeat(times).slice(0, 60_000)),
  },
);
