import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { IceServer, IceSettings } from '../config/ice-settings.ts';
import { opaqueIdOf, turnCredentials } from './turn-credentials.ts';

export interface IceGrant {
  /** For `new RTCPeerConnection({ iceServers })`. */
  iceServers: IceServer[];
  /** Milliseconds since 1970-01-01T00:00Z; `null` if nothing in it expires. */
  expiresAt: number | null;
}

export interface IceServers {
  /**
   * The STUN and TURN servers for one client, with credentials of its own that are good from now for
   * `ttlSeconds` (SPEC ICE-1, ICE-3). Ask again before they expire; earlier ones stay good.
   */
  forClient(clientId: string): IceGrant;
}

/** The grant as `welcome`, an acknowledgement and the HTTP route carry it. */
export const iceFields = ({ iceServers, expiresAt }: IceGrant) => ({
  'ice-servers': iceServers,
  'ice-expires-at': expiresAt === null ? null : new Date(expiresAt).toISOString(),
});

/**
 * Hands out STUN and TURN servers. The names of clients in TURN credentials can be linked to clients
 * by this process only, while it lives (SPEC ICE-4).
 */
export function createIceServers(settings: IceSettings, clock: Clock): IceServers {
  const { static: fixed, turnUrls, ttlSeconds } = settings;
  const [signingSecret] = settings.turnSecrets;
  const namingKey = randomBytes(32);
  return {
    forClient(clientId) {
      if (turnUrls.length === 0 || signingSecret === undefined) {
        return { iceServers: [...fixed], expiresAt: null };
      }
      const expiresAt = Math.floor(clock.now() / 1_000) + ttlSeconds;
      const credentials = turnCredentials(
        signingSecret,
        expiresAt,
        opaqueIdOf(clientId, namingKey),
      );
      const relay = { urls: [...turnUrls], ...credentials };
      return { iceServers: [...fixed, relay], expiresAt: expiresAt * 1_000 };
    },
  };
}
