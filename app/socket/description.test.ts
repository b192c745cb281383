import { describe, expect, it } from 'vitest';
import { NEGOTIATIONS } from '../../test/support/sdp-fixtures.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { assertDescription } from './description.ts';

const LIMITS = { descriptionBytes: 32_768 };
const SDP = 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n';

/** `ok`, or why the payload is refused. */
function verdict(payload: unknown): string {
  try {
    assertDescription(payload, LIMITS);
    return 'ok';
  } catch (error) {
    if (!(error instanceof SignalingError)) throw error;
    expect(error.code).toBe('invalid-payload');
    return error.message;
  }
}

const ofSdp = (sdp: string) => verdict({ offer: { type: 'offer', sdp } });

describe.each([...NEGOTIATIONS])('MEDIA-1 the descriptions of %s', (_, { descriptions }) => {
  it.each(descriptions)('MEDIA-1 $type passes, however a page carries it', (description) => {
    expect(descriptions.length).toBeGreaterThan(1);
    const peer = { 'peer-id': 'p' };
    const { sdp } = description;
    const carried = [
      { ...peer, offer: description },
      { ...peer, description },
      { ...peer, ...description },
      { ...peer, sdp: description },
      { ...peer, data: { signal: { description } } },
      { ...peer, offer: JSON.stringify(description) },
      { ...peer, offer: sdp },
      { ...peer, sdp: sdp.replaceAll('\r\n', '\n') },
      { ...peer, sdp: sdp.trimEnd() },
    ];
    expect(carried.map(verdict)).toEqual(carried.map(() => 'ok'));
  });
});

describe('MEDIA-1 wherever a description is carried', () => {
  const bad = `${SDP}a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:key\r\n`;

  it.each([
    { sdp: bad },
    { offer: { type: 'offer', sdp: bad } },
    { answer: { type: 'answer', sdp: bad } },
    { anything: { at: { all: { sdp: bad } } } },
    {
      list: [
        { type: 'offer', sdp: SDP },
        { type: 'offer', sdp: bad },
      ],
    },
    { sdp: [SDP, bad] },
    { offer: bad },
    { offer: JSON.stringify({ type: 'offer', sdp: bad }) },
    { offer: `\n {"type":"offer","\\u0073dp":${JSON.stringify(bad)}}` },
    { sdp: { type: 'offer', sdp: bad } },
    { offer: { sdp: bad } },
    { offer: { type: 7, sdp: bad } },
  ])('MEDIA-1 it is found in %j', (payload) => {
    expect(verdict(payload)).toContain('keys');
  });

  it('MEDIA-1 all else is opaque', () => {
    const others = [
      {},
      { 'peer-id': 'p', note: 'a=crypto:1' },
      { offer: null },
      { sdp: null },
      { sdp: 7 },
      { metadata: { version: 'v=0', text: 'x\0y' } },
      { blob: 'x'.repeat(60_000) },
    ];
    expect(others.map(verdict)).toEqual(others.map(() => 'ok'));
  });

  it('MEDIA-1 a rollback has an empty one', () => {
    expect(verdict({ description: { type: 'rollback', sdp: '' } })).toBe('ok');
    expect(verdict({ description: { type: 'rollback' } })).toBe('ok');
  });
});

describe('MEDIA-2 at most 32 KiB', () => {
  const padded = (bytes: number, filler: string) => {
    const rest = bytes - SDP.length - 'i=\r\n'.length;
    return `${SDP}i=${filler.repeat(rest / Buffer.byteLength(filler))}\r\n`;
  };

  it('MEDIA-2 exactly 32 KiB pass', () => {
    expect(ofSdp(padded(32_768, 'x'))).toBe('ok');
    expect(Buffer.byteLength(padded(32_768, 'x'))).toBe(32_768);
  });

  it('MEDIA-2 one byte more does not', () => {
    expect(ofSdp(padded(32_769, 'x'))).toContain('32768 bytes');
  });

  it('MEDIA-2 bytes count, not characters', () => {
    expect(ofSdp(`${SDP}i=${'é'.repeat(16_300)}\r\n`)).toBe('ok');
    expect(ofSdp(`${SDP}i=${'é'.repeat(16_400)}\r\n`)).toContain('32768 bytes');
  });
});

