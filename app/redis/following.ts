import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { RedisPlace } from '../config/redis-address.ts';
import { COMMANDS, RETRY_MS, type Redis } from './client.ts';
import type { PrimaryFinder } from './primary.ts';

/** What a Redis says that is not the primary (any more), or cannot answer as such. */
const NO_PRIMARY = /^(READONLY|MOVED|ASK|CLUSTERDOWN|MASTERDOWN|LOADING)\b|non local key/;

/** How often the primary is looked for while there is one: a subscriber is not told that it is none any more. */
const CHECK_MS = 2000;

/**
 * A connection that goes to whichever Redis is the primary. When it is lost, or the Redis at its other end
 * says that it is the primary no more, the primary is looked for anew.
 * @param key With a Redis Cluster: a key that the primary has to answer for. One that was started again does
 * not until it has heard from the others.
 */
export function following(
  find: PrimaryFinder,
  clientAt: (place: RedisPlace) => Redis,
  key?: string,
): Redis {
  const events = new EventEmitter();
  const subscriptions = new Map<string, (text: string) => void>();
  let current: Redis | undefined;
  let currentPlace: RedisPlace | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isWanted = false;
  let connecting: Promise<void> = Promise.resolve();

  async function open(): Promise<void> {
    const place = await find();
    const client = clientAt(place);
    let isLost = false;
    client.on('error', (error) => {
      isLost = true;
      lose(client, error);
    });
    try {
      await client.connect();
      const [role] = await client.sendCommand<[string]>(['ROLE']);
      if (role !== 'master') throw new Error('This Redis is not the primary.');
      if (key !== undefined) await client.get(key);
      for (const [channel, listener] of subscriptions) await client.subscribe(channel, listener);
      if (isLost || !isWanted) throw new Error('The connection was lost at once.');
    } catch (error) {
      client.destroy();
      throw error;
    }
    current = client;
    currentPlace = place;
    events.emit('ready');
  }

  async function connect(): Promise<void> {
    let waitMs = RETRY_MS.first;
    while (isWanted && current === undefined) {
      try {
        await open();
      } catch (error) {
        if (!isWanted) return;
        events.emit('error', error);
        await pause(waitMs);
        waitMs = Math.min(2 * waitMs, RETRY_MS.most);
      }
    }
  }

  const reconnect = (): Promise<void> => {
    connecting = connecting.then(connect);
    return connecting;
  };

  function lose(client: Redis, error: unknown): void {
    if (current !== client) return;
    current = undefined;
    client.destroy();
    events.emit('error', error);
    void reconnect();
  }

  async function check(): Promise<void> {
    const client = current;
    if (client === undefined) return;
    // Nobody may be there to ask: that is no news.
    const place = await find().catch(() => currentPlace);
    if (client === current && !isDeepStrictEqual(place, currentPlace)) {
      lose(client, new Error('There is another primary.'));
    }
  }

  async function run(name: (typeof COMMANDS)[number] | 'subscribe', args: unknown[]) {
    const client = current;
    if (client === undefined) throw new Error('There is no connection to the primary.');
    try {
      return await (client[name] as (...args: unknown[]) => Promise<unknown>)(...args);
    } catch (error) {
      if (error instanceof Error && NO_PRIMARY.test(error.message)) lose(client, error);
      throw error;
    }
  }

  const own = {
    get isReady() {
      return current?.isReady === true;
    },
    connect() {
      isWanted = true;
      timer ??= setInterval(() => void check(), CHECK_MS);
      return reconnect();
    },
    async subscribe(channel: string, listener: (text: string) => void) {
      subscriptions.set(channel, listener);
      await run('subscribe', [channel, listener]);
    },
    on: (event: string, listener: (...args: unknown[]) => void) => events.on(event, listener),
    destroy() {
      isWanted = false;
      clearInterval(timer);
      current?.destroy();
      current = undefined;
    },
  };
  const commands = COMMANDS.map((name) => [name, (...args: unknown[]) => run(name, args)]);
  return Object.assign(own, Object.fromEntries(commands)) as unknown as Redis;
}
