import { type Logger, pino } from 'pino';

export interface LogParts {
  level: string;
  /** Readable lines for a person at a terminal, instead of JSON for a log collector. */
  pretty: boolean;
}

/**
 * The log. Who writes a line names the fields; nothing that a client sent goes into one, and of an
 * error only what our own code says about it (SPEC LOG-1).
 */
export function createLogger({ level, pretty }: LogParts): Logger {
  return pino({
    level,
    base: null,
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

function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name: type, message, stack } = error;
  return { type, message, stack };
}