describe('MEDIA-3 well-formed lines', () => {
  it.each([
    ['no first line', 's=-\r\n'],
    ['another version', 'v=1\r\no=-\r\n'],
    ['a space before it', ' v=0\r\no=-\r\n'],
    ['a byte order mark before it', `\uFEFF${SDP}`],
    ['nothing but a version, without an end', 'v=0'],
    ['not SDP at all', 'hello'],
  ])('MEDIA-3 %s', (_, sdp) => {
    expect(ofSdp(sdp)).toContain('begin with v=0');
  });

  it.each([
    ['an empty line', '\r\n'],
    ['a line that is no assignment', 'hello\r\n'],
    ['a capital letter', 'A=b\r\n'],
    ['a digit', '1=b\r\n'],
    ['what comes before the letters', '`=b\r\n'],
    ['what comes after the letters', '{=b\r\n'],
    ['two letters', 'aa=b\r\n'],
    ['no letter', '=b\r\n'],
    ['a space before it', ' a=b\r\n'],
    ['a space before the equals sign', 'a =b\r\n'],
    ['nothing behind the equals sign', 'a=\r\n'],
    ['a letter alone', 'a'],
    ['another equals sign', 'a＝b\r\n'],
  ])('MEDIA-3 %s', (_, line) => {
    expect(ofSdp(SDP + line)).toBe('Line 5 of a session description is not like a=value.');
    expect(ofSdp(`${SDP}a=b\r\n${line}a=c\r\n`)).toContain('Line 6');
  });

  it.each([
    ['NUL', '\0'],
    ['a tab', '\t'],
    ['an escape', '\x1b'],
    ['a vertical tab', '\v'],
    ['delete', '\x7f'],
    ['a next line', '\x85'],
    ['the last control character', '\x9f'],
    ['a carriage return alone', '\r'],
    ['two carriage returns', '\r\r\n'],
  ])('MEDIA-3 %s within a line', (_, control) => {
    expect(ofSdp(`${SDP}a=b${control}c\r\n`)).toContain('Line 5');
  });

  it('MEDIA-3 a carriage return at the very end', () => {
    expect(ofSdp(`${SDP}a=b\r`)).toContain('Line 5');
  });

  it('MEDIA-3 letters of all languages pass', () => {
    expect(ofSdp(`${SDP}i=Sprechstunde für Łucja, 診察\r\n`)).toBe('ok');
  });
});

describe('MEDIA-4 no keys', () => {
  it.each([
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj',
    'a=crypto:',
    'a=crypto',
    'a=crypto 1',
    'k=clear:password',
    'k=prompt',
  ])('MEDIA-4 «%s» is refused', (line) => {
    expect(ofSdp(`${SDP}${line}\r\n`)).toContain('keys');
    expect(ofSdp(`${SDP}m=audio 9 RTP/SAVPF 0\n${line}\na=mid:0\n`)).toContain('keys');
  });

  it('MEDIA-4 the word elsewhere is none', () => {
    expect(ofSdp(`${SDP}i=a=crypto\r\na=x-crypto:1\r\na=note a=crypto:1\r\n`)).toBe('ok');
  });

  it('MEDIA-4 what is refused does not come back in the error', () => {
    expect(ofSdp(`${SDP}a=crypto:1 SECRET\r\n`)).not.toContain('SECRET');
    expect(ofSdp(`${SDP}SECRET\r\n`)).not.toContain('SECRET');
  });
});

describe('MEDIA-8 a description costs time in proportion to its size', () => {
  it.each([
    ['one line', `${SDP}a=${'a'.repeat(32_000)}\r\n`],
    ['many lines', SDP + 'a=b\n'.repeat(8_000)],
    ['many carriage returns', SDP + 'a=b\r'.repeat(8_000)],
    ['many equals signs', `${SDP}a${'='.repeat(32_000)}`],
    ['spaces', ' '.repeat(32_000)],
    ['brackets', `${'['.repeat(30)}${'[],'.repeat(10_000)}`],
    ['an open brace after spaces', `${' '.repeat(32_000)}{`],
  ])('MEDIA-8 %s', (_, sdp) => {
    const before = process.cpuUsage();
    verdict({ sdp });
    // Of the processor, not of the clock: other tests run beside this one. In microseconds.
    expect(process.cpuUsage(before).user).toBeLessThan(250_000);
  });
});
