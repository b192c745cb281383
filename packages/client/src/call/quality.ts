/** How well a call goes (SPEC CALL-7). */
export interface Quality {
  level: 'good' | 'fair' | 'poor';
  /** What is worst about it; absent while it is good. */
  reason?: 'loss' | 'delay' | 'bandwidth' | 'cpu' | 'no-data';
  /** Whether it goes over a TURN server. */
  relayed: boolean;
}

/** What the levels are made of, between two looks. */
export interface Reading {
  /** Bytes received since the call began. */
  bytes: number;
  received: number;
  lost: number;
  /** Seconds there and back; undefined while unknown. */
  roundTrip: number | undefined;
  relayed: boolean;
  limitedBy: string | undefined;
  /** For how long picture has been encoded, in seconds. */
  encoded: number;
}

/** In its first seconds every call is limited by bandwidth: the browser finds out how much there is. */
const RAMP_SECONDS = 15;

/** Share of packets lost, and seconds there and back, from which on talking becomes work, or hard. */
const FAIR = { loss: 0.03, roundTrip: 0.3 };
const POOR = { loss: 0.1, roundTrip: 0.7 };

/** Reads the statistics of a connection (W3C WebRTC Statistics). */
export function read(stats: RTCStatsReport): Reading {
  const reading: Reading = {
    bytes: 0,
    received: 0,
    lost: 0,
    roundTrip: undefined,
    relayed: false,
    limitedBy: undefined,
    encoded: 0,
  };
  for (const one of stats.values()) {
    if (one.type === 'inbound-rtp') {
      reading.bytes += one.bytesReceived ?? 0;
      reading.received += one.packetsReceived ?? 0;
      reading.lost += one.packetsLost ?? 0;
    } else if (one.type === 'outbound-rtp' && one.qualityLimitationReason) {
      const why = one.qualityLimitationReason;
      if (why !== 'none') reading.limitedBy = why;
      const times: Record<string, number> = one.qualityLimitationDurations ?? {};
      const encoded = Object.values(times).reduce((sum, seconds) => sum + seconds, 0);
      reading.encoded = Math.max(reading.encoded, encoded);
    } else if (one.type === 'transport' && one.selectedCandidatePairId) {
      const pair = stats.get(one.selectedCandidatePairId);
      reading.roundTrip = pair?.currentRoundTripTime;
      const ends = [pair?.localCandidateId, pair?.remoteCandidateId].map((id) => stats.get(id));
      reading.relayed = ends.some((end) => end?.candidateType === 'relay');
    }
  }
  return reading;
}

/** How it went between two readings. `expectsMedia`: whether the other side sends anything. */
export function qualityBetween(before: Reading, now: Reading, expectsMedia: boolean): Quality {
  const lost = Math.max(0, now.lost - before.lost);
  const all = lost + Math.max(0, now.received - before.received);
  const loss = all === 0 ? 0 : lost / all;
  const delay = now.roundTrip ?? 0;
  const { relayed } = now;
  if (expectsMedia && now.bytes === before.bytes)
    return { level: 'poor', reason: 'no-data', relayed };
  if (loss >= POOR.loss) return { level: 'poor', reason: 'loss', relayed };
  if (delay >= POOR.roundTrip) return { level: 'poor', reason: 'delay', relayed };
  if (loss >= FAIR.loss) return { level: 'fair', reason: 'loss', relayed };
  if (delay >= FAIR.roundTrip) return { level: 'fair', reason: 'delay', relayed };
  if (now.limitedBy === 'bandwidth' && now.encoded > RAMP_SECONDS)
    return { level: 'fair', reason: 'bandwidth', relayed };
  if (now.limitedBy === 'cpu') return { level: 'fair', reason: 'cpu', relayed };
  return { level: 'good', relayed };
}

const ORDER = ['good', 'fair', 'poor'];

/** The worse of two. */
export const worse = (a: Quality | null, b: Quality | null): Quality | null =>
  a === null || (b !== null && ORDER.indexOf(b.level) > ORDER.indexOf(a.level)) ? b : a;
