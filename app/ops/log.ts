import { type Logger, pino, stdTimeFunctions } from 'pino';
import { SignalingError } from '../errors/signaling-error.ts';
import { placesOf } from './places.ts';

export interface LogParts {
  level: string;
  /** Readable lines for a person at a terminal, instead of JSON for a log collector. */
  pretty: boolean;
  /** What an operator calls this node: in every line, so that those of several can be told apart. */
  node?: string | undefined;
}

/**
 * The log. Who writes a line names the fields; nothing that a client sent goes into one, and of an
 * error only what our own code says about it (SPEC LOG-1). Which line has which level: docs/LOGS.md.
 */
export function createLogger({ level, pretty, node }: LogParts): Logger {
  return pino({
    level,
    base: node === undefined ? null : { node },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (name) => ({ level: name }) },
    serializers: { err: describeError },
    ...(pretty
      ? {
          transport: {
            target: 'pino-pretty',
            options: { colorize: true, translateTime: 'HH:MM:ss' },
          },
        }
      : {}),
  });
}

/** Messages of our own errors hold nothing that was sent; those of engines and drivers may. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name: type, cause } = error;
  return {
    type,
    ...(error instanceof SignalingError && { code: error.code, message: error.message }),
    // What Node and OpenSSL call it (`ECONNREFUSED`) says nothing else.
    ...('code' in error && /^[A-Z][A-Z0-9_]*$/.test(String(error.code)) && { code: error.code }),
    at: placesOf(error),
    ...(cause !== undefined && { cause: describeError(cause) }),
  };
}
