export type RelayTransport = 'udp' | 'tcp' | 'tls';
export type RelayReach = 'reachable' | 'unreachable' | 'not-configured';

const PATIENCE_MS = 10_000;

/** Of which transport a TURN address is (RFC 7065). */
export function transportOf(url: string): RelayTransport | undefined {
  if (url.startsWith('turns:')) return 'tls';
  if (!url.startsWith('turn:')) return undefined;
  return /[?&]transport=tcp\b/.test(url) ? 'tcp' : 'udp';
}

/** Whether a TURN server gives out a relayed address over this transport. */
export async function checkRelay(
  iceServers: readonly RTCIceServer[],
  transport: RelayTransport,
): Promise<RelayReach> {
  const servers = iceServers
    .map((server) => ({
      ...server,
      urls: [server.urls].flat().filter((url) => transportOf(url) === transport),
    }))
    .filter(({ urls }) => urls.length > 0);
  if (servers.length === 0) return 'not-configured';
  const connection = new RTCPeerConnection({ iceServers: servers, iceTransportPolicy: 'relay' });
  try {
    connection.createDataChannel('check');
    return await new Promise<RelayReach>((resolve) => {
      connection.onicecandidate = ({ candidate }) => {
        if (candidate === null) resolve('unreachable');
        else if (candidate.type === 'relay') resolve('reachable');
      };
      setTimeout(() => resolve('unreachable'), PATIENCE_MS);
      void connection.setLocalDescription();
    });
  } finally {
    connection.close();
  }
}

/** Whether any of these relays can be reached; undefined where there is none. */
export async function reachesRelay(
  iceServers: readonly RTCIceServer[],
): Promise<boolean | undefined> {
  const transports = ['udp', 'tcp', 'tls'] as const;
  const all = await Promise.all(transports.map((one) => checkRelay(iceServers, one)));
  const configured = all.filter((reach) => reach !== 'not-configured');
  return configured.length === 0 ? undefined : configured.includes('reachable');
}
