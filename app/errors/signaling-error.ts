import { ERRORS, type ErrorCode } from '@telemedicine-signaling/protocol';

/**
 * An error that a client is told of. `detail` replaces the table's sentence where more is known; it
 * must not carry patient data, since it may be logged.
 */
export class SignalingError extends Error {
  readonly code: ErrorCode;
  /** The store cannot be reached for this, and works for all else. */
  isPartial = false;

  constructor(code: ErrorCode, detail?: string) {
    super(detail ?? ERRORS[code].msg);
    this.name = 'SignalingError';
    this.code = code;
  }

  get httpStatus(): number {
    return ERRORS[this.code].http;
  }

  get retry(): boolean {
    return ERRORS[this.code].retry;
  }
}
