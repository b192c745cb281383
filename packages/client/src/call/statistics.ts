/** What a support desk wants to know of one connection, without anybody's id or address. */
export interface CallStatistics {
  connection: string;
  /** `host`, `srflx`, `prflx` or `relay`, of this end and the other (RFC 8445). */
  path: string;
  protocol: string;
  roundTripMs: number | null;
  received: { kind: string; bytes: number; lost: number; frames: string }[];
  sent: { kind: string; bytes: number; limitedBy: string; frames: string }[];
}

/** The few figures of a report (W3C WebRTC Statistics) that tell what is wrong. */
export function summaryOf(stats: RTCStatsReport, connection: string): CallStatistics {
  const all = [...stats.values()];
  const transport = all.find(({ type }) => type === 'transport');
  const pair = stats.get(transport?.selectedCandidatePairId);
  const [near, far] = [pair?.localCandidateId, pair?.remoteCandidateId].map((id) => stats.get(id));
  const frames = ({ frameWidth, frameHeight, framesPerSecond }: Record<string, number>) =>
    frameWidth === undefined ? '' : `${frameWidth}×${frameHeight} ${framesPerSecond ?? 0}/s`;
  const roundTrip = pair?.currentRoundTripTime;
  return {
    connection,
    path: `${near?.candidateType ?? '–'} – ${far?.candidateType ?? '–'}`,
    protocol: near?.relayProtocol ?? near?.protocol ?? '–',
    roundTripMs: roundTrip === undefined ? null : Math.round(roundTrip * 1000),
    received: all
      .filter(({ type }) => type === 'inbound-rtp')
      .map((one) => ({
        kind: one.kind,
        bytes: one.bytesReceived ?? 0,
        lost: one.packetsLost ?? 0,
        frames: frames(one),
      })),
    sent: all
      .filter(({ type }) => type === 'outbound-rtp')
      .map((one) => ({
        kind: one.kind,
        bytes: one.bytesSent ?? 0,
        limitedBy: one.qualityLimitationReason ?? 'none',
        frames: frames(one),
      })),
  };
}
