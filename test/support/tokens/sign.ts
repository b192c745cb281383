import { createHmac, type KeyObject, sign as signBytes } from 'node:crypto';

/**
 * Makes tokens, well-formed and not, with node:crypto alone: what is verified with jose must not be
 * signed with jose only.
 */
export type Signer = (input: string) => Uint8Array;

export interface Wanted {
  /** An object is written as JSON; a string or bytes stand as they are. */
  header?: unknown;
  payload: unknown;
  signer: Signer;
}

export const hmac =
  (secret: string | Uint8Array, hash = 'sha256'): Signer =>
  (input) =>
    createHmac(hash, secret).update(input).digest();

export const rsa =
  (key: KeyObject, hash = 'sha256'): Signer =>
  (input) =>
    signBytes(hash, Buffer.from(input), key);

export const rsaPss =
  (key: KeyObject): Signer =>
  (input) =>
    signBytes('sha256', Buffer.from(input), { key, padding: 6, saltLength: 32 });

export const ecdsa =
  (key: KeyObject, dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363'): Signer =>
  (input) =>
    signBytes('sha256', Buffer.from(input), { key, dsaEncoding });

export const eddsa =
  (key: KeyObject): Signer =>
  (input) =>
    signBytes(null, Buffer.from(input), key);

export const noSignature: Signer = () => new Uint8Array();

export const base64url = (part: unknown): string => {
  if (part instanceof Uint8Array) return Buffer.from(part).toString('base64url');
  const text = typeof part === 'string' ? part : JSON.stringify(part);
  return Buffer.from(text).toString('base64url');
};

/** The compact form: header.payload.signature. */
export function sign({ header = { alg: 'HS256', typ: 'JWT' }, payload, signer }: Wanted): string {
  const input = `${base64url(header)}.${base64url(payload)}`;
  return `${input}.${base64url(signer(input))}`;
}
