import { expect, it } from 'vitest';
import { qualityBetween, type Reading, read, worse } from './quality.ts';

const START: Reading = {
  bytes: 1000,
  received: 100,
  lost: 0,
  roundTrip: 0.02,
  relayed: false,
  limitedBy: undefined,
  encoded: 58,
};
const after = (change: Partial<Reading>): Reading => ({
  ...START,
  bytes: 9000,
  received: 200,
  encoded: 60,
  ...change,
});

it.each([
  [{}, { level: 'good', relayed: false }],
  [{ relayed: true }, { level: 'good', relayed: true }],
  [
    { received: 196, lost: 4 },
    { level: 'fair', reason: 'loss', relayed: false },
  ],
  [
    { received: 185, lost: 15 },
    { level: 'poor', reason: 'loss', relayed: false },
  ],
  [{ roundTrip: 0.35 }, { level: 'fair', reason: 'delay', relayed: false }],
  [{ roundTrip: 0.9 }, { level: 'poor', reason: 'delay', relayed: false }],
  [{ limitedBy: 'cpu' }, { level: 'fair', reason: 'cpu', relayed: false }],
  [{ limitedBy: 'bandwidth' }, { level: 'fair', reason: 'bandwidth', relayed: false }],
  [
    { limitedBy: 'bandwidth', encoded: 4 },
    { level: 'good', relayed: false },
  ],
  [
    { bytes: 1000, received: 100 },
    { level: 'poor', reason: 'no-data', relayed: false },
  ],
] as const)('CALL-7 %j is %j', (change, quality) => {
  expect(qualityBetween(START, after(change), true)).toEqual(quality);
});

it('CALL-7 nothing is missing from who sends nothing', () => {
  expect(qualityBetween(START, START, false).level).toBe('good');
});

it('CALL-7 the worst of all counts', () => {
  const poor = { level: 'poor', reason: 'loss', relayed: true } as const;
  const good = { level: 'good', relayed: false } as const;
  expect(worse(good, poor)).toBe(poor);
  expect(worse(poor, good)).toBe(poor);
  expect(worse(null, good)).toBe(good);
});

it('CALL-7 reads round trip and relay off the pair in use', () => {
  const stats = new Map<string, object>([
    ['t', { type: 'transport', selectedCandidatePairId: 'p' }],
    ['p', { currentRoundTripTime: 0.1, localCandidateId: 'l', remoteCandidateId: 'r' }],
    ['l', { candidateType: 'host' }],
    ['r', { candidateType: 'relay' }],
    [
      'o',
      {
        type: 'outbound-rtp',
        qualityLimitationReason: 'none',
        qualityLimitationDurations: { none: 4, bandwidth: 2.5 },
      },
    ],
    ['i', { type: 'inbound-rtp', bytesReceived: 7, packetsReceived: 3, packetsLost: 1 }],
  ]);
  expect(read(stats as unknown as RTCStatsReport)).toEqual({
    bytes: 7,
    received: 3,
    lost: 1,
    roundTrip: 0.1,
    relayed: true,
    limitedBy: undefined,
    encoded: 6.5,
  });
});
