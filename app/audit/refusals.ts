import type { ErrorCode } from '@telemedicine-signaling/protocol';

/**
 * The refusals that leave a line (SPEC AUDIT-1): somebody wanted in, or wanted something, that is not
 * theirs. What is only malformed, too late or too early is nobody's wrong.
 */
const AUDITED: ReadonlySet<ErrorCode> = new Set([
  'not-allowed',
  'token-missing',
  'token-invalid',
  'token-expired',
  'token-not-yet-valid',
  'namespace-not-found',
  'namespace-mismatch',
  'room-not-found',
  'room-taken',
  'already-claimed',
  'peer-unreachable',
  'limit-reached',
  'rate-limited',
]);

export const isAudited = (code: ErrorCode): boolean => AUDITED.has(code);
