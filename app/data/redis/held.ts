import type { Redis } from '../../redis/link.ts';
import type { Held, HeldBounds, HeldMessage } from '../session-data.ts';
import type { Keys } from './keys.ts';
import { parsed } from './on-the-move.ts';
import type { Changes } from './transaction.ts';

/** What is held for one client, in figures; the messages themselves stand in a list. */
interface Sum {
  messages: number;
  bytes: number;
  /** How many of the first ones were handed out, and what they take. */
  handedOut: number;
  handedOutBytes: number;
  offset: number;
  overflow: boolean;
  /** Changes with every change of the list. */
  turn: number;
}

const NOTHING: Sum = {
  messages: 0,
  bytes: 0,
  handedOut: 0,
  handedOutBytes: 0,
  offset: 0,
  overflow: false,
  turn: 0,
};

/** What is held for a client, as it stands in Redis. */
export interface HeldLuggage {
  sum: string | null;
  texts: string[];
}

/** Messages kept for clients. */
export function heldIn(keys: Keys) {
  const isKnown = async (changes: Changes, clientId: string): Promise<boolean> =>
    parsed(await changes.get(keys.client(clientId))) !== undefined;

  async function sumOf(changes: Changes, clientId: string): Promise<Sum> {
    const text = await changes.get(keys.heldSum(clientId));
    return text === null ? NOTHING : (JSON.parse(text) as Sum);
  }

  const put = (changes: Changes, clientId: string, sum: Sum): void =>
    changes.write('SET', keys.heldSum(clientId), JSON.stringify({ ...sum, turn: sum.turn + 1 }));

  return {
    /**
     * A message counts with the UTF-8 bytes of its JSON text, event and data together. Undefined if there
     * is no such client.
     */
    async add(
      changes: Changes,
      clientId: string,
      message: HeldMessage,
      bounds: HeldBounds,
    ): Promise<boolean | undefined> {
      const [sum, isThere] = await Promise.all([
        sumOf(changes, clientId),
        isKnown(changes, clientId),
      ]);
      if (!isThere) return undefined;
      if (sum.overflow) return false;
      const text = JSON.stringify(message);
      const bytes = sum.bytes + Buffer.byteLength(text);
      if (sum.messages < bounds.messages && bytes <= bounds.bytes) {
        changes.write('RPUSH', keys.held(clientId), text);
        put(changes, clientId, { ...sum, messages: sum.messages + 1, bytes });
        return true;
      }
      changes.write('DEL', keys.held(clientId));
      const { offset, turn } = sum;
      put(changes, clientId, { ...NOTHING, offset, turn, overflow: true });
      return false;
    },

    /**
     * The n-th of those that were handed out before was message n + `offset` of its connection. So it is
     * also when some were left out then, be it that they had arrived or that they came before these.
     */
    async handOut(
      changes: Changes,
      redis: Redis,
      { clientId, heard, behind }: { clientId: string; heard: number; behind: number },
    ): Promise<Held | undefined> {
      const sum = await sumOf(changes, clientId);
      if (!(await isKnown(changes, clientId))) return undefined;
      const texts = await redis.lRange(keys.held(clientId), 0, -1);
      const arrived = Math.min(sum.handedOut, Math.max(0, heard - sum.offset));
      if (texts.length > 0) {
        const handedOut = { handedOut: sum.messages, handedOutBytes: sum.bytes };
        put(changes, clientId, { ...sum, ...handedOut, offset: behind - arrived });
      }
      const messages = texts.slice(arrived).map((text) => JSON.parse(text) as HeldMessage);
      return { messages, overflow: sum.overflow };
    },

    /** All of it, to be taken to another hash slot; nobody adds to it while its client is on the move. */
    async pack(changes: Changes, redis: Redis, clientId: string): Promise<HeldLuggage> {
      const sum = await changes.get(keys.heldSum(clientId));
      return { sum, texts: sum === null ? [] : await redis.lRange(keys.held(clientId), 0, -1) };
    },

    unpack(changes: Changes, clientId: string, { sum, texts }: HeldLuggage): void {
      if (sum !== null) changes.write('SET', keys.heldSum(clientId), sum);
      if (texts.length > 0) changes.write('RPUSH', keys.held(clientId), ...texts);
    },

    async dropHandedOut(changes: Changes, clientId: string): Promise<void> {
      const sum = await sumOf(changes, clientId);
      if (sum.handedOut === 0 && !sum.overflow) return;
      if (sum.handedOut > 0) changes.write('LTRIM', keys.held(clientId), sum.handedOut, -1);
      put(changes, clientId, {
        ...sum,
        messages: sum.messages - sum.handedOut,
        bytes: sum.bytes - sum.handedOutBytes,
        handedOut: 0,
        handedOutBytes: 0,
        overflow: false,
      });
    },
  };
}
