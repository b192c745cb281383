import { z } from 'zod';
import { SignalingError } from '../errors/signaling-error.ts';

/** What of a token's header counts. Keys and addresses of keys in it are not even read. */
export interface TokenHeader {
  alg: string;
  kid?: string | undefined;
}

/** Longest token that is looked at, in characters; all of them are ASCII. */
const MAX_TOKEN_LENGTH = 8192;

const THREE_PARTS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

const utf8 = new TextDecoder('utf-8', { fatal: true });

const headerSchema = z.object({
  alg: z.string(),
  kid: z.string().min(1).max(256).optional(),
  /** Other kinds of tokens that the same keys sign (a logout, a proof) are not access tokens. */
  typ: z
    .string()
    .regex(/^(application\/)?(at\+)?jwt$/i)
    .optional(),
  /** An extension that must be understood: none is. */
  crit: z.never().optional(),
});

/**
 * The token as text, and its header (SPEC AUTH-10, AUTH-12, AUTH-13). Nothing is proven yet.
 * @throws SignalingError `token-missing`, `token-invalid`
 */
export function readSignedText(token: unknown): { text: string; header: TokenHeader } {
  if (token === undefined || token === null || token === '')
    throw new SignalingError('token-missing');
  if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH || !THREE_PARTS.test(token))
    throw new SignalingError('token-invalid');
  const parts = token.split('.');
  if (!parts.every(isCanonical)) throw new SignalingError('token-invalid');
  const header = headerSchema.safeParse(readJson(parts[0]));
  if (!header.success) throw new SignalingError('token-invalid');
  return { text: token, header: header.data };
}

/**
 * Refuses claims that a reader could understand in two ways (SPEC AUTH-13).
 * @throws SignalingError `token-invalid`
 */
export function assertClearClaims(text: string): void {
  readJson(text.split('.')[1]);
}

/** Base64url lets several texts stand for the same bytes; only one of them is taken. */
const isCanonical = (part: string): boolean =>
  Buffer.from(part, 'base64url').toString('base64url') === part;

function readJson(part = ''): unknown {
  try {
    const json = utf8.decode(Buffer.from(part, 'base64url'));
    const value: unknown = JSON.parse(json);
    if (!hasRepeatedName(json)) return value;
  } catch {
    // Not UTF-8, or not JSON: refused below, like a repeated name.
  }
  throw new SignalingError('token-invalid');
}

const NAMES_AND_BRACES = /[{}]|("(?:[^"\\]|\\.)*")(\s*:)?/g;

/** Whether an object in this JSON, which has been parsed before, has two members of one name. */
function hasRepeatedName(json: string): boolean {
  const open: Set<string>[] = [];
  for (const [found, text, colon] of json.matchAll(NAMES_AND_BRACES)) {
    if (found === '{') open.push(new Set());
    else if (found === '}') open.pop();
    else if (text !== undefined && colon !== undefined) {
      const names = open.at(-1);
      const name: string = JSON.parse(text);
      if (names?.has(name)) return true;
      names?.add(name);
    }
  }
  return false;
}
