import { PROTOCOL_VERSION, type Role, type ServerEvents } from '@telemedicine-signaling/protocol';
import type { Client } from '../data/session-data.ts';
import { type IceServers, iceFields } from '../ice/ice-servers.ts';

export interface WelcomeParts {
  ice: IceServers;
  windows: Readonly<Record<Role, number>>;
  /** The limits that a client can run into, as `welcome` names them. */
  publicLimits: ServerEvents['welcome']['limits'];
}

/** What a page can rely on beyond the events of the first server of this name. */
const FEATURES = [
  'resume',
  'heard',
  'ice-servers',
  'refresh-token',
  'call-next',
  'hold',
  'transfer',
  'message-to-waiting',
  'priority',
  'ready',
  'call-report',
];

/** The first event on every connection (SPEC GATE-4). */
export const welcome = (
  { ice, windows, publicLimits }: WelcomeParts,
  client: Client,
  resumeToken: string,
  { resumed, missed }: { resumed: boolean; missed: boolean },
): ServerEvents['welcome'] => ({
  'client-id': client.id,
  role: client.role,
  'namespace-id': client.namespaceId,
  'resume-token': resumeToken,
  resumed,
  ...(missed ? { resynchronise: true } : {}),
  'window-seconds': windows[client.role] / 1000,
  protocol: PROTOCOL_VERSION,
  features: FEATURES,
  ...iceFields(ice.forClient(client.id)),
  polite: 'greater-client-id',
  limits: publicLimits,
});
