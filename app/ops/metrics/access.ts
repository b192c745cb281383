import type { Access } from '../../auth/access.ts';
import { SignalingError } from '../../errors/signaling-error.ts';
import type { Counts } from './counts.ts';

const TOKEN_CODES = [
  'token-missing',
  'token-invalid',
  'token-expired',
  'token-not-yet-valid',
] as const;

/** The same access: tokens that let nobody in are counted. */
export const countedAccess = (access: Access, counts: Counts): Access => ({
  mode: access.mode,
  async identify(token) {
    try {
      return await access.identify(token);
    } catch (error) {
      const code = error instanceof SignalingError ? error.code : undefined;
      const counted = TOKEN_CODES.find((known) => known === code);
      if (counted !== undefined) counts.tokenErrors.add(counted);
      throw error;
    }
  },
});
