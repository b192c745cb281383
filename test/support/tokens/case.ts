import type { ErrorCode } from '@telemedicine-signaling/protocol';
import type { KeyChoice } from './world.ts';

type TokenCode = Extract<ErrorCode, `token-${string}`>;

/** One token, the keys it is held against, and what has to come of it. */
export interface TokenCase {
  name: string;
  token: unknown;
  keys: KeyChoice;
  is: 'accepted' | TokenCode;
}

type Row = readonly [what: string, token: unknown, keys?: KeyChoice];

/** Cases of one rule that all end alike; without a choice of keys they meet the shared secret. */
export const cases = (rule: string, is: TokenCase['is'], rows: readonly Row[]): TokenCase[] =>
  rows.map(([what, token, keys = 'secret']) => ({
    name: `${rule} ${is === 'accepted' ? 'lets in' : `${is} for`} ${what}`,
    token,
    keys,
    is,
  }));
