import fc from 'fast-check';
import { SEPARATOR } from '../support/raw-socket.ts';
import { mutated } from './junk.ts';
import { binaryFrame, bytes, packet } from './packets.ts';
import { type Attack, CAST, type Frame, VILLAINS } from './villain.ts';

const villain = fc.constantFrom(...VILLAINS);

const engineFrame: fc.Arbitrary<Frame> = fc.oneof(
  fc.constantFrom(
    ...['', '0', '1', '2', '2probe', '3', '3probe', '4', '5', '6', '7', 'b', 'bAA=='],
  ),
  fc.constantFrom(
    ...['b4', '40', '41', '42', '43', '44', '45', '46', '\x1e', '4\x1e4', '0{"sid":"x"}'],
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(65_535, 65_536, 65_537, 70_000).map((length) => '4'.padEnd(length, 'x')),
  mutated(packet),
  binaryFrame,
);

/** A frame of WebSocket itself: flags and operation, mask and length, and too much or too little. */
const wire = fc
  .tuple(fc.nat(255), fc.constantFrom(0x80, 0x84, 0xfe, 0xff, 0x00, 0x7f, 0x05), bytes(140))
  .map(([flags, length, rest]) =>
    Buffer.concat([Buffer.from([flags, length]), Buffer.from(rest, 'base64')]).toString('base64'),
  );

/** What a page says in one body of long-polling. */
const polled = fc
  .array(
    fc.oneof(
      villain.map((name) => `40/${CAST[name].practice},{"token":"{{token-${name}}}"}`),
      packet,
      engineFrame.map((one) => (typeof one === 'string' ? one : `b${one.base64}`)),
    ),
    { minLength: 1, maxLength: 20 },
  )
  .map((all) => all.join(SEPARATOR));

/** Frames of Engine.IO, and bytes in the place of WebSocket's own. */
export const frameAttacks: fc.Arbitrary<Attack> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      as: villain,
      frames: fc.array(engineFrame, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ as: villain, bytes: wire }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      as: villain,
      posts: fc.oneof(mutated(polled), fc.string({ unit: 'binary', maxLength: 60 }), polled),
      type: fc.constantFrom(
        'text/plain',
        'text/plain;charset=UTF-8',
        'application/octet-stream',
        '',
      ),
    }),
  },
);
