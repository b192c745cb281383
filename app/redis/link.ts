import { createClient, type RedisClientType } from 'redis';
import { SignalingError } from '../errors/signaling-error.ts';

/** How long Redis may say nothing, and how long it may take to connect, before the link counts as down. */
const SILENCE_MS = 2000;
const PING_MS = 500;

/** How soon a link that is down is tried again, in milliseconds. */
const RETRY_MS = { first: 50, most: 500 };

/** How many commands may wait for their answers. */
const MAX_COMMANDS = 20_000;

export type Redis = RedisClientType;

/**
 * A connection to Redis that is not there when Redis is not: commands fail at once while it is down, and
 * one that has hung for two seconds is down. It comes back by itself.
 *
 * @param url `redis://` or, with TLS, `rediss://`
 */
export function redisClient(url: string, onError: (error: unknown) => void): Redis {
  const client = createClient({
    url,
    RESP: 2,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_COMMANDS,
    pingInterval: PING_MS,
    socket: {
      connectTimeout: SILENCE_MS,
      socketTimeout: SILENCE_MS,
      reconnectStrategy: (tries) =>
        Math.min(RETRY_MS.first * 2 ** Math.min(tries, 8), RETRY_MS.most),
    },
  });
  // One outage is one line in the log, however often it is tried again.
  let isTold = false;
  client.on('error', (error: unknown) => {
    if (!isTold) onError(error);
    isTold = true;
  });
  client.on('ready', () => {
    isTold = false;
  });
  return client as unknown as Redis;
}

/** @throws SignalingError `store-unavailable` for whatever Redis, or the way to it, does not like */
export async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof SignalingError) throw cause;
    const error = new SignalingError('store-unavailable');
    error.cause = cause;
    throw error;
  }
}
