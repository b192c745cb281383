import { createClient, type RedisClientType } from 'redis';
import type { RedisLogin, RedisPlace } from '../config/redis-address.ts';

/** How long Redis may say nothing, and how long it may take to connect, before the link counts as down. */
const SILENCE_MS = 2000;
const PING_MS = 500;

/** How soon a link that is down is tried again, in milliseconds. */
export const RETRY_MS = { first: 50, most: 500 };

/** How many commands may wait for their answers. */
const MAX_COMMANDS = 20_000;

/** The commands that this server uses. */
export const COMMANDS = [
  'eval',
  'get',
  'incr',
  'lRange',
  'mGet',
  'pubSubNumSub',
  'publish',
  'sAdd',
  'sCard',
  'sMembers',
  'sRem',
  'sendCommand',
  'zAdd',
  'zCard',
  'zRange',
  'zRangeByScore',
  'zRank',
  'zScore',
] as const;

/** A connection to one Redis, of which there may be another one tomorrow. */
export interface Redis extends Pick<RedisClientType, (typeof COMMANDS)[number]> {
  readonly isReady: boolean;
  /** Resolves when there is a connection: it tries until then. */
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (text: string) => void): Promise<void>;
  /** `ready`: commands can be given, and what was subscribed to is subscribed to, be it once more. */
  on(event: 'ready', listener: () => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  destroy(): void;
}

type Target = { url: string } | { place: RedisPlace; tls: boolean; login: RedisLogin };

/** `createClient` makes a class with all commands for every other set of options; a copy shares its own. */
const pattern = createClient({
  RESP: 2,
  disableOfflineQueue: true,
  pingInterval: PING_MS,
  commandsQueueMaxLength: MAX_COMMANDS,
});

/** @param retry how long to wait after so many tries in vain; `false`: a connection that is lost is lost */
export function clientTo(target: Target, retry: false | ((tries: number) => number)): Redis {
  const patience = {
    connectTimeout: SILENCE_MS,
    socketTimeout: SILENCE_MS,
    reconnectStrategy: retry,
  };
  const client =
    'url' in target
      ? pattern.duplicate({ url: target.url, socket: patience })
      : pattern.duplicate({
          ...target.login,
          socket: { ...target.place, ...patience, ...(target.tls && { tls: true }) },
        });
  return client as unknown as Redis;
}
