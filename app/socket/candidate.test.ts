import { describe, expect, it } from 'vitest';
import { NEGOTIATIONS } from '../../test/support/sdp-fixtures.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { assertCandidate, CANDIDATES_PER_NEGOTIATION } from './candidate.ts';

/** How many candidates the payload carries, or why it is refused. */
function verdict(payload: unknown): number | string {
  try {
    return assertCandidate(payload);
  } catch (error) {
    if (!(error instanceof SignalingError)) throw error;
    expect(error.code).toBe('invalid-payload');
    return error.message;
  }
}

const ofCandidate = (candidate: string) => verdict({ 'peer-id': 'p', candidate });
const HOST = 'candidate:1 1 udp 2122194687 192.0.2.2 48769 typ host';
const NOT_OF_FORM = 'A candidate is not of the form of RFC 8839.';

describe.each([...NEGOTIATIONS])('MEDIA-5 the candidates of %s', (_, { candidates }) => {
  it.each(candidates.map((init) => [init?.candidate ?? 'null', init] as const))(
    'MEDIA-5 «%s» passes, however a page carries it',
    (_text, init) => {
      const count = init === null || init.candidate === '' ? 0 : 1;
      const text = init?.candidate ?? '';
      const peer = { 'peer-id': 'p' };
      const carried = [
        { ...peer, candidate: init },
        { ...peer, candidate: text, sdpMid: '0' },
        { ...peer, ...init },
        { ...peer, data: { ice: { candidate: init } } },
        { ...peer, 'ice-candidate': init },
        { ...peer, candidate: text === '' ? '' : JSON.stringify(init) },
        { ...peer, iceCandidate: text },
        { ...peer, candidate: text === '' ? '' : `a=${text}` },
        { ...peer, candidate: text.replace('candidate:', '') },
        { ...peer, candidates: [init] },
      ];
      expect(carried.map(verdict)).toEqual(carried.map(() => count));
    },
  );
});

describe('MEDIA-5 the grammar', () => {
  it.each([
    'candidate:a+/Z09 256 UDP 1 10.0.0.1 65535 typ prflx raddr 10.0.0.2 rport 0',
    'candidate:1 1 tcp 1 10.0.0.1 9 typ host tcptype passive',
    'candidate:1 1 TCP 1 10.0.0.1 9 typ host tcptype so generation 0 ufrag a/b+ network-cost 50',
    'candidate:1 1 udp 1 ::1 1 typ host',
    'candidate:1 1 udp 1 ::ffff:192.0.2.1 1 typ host',
    'candidate:1 1 udp 1 2001:db8:0:1:2:3:4:5 1 typ host',
    'candidate:1 1 udp 1 host.example.org 1 typ srflx raddr host.local rport 1',
    'candidate:1 1 ssltcp 1 10.0.0.1 443 typ x-new raddr :: rport 9 x-ext value!"#$%&()',
    'candidate:1 1 udp 1 10.0.0.1 1 typ relay rport 5',
    `candidate:${'f'.repeat(32)} 1 udp 4294967295 10.0.0.1 1 typ host`,
    `${HOST} note `,
  ])('MEDIA-5 «%s» is a candidate', (candidate) => {
    expect(ofCandidate(candidate)).toBe(1);
  });

  it.each([
    'x',
    'candidate:',
    'candidate',
    'b=candidate:1 1 udp 1 10.0.0.1 1 typ host',
    'Candidate:1 1 udp 1 10.0.0.1 1 typ host',
    'candidate: 1 1 udp 1 10.0.0.1 1 typ host',
    `candidate:${'f'.repeat(33)} 1 udp 1 10.0.0.1 1 typ host`,
    'candidate:1-2 1 udp 1 10.0.0.1 1 typ host',
    'candidate:1 1000 udp 1 10.0.0.1 1 typ host',
    'candidate:1 x udp 1 10.0.0.1 1 typ host',
    'candidate:1 1 u(dp 1 10.0.0.1 1 typ host',
    'candidate:1 1 udp 12345678901 10.0.0.1 1 typ host',
    'candidate:1 1 udp -1 10.0.0.1 1 typ host',
    'candidate:1 1 udp 1 10.0.0.256 1 typ host',
    'candidate:1 1 udp 1 10.0.0 1 typ host',
    'candidate:1 1 udp 1 1.2.3.4.5 1 typ host',
    'candidate:1 1 udp 1 fe80::1%eth0 1 typ host',
    'candidate:1 1 udp 1 2001:db8:::1 1 typ host',
    'candidate:1 1 udp 1 [::1] 1 typ host',
    'candidate:1 1 udp 1 -x.local 1 typ host',
    'candidate:1 1 udp 1 x-.local 1 typ host',
    'candidate:1 1 udp 1 x..local 1 typ host',
    'candidate:1 1 udp 1 x_y.local 1 typ host',
    'candidate:1 1 udp 1 <script> 1 typ host',
    `candidate:1 1 udp 1 ${'a'.repeat(64)}.local 1 typ host`,
    `candidate:1 1 udp 1 ${'a.'.repeat(130)}org 1 typ host`,
    'candidate:1 1 udp 1 10.0.0.1 65536 typ host',
    'candidate:1 1 udp 1 10.0.0.1 typ host',
    'candidate:1 1 udp 1 10.0.0.1 1 host',
    'candidate:1 1 udp 1 10.0.0.1 1 typ',
    'candidate:1 1 udp 1 10.0.0.1 1 typ host raddr 10.0.0.300',
    'candidate:1 1 udp 1 10.0.0.1 1 typ host raddr 10.0.0.1 rport 99999',
    'candidate:1 1 udp 1 10.0.0.1 1 typ host alone',
    'candidate:1  1 udp 1 10.0.0.1 1 typ host',
    ' candidate:1 1 udp 1 10.0.0.1 1 typ host',
    `${HOST} generation 0\t`,
    `${HOST}\r\n`,
    `${HOST}\na=crypto:1 x`,
    `${HOST} note \u00e9`,
    `${HOST} note \0`,
    'candidate:１ 1 udp 1 10.0.0.1 1 typ host',
    'v=0\r\ns=-\r\n',
  ])('MEDIA-5 «%s» is none', (candidate) => {
    expect(ofCandidate(candidate)).toBe(NOT_OF_FORM);
  });
});

