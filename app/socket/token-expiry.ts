import { ERRORS } from '@telemedicine-signaling/protocol';
import type { Directory } from './directory.ts';

/** How long a connection goes on after its access token has expired, in milliseconds (SPEC AUTH-6). */
const GRACE_MS = 25_000;

/**
 * Cuts the connections whose token expired and was not refreshed. Their place is kept for the window:
 * they come back with a new token.
 */
export function cutExpired(directory: Directory, now: number): void {
  const { msg, retry } = ERRORS['token-expired'];
  for (const { socket, identity } of directory.all()) {
    if (socket === null || identity.expiresAt === null) continue;
    if (identity.expiresAt + GRACE_MS > now) continue;
    socket.emit('signaling-error', { event: 'connection', code: 'token-expired', msg, retry });
    socket.disconnect();
  }
}
