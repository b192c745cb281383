import { CLIENT_EVENTS } from '@telemedicine-signaling/protocol';
import fc from 'fast-check';
import { anyValue, mutated } from './junk.ts';
import { type Attack, type Frame, VILLAINS } from './villain.ts';

export const bytes = (maxLength: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array).toString('base64'));
export const binaryFrame = bytes(200).map((base64): Frame => ({ base64 }));

/** CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR, BINARY_EVENT, BINARY_ACK, and what is none of them. */
const type = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...'012222225') },
  { weight: 1, arbitrary: fc.constantFrom(...['3', '4', '6', '7', '9', '', 'a', '-', '00', '22']) },
);
const attachments = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom('0-', '1-', '2-', '11-', '1e3-', '-', '-1-', '1') },
);
const namespace = fc.oneof(
  { weight: 4, arbitrary: fc.constant('/{{own}},') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...['/ward,', '/elsewhere,', '/bazaar,', '/market', '', '/,', ',', '/market?token=x,', '/é,'],
      ...[
        '/%6darket,',
        '/MARKET,',
        '//market,',
        '/../ward,',
        '/__proto__,',
        '/a b,',
        '/constructor,',
      ],
      ...[`/${'n'.repeat(128)},`, `/${'n'.repeat(129)},`],
    ),
  },
);
const id = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('', '1', '999999999999') },
  { weight: 1, arbitrary: fc.constantFrom('00', '-1', '1.5', '9'.repeat(400), '1000001', '0x1') },
);

const credentials = fc.record(
  {
    token: fc.oneof(fc.constantFrom(...VILLAINS.map((name) => `{{token-${name}}}`)), anyValue),
    resume: fc.oneof(fc.constantFrom(...VILLAINS.map((name) => `{{resume-${name}}}`)), anyValue),
  },
  { requiredKeys: [] },
);
const placeholders = fc.constantFrom<unknown>(
  { _placeholder: true, num: 0 },
  { _placeholder: true, num: 1 },
  { _placeholder: true, num: -1 },
  { _placeholder: true, num: 1e9 },
  { _placeholder: true, num: '0' },
  { _placeholder: true, num: 'length' },
  { _placeholder: true },
);
const event = fc.constantFrom(...Object.keys(CLIENT_EVENTS), 'disconnect', 'connect', 'error', '');
const eventData = fc.oneof(
  fc.tuple(event, fc.oneof(placeholders, anyValue)),
  fc.tuple(event, credentials),
  fc.tuple(
    fc.constant('offer'),
    fc.record({ 'peer-id': fc.constant('{{patient-0}}'), a: placeholders }),
  ),
  fc.array(anyValue, { maxLength: 3 }),
);
const data = fc.oneof(
  { weight: 4, arbitrary: eventData },
  { weight: 1, arbitrary: fc.oneof(credentials, anyValue) },
);

/** One packet as text, with Engine.IO's `4` before it. */
export const packet = fc
  .tuple(type, attachments, namespace, id, fc.option(data, { nil: undefined }))
  .map(([kind, count, name, number, value]) => {
    const json = value === undefined ? '' : JSON.stringify(value);
    return `4${kind}${count}${name}${number}${json}`;
  });

const frames: fc.Arbitrary<Frame[]> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(packet) },
  {
    weight: 2,
    arbitrary: fc.tuple(mutated(packet, ['/{{own}},', '4', '40', '41', '42', '-', ','])),
  },
  { weight: 2, arbitrary: fc.tuple(packet, fc.oneof(binaryFrame, packet)) },
  { weight: 1, arbitrary: fc.array(fc.oneof(packet, binaryFrame), { minLength: 1, maxLength: 6 }) },
);

/** Packets of Socket.IO that are none, or come when none should. */
export const packetAttacks: fc.Arbitrary<Attack> = fc.record({
  as: fc.constantFrom(...VILLAINS),
  frames,
});
