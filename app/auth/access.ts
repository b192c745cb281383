import type { Role } from '@telemedicine-signaling/protocol';
import { ANY_NAMESPACE } from './access-claims.ts';
import type { TokenVerifier } from './access-token.ts';

/** Who is on the other side, as far as the server knows. */
export interface Identity {
  role: Role;
  /** Who it is in the hospital's words; `null` in open access. */
  subject: string | null;
  /** The namespaces it may be in; `null` in open access: all of them. */
  namespaces: readonly string[] | null;
  /** The only room that it may be in; `null`: any. */
  room: string | null;
  /** Whether its waiting comes before that of others. */
  urgent: boolean;
  /** Milliseconds since 1970-01-01T00:00Z; `null` in open access. */
  expiresAt: number | null;
}

/** How the server tells who comes: by what they say, or by access tokens. */
export interface Access {
  readonly mode: 'open' | 'jwt';
  /** @throws SignalingError `token-missing`, `token-invalid`, `token-expired`, `token-not-yet-valid` */
  identify(token: unknown): Promise<Identity>;
}

/** Before it has said what it is, a client in open access is a guest. */
export const SOMEBODY: Identity = {
  role: 'guest',
  subject: null,
  namespaces: null,
  room: null,
  urgent: false,
  expiresAt: null,
};

/** Whoever can reach the server can come in, and is what it says (SPEC AUTH-2). */
export const openAccess: Access = { mode: 'open', identify: async () => SOMEBODY };

/** Everybody shows an access token (SPEC AUTH-3). */
export const tokenAccess = (verifier: TokenVerifier): Access => ({
  mode: 'jwt',
  async identify(token) {
    const { subject, role, namespaces, room, urgent, expiresAt } = await verifier.verify(token);
    return { subject, role, namespaces, room: room ?? null, urgent: urgent ?? false, expiresAt };
  },
});

/** Whether the identity is for this namespace. */
export const covers = ({ namespaces }: Identity, namespaceId: string): boolean =>
  namespaces === null || namespaces.includes(namespaceId) || namespaces.includes(ANY_NAMESPACE);

/** Whether the identity may be in this room: one that is pinned to a room may be in no other. */
export const mayBeIn = ({ room }: Identity, roomId: string): boolean =>
  room === null || room === roomId;
