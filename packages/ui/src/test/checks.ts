import {
  checkRelay,
  fetchIceServers,
  openMedia,
  type RelayTransport,
  type TokenSource,
} from '@telemedicine-signaling/client';

export type CheckName =
  | 'browser'
  | 'microphone'
  | 'camera'
  | 'server'
  | 'websocket'
  | RelayTransport;
export type Result = 'good' | 'bad' | 'none';

export interface CheckParts {
  server: string;
  token?: TokenSource | undefined;
}

const PATIENCE_MS = 8000;

const whether = (is: boolean): Result => (is ? 'good' : 'bad');

async function opens(want: { audio?: boolean; video?: boolean }): Promise<Result> {
  try {
    const stream = await openMedia(want);
    for (const track of stream.getTracks()) track.stop();
    return 'good';
  } catch {
    return 'bad';
  }
}

/** A WebSocket of the server's own kind; it needs no practice and no token to be opened (Engine.IO 4). */
function opensWebSocket(server: string): Promise<Result> {
  return new Promise((resolve) => {
    const address = `${server.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`;
    const socket = new WebSocket(address);
    const timer = setTimeout(() => done('bad'), PATIENCE_MS);
    const done = (result: Result) => {
      clearTimeout(timer);
      socket.close();
      resolve(result);
    };
    socket.onmessage = () => done('good');
    socket.onerror = () => done('bad');
  });
}

async function relay(parts: CheckParts, transport: RelayTransport): Promise<Result> {
  const { iceServers } = await fetchIceServers(parts);
  const reach = await checkRelay(iceServers, transport);
  return reach === 'not-configured' ? 'none' : whether(reach === 'reachable');
}

/** What is looked at, in this order (SPEC UI-50). */
export const CHECKS: Readonly<Record<CheckName, (parts: CheckParts) => Promise<Result>>> = {
  browser: async () =>
    whether(isSecureContext && 'RTCPeerConnection' in window && 'mediaDevices' in navigator),
  microphone: () => opens({ audio: true }),
  camera: () => opens({ video: true }),
  server: async ({ server }) =>
    whether((await fetch(`${server}/`, { headers: { Accept: 'application/json' } })).ok),
  websocket: ({ server }) => opensWebSocket(server),
  udp: (parts) => relay(parts, 'udp'),
  tcp: (parts) => relay(parts, 'tcp'),
  tls: (parts) => relay(parts, 'tls'),
};
