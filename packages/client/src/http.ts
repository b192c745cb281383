import { type TokenSource, tokenFrom } from './access.ts';
import { SignalingError } from './signaling-error.ts';

export interface ServerOptions {
  /** Origin of the signaling server; by default the page's own. */
  server?: string | undefined;
  token?: TokenSource | undefined;
}

/** The signaling server's origin, without a slash at the end. */
export const originOf = ({ server }: Pick<ServerOptions, 'server'>): string =>
  (server ?? location.origin).replace(/\/+$/, '');

async function ask<T>(options: ServerOptions, path: string, body?: object): Promise<T> {
  const token = await tokenFrom(options.token);
  const response = await fetch(originOf(options) + path, {
    headers: {
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  }).catch(() => {
    throw SignalingError.from(undefined);
  });
  const answer = await response.json().catch(() => undefined);
  if (!response.ok) throw SignalingError.from(answer);
  return answer;
}

/**
 * STUN and TURN servers for this page (SPEC ICE-2).
 * @throws SignalingError
 */
export async function fetchIceServers(
  options: ServerOptions,
): Promise<{ iceServers: RTCIceServer[]; expiresAt: Date | null }> {
  const answer = await ask<{ 'ice-servers': RTCIceServer[]; 'ice-expires-at': string | null }>(
    options,
    '/api/v1/ice-servers',
  );
  const until = answer['ice-expires-at'];
  return { iceServers: answer['ice-servers'], expiresAt: until === null ? null : new Date(until) };
}

/**
 * Makes an access token of an invitation, which is good once (SPEC AUTH-8).
 * @throws SignalingError `token-invalid`: it is unknown, used or too old
 */
export async function redeemInvitation(
  options: Pick<ServerOptions, 'server'> & { invitation: string },
): Promise<{ token: string; expiresAt: Date }> {
  const { invitation, server } = options;
  const answer = await ask<{ token: string; 'expires-at': string }>(
    { server },
    '/api/v1/invitations/redeem',
    { invitation },
  );
  return { token: answer.token, expiresAt: new Date(answer['expires-at']) };
}

/**
 * Makes sure that a practice is there (SPEC HTTP-3).
 * @throws SignalingError `not-allowed`: only the hospital's backend may, where there are access tokens
 */
export async function createNamespace(
  options: ServerOptions & { namespaceId: string },
): Promise<void> {
  await ask(options, '/api/create-namespace', { namespaceId: options.namespaceId });
}
