import type { ErrorCode } from '@telemedicine-signaling/protocol';

/** What the SDK itself can say, beside the codes of the server's table. */
export type ClientErrorCode =
  /** There is no connection, and none came in time. */
  | 'offline'
  /** The server did not answer in time. */
  | 'timeout'
  /** This client has been closed, or goes on elsewhere. */
  | 'closed';

/** A request that failed: `code` for programs, `message` for people, `retry` if trying again can help. */
export class SignalingError extends Error {
  readonly code: ErrorCode | ClientErrorCode;
  readonly retry: boolean;

  constructor(code: ErrorCode | ClientErrorCode, message: string, retry: boolean) {
    super(message);
    this.name = 'SignalingError';
    this.code = code;
    this.retry = retry;
  }

  /** From an answer of the server; what has no known form is `offline`. */
  static from(answer: unknown): SignalingError {
    const { code, msg, retry } = (answer ?? {}) as {
      code?: ErrorCode;
      msg?: string;
      retry?: boolean;
    };
    if (code === undefined)
      return new SignalingError('offline', 'The server cannot be reached.', true);
    return new SignalingError(code, msg ?? code, retry === true);
  }
}
