import { ID_PATTERN, ROLES, type Role } from '@telemedicine-signaling/protocol';
import { z } from 'zod';
import { SignalingError } from '../errors/signaling-error.ts';

/** What an access token says of whoever shows it (SPEC AUTH-23 … AUTH-26). */
export interface AccessClaims {
  /** Who it is, in the hospital's own words: 1 to 128 characters. */
  readonly subject: string;
  readonly role: Role;
  /** Namespace ids, or `*` for all of them: that one for `service` only. */
  readonly namespaces: readonly string[];
  /** The only room that it is good for. */
  readonly room?: string;
  readonly urgent?: boolean;
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly expiresAt: number;
  readonly tokenId?: string;
}

export const ANY_NAMESPACE = '*';

/** Characters are Unicode code points; control characters and halves of a surrogate pair are none. */
const plainText = z.string().regex(/^[^\p{Cc}\p{Cs}]{1,128}$/u, {
  error: 'is 1 to 128 characters, without control characters',
});
const id = z.string().regex(ID_PATTERN, {
  error: 'is 1 to 128 characters of A–Z a–z 0–9 . _ ~ @ : -',
});

/** The form of each claim, for whoever reads tokens and whoever makes them. */
export const claimForms = {
  subject: plainText,
  role: z.enum(ROLES, { error: `is one of ${ROLES.join(', ')}` }),
  namespaces: z
    .array(z.union([z.literal(ANY_NAMESPACE), id], { error: 'are ids' }))
    .min(1)
    .max(100),
  room: id.optional(),
  urgent: z.boolean().optional(),
  tokenId: plainText.optional(),
};

/** A service may be for all namespaces; nobody else (SPEC AUTH-25). */
export const mayCover = (role: Role, namespaces: readonly string[]): boolean =>
  role === 'service' || !namespaces.includes(ANY_NAMESPACE);

const payloadSchema = z
  .object({
    sub: claimForms.subject,
    role: claimForms.role,
    namespace: claimForms.namespaces.element.optional(),
    namespaces: claimForms.namespaces.optional(),
    room: claimForms.room,
    urgent: claimForms.urgent,
    jti: claimForms.tokenId,
    aud: z.union([z.string(), z.array(z.string())]),
    exp: z.number(),
    iat: z.number().optional(),
    nbf: z.number().optional(),
  })
  .refine((claims) => (claims.namespace === undefined) !== (claims.namespaces === undefined), {
    path: ['namespaces'],
  })
  .refine((claims) => mayCover(claims.role, namespacesOf(claims)), { path: ['namespaces'] });

interface Namespaces {
  namespace?: string | undefined;
  namespaces?: readonly string[] | undefined;
}

/** A backend that knows one namespace may name it as text. */
function namespacesOf({ namespace, namespaces = [] }: Namespaces): readonly string[] {
  return namespace === undefined ? namespaces : [namespace];
}

/**
 * The claims of a token whose signature is proven; `issuedAt` in seconds.
 * @throws SignalingError `token-invalid`, naming the claims that are not in form
 */
export function readAccessClaims(payload: unknown): { claims: AccessClaims; issuedAt?: number } {
  const result = payloadSchema.safeParse(payload);
  if (!result.success) {
    const names = new Set(result.error.issues.map(({ path }) => String(path[0] ?? 'claims')));
    throw badClaims([...names]);
  }
  const { sub, role, room, urgent, jti, exp, iat } = result.data;
  const claims: AccessClaims = {
    subject: sub,
    role,
    namespaces: namespacesOf(result.data),
    expiresAt: Math.floor(exp * 1000),
    ...(room !== undefined && { room }),
    ...(urgent !== undefined && { urgent }),
    ...(jti !== undefined && { tokenId: jti }),
  };
  return { claims, ...(iat !== undefined && { issuedAt: iat }) };
}

/** Names only: what the claims hold may be a person's. */
export const badClaims = (names: readonly string[]): SignalingError =>
  new SignalingError(
    'token-invalid',
    `The access token is signed well, but not valid here: look at ${names.join(', ')}.`,
  );