describe('MEDIA-5 wherever a candidate is carried', () => {
  const bad = 'candidate:not one';

  it.each([
    { candidate: bad },
    { candidate: 'anything at all' },
    { candidate: { candidate: bad } },
    { candidate: [bad] },
    { candidate: { candidate: [HOST, bad] } },
    { candidate: JSON.stringify({ candidate: bad }) },
    { deep: { er: { candidate: bad } } },
    { other: bad },
    { other: `a=${bad}` },
    { candidates: [{ candidate: HOST }, { candidate: bad }] },
  ])('MEDIA-5 it is found in %j', (payload) => {
    expect(verdict(payload)).toBe(NOT_OF_FORM);
  });

  it('MEDIA-5 all else is opaque, and an empty one ends the list', () => {
    const others = [
      {},
      { candidate: null },
      { candidate: '' },
      { candidate: { candidate: '', sdpMid: '0' } },
      { candidate: 7 },
      { 'peer-id': 'p', note: 'typ host', sdpMid: 'x'.repeat(2_000) },
    ];
    expect(others.map(verdict)).toEqual(others.map(() => 0));
  });

  it('MEDIA-7 those of a batch are counted', () => {
    const candidates = Array.from({ length: 150 }, () => ({ candidate: HOST }));
    expect(verdict({ candidates, last: '' })).toBe(150);
    expect(CANDIDATES_PER_NEGOTIATION).toBe(200);
  });
});

describe('MEDIA-6 at most 1 KiB', () => {
  const padded = (length: number) => `${HOST} note ${'x'.repeat(length - HOST.length - 6)}`;

  it('MEDIA-6 exactly 1,024 characters pass, one more does not', () => {
    expect(ofCandidate(padded(1_024))).toBe(1);
    expect(ofCandidate(padded(1_025))).toContain('1024 characters');
  });
});

describe('MEDIA-8 a candidate costs time in proportion to its size', () => {
  it.each([
    ['many extensions', `${HOST}${' a b'.repeat(230)} \u00e9`],
    ['one long extension', `${HOST} a ${'b'.repeat(900)}\u00e9`],
    ['related addresses', `${HOST}${' raddr 10.0.0.1 rport 1'.repeat(40)}\u00e9`],
    ['a name of many labels', `candidate:1 1 udp 1 ${'a.'.repeat(120)}- 1 typ host`],
    ['a name of hyphens', `candidate:1 1 udp 1 ${'-'.repeat(250)} 1 typ host`],
    ['colons', `candidate:1 1 udp 1 ${':'.repeat(250)} 1 typ host`],
    ['dots', `candidate:1 1 udp 1 ${'1.'.repeat(120)}1 1 typ host`],
    ['groups of an IPv6 address', `candidate:1 1 udp 1 ${'0:'.repeat(120)}0 1 typ host`],
    ['a token without end', `candidate:1 1 ${'u'.repeat(1_000)}`],
    ['spaces', `candidate:${' '.repeat(1_000)}`],
  ])('MEDIA-8 %s', (_, candidate) => {
    const before = process.cpuUsage();
    for (let i = 0; i < 100; i += 1) expect(ofCandidate(candidate)).toBe(NOT_OF_FORM);
    // Of the processor, not of the clock: other tests run beside this one. In microseconds.
    expect(process.cpuUsage(before).user).toBeLessThan(250_000);
  });
});
