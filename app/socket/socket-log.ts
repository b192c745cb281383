import type { Logger } from 'pino';

/** Where it is written down what becomes of connections and events. */
export type SocketLog = Pick<Logger, 'debug' | 'trace'>;
