import fc from 'fast-check';
import { NEGOTIATIONS } from '../support/sdp-fixtures.ts';
import { mutated } from './junk.ts';

const negotiations = [...NEGOTIATIONS.values()];
const SDPS = negotiations.flatMap(({ descriptions }) => descriptions.map(({ sdp }) => sdp));
const CANDIDATES = [
  ...negotiations.flatMap(({ candidates }) => candidates.map((one) => one?.candidate ?? '')),
  'candidate:1 1 udp 1 2001:db8::1 1 typ srflx raddr :: rport 9 generation 0 ufrag a/b+',
];

/** Session descriptions as browsers send them. */
export const goodSdp = fc.constantFrom(...SDPS);
/** Candidates as browsers send them. */
export const goodCandidate = fc.constantFrom(...CANDIDATES);

const SDP_WORDS = [
  ...['v=0\r\n', 'v=0\n', 'v=1\r\n', 's=\r\n', 'a=\r\n', '=\r\n', 'A=b\r\n', 'ä=b\r\n', 'a =b\r\n'],
  ...['k=clear:x\r\n', 'k=prompt\r\n', 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n'],
  ...[
    'a=crypto',
    'a=Crypto:1',
    'a=cryptox:1',
    '\r',
    '\n',
    '\r\n\r\n',
    '\n\r',
    'm=audio 9 RTP 0\r\n',
  ],
  ...['a=candidate:1 1 udp 1 10.0.0.1 1 typ host\r\n', `a=x:${'y'.repeat(3000)}\r\n`],
];

const CANDIDATE_WORDS = [
  ...[
    'a=',
    'candidate:',
    ' ',
    '  ',
    ' typ ',
    ' host',
    ' raddr 10.0.0.1',
    ' rport 1',
    ' rport 70000',
  ],
  ...['::1', 'fe80::1%eth0', '[::1]', '1.2.3', '1.2.3.4.5', '256.1.1.1', 'x.local', '-x.local'],
  ...['x-.local', 'a..b', '.', ' 65536 ', ' 99999 ', ' 0 ', ' -1 ', ' tcp ', ' network-cost 50'],
  ...[' generation 0', ' a b', ' a', '\r\na=crypto:1', 'é', 'l'.repeat(64), 'a.'.repeat(120)],
];

export const badSdp = mutated(goodSdp, SDP_WORDS);
export const badCandidate = mutated(goodCandidate, CANDIDATE_WORDS);
