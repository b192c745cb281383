import type { Redis } from '../../redis/link.ts';
import {
  type ConsultationFact,
  type ConsultationLength,
  type ConsultationQuery,
  MOMENTS_KEPT,
  type NotedConsultation,
} from '../consultation-records.ts';
import type { Room } from '../session-data.ts';
import type { Keys } from './keys.ts';
import { parsed } from './on-the-move.ts';
import type { Changes } from './transaction.ts';

type Noted = NotedConsultation & { namespaceId: string };

/** Records of the same time stand in the order in which they were begun. */
const nameOf = (n: string): string => n.padStart(15, '0');

const isTold = ({ admittedAt, endReason }: Noted): boolean =>
  admittedAt !== null && (endReason === 'doctor-ended' || endReason === 'patient-ended');

/** Records of consultations. With `keepsRecords` false none begins; those that had begun go on to their end. */
export function recordsIn(keys: Keys, keepsRecords: boolean) {
  async function begin(changes: Changes, roomId: string, record: Noted): Promise<string> {
    // What Redis would refuse half-way: it undoes nothing.
    if (!Number.isSafeInteger(record.waitedFrom)) throw new Error('This is no time.');
    // Taken at once, so that no two wait for each other; a number that is not used in the end is no loss.
    const n = String(await changes.redis.incr(keys.lastRecord));
    changes.write('SET', keys.recordOf(roomId), n);
    changes.write('ZADD', keys.records(record.namespaceId), record.waitedFrom, nameOf(n));
    changes.write('SADD', keys.underWay(record.namespaceId), roomId);
    changes.write('SADD', keys.allUnderWay, roomId);
    return n;
  }

  function end(changes: Changes, n: string, record: Noted): void {
    const { namespaceId, roomId, endedAt } = record;
    changes.write('DEL', keys.recordOf(roomId));
    changes.write('SREM', keys.underWay(namespaceId), roomId);
    changes.write('SREM', keys.allUnderWay, roomId);
    changes.write('ZADD', keys.recordEnds, endedAt ?? 0, nameOf(n));
    if (isTold(record)) changes.write('ZADD', keys.lengths(namespaceId), endedAt ?? 0, nameOf(n));
  }

  const put = (changes: Changes, n: string, record: Noted): void =>
    changes.write('SET', keys.record(nameOf(n)), JSON.stringify(record));

  async function underWay(changes: Changes, roomId: string) {
    const n = await changes.get(keys.recordOf(roomId));
    if (n === null) return undefined;
    const text = await changes.get(keys.record(nameOf(n)));
    return text === null ? undefined : { n, record: JSON.parse(text) as Noted };
  }

  async function note(
    changes: Changes,
    roomId: string,
    at: number,
    facts: readonly ConsultationFact[],
  ): Promise<void> {
    if (facts.length === 0) return;
    let current = await underWay(changes, roomId);
    for (const fact of facts) {
      if (fact.fact === 'waits') {
        if (!keepsRecords) continue;
        const { namespaceId, clientId, since } = fact;
        const record = beginning(namespaceId, roomId, clientId, since);
        current = { n: await begin(changes, roomId, record), record };
        put(changes, current.n, record);
      } else if (current !== undefined) {
        current.record = after(current.record, at, fact);
        put(changes, current.n, current.record);
        if (fact.fact === 'ended') {
          end(changes, current.n, current.record);
          current = undefined;
        }
      }
    }
  }

  async function all(redis: Redis, names: readonly string[]): Promise<Noted[]> {
    if (names.length === 0) return [];
    const texts = await redis.mGet(names.map((name) => keys.record(name)));
    return texts.flatMap((text) => (text === null ? [] : (JSON.parse(text) as Noted)));
  }

  return {
    note,

    /** The namespace is removed, and its rooms end with it. */
    async endAllIn(changes: Changes, namespaceId: string, at: number): Promise<void> {
      for (const roomId of await changes.members(keys.underWay(namespaceId))) {
        const reason = 'namespace-removed';
        await note(changes, roomId, at, [{ fact: 'ended', reason, by: null }]);
      }
    },

    /** Everybody who is in a consultation has lost the connection, at `at` at the latest. */
    async loseAll(changes: Changes, at: number): Promise<void> {
      for (const roomId of await changes.members(keys.allUnderWay)) {
        const members = parsed<Room>(await changes.get(keys.room(roomId)))?.members ?? [];
        const lost = members.map((member): ConsultationFact => ({ fact: 'lost', ...member }));
        await note(changes, roomId, at, lost);
      }
    },

    async find(redis: Redis, query: ConsultationQuery): Promise<NotedConsultation[]> {
      const { namespaceId, from, until, roomId, skip, limit } = query;
      const key = keys.records(namespaceId);
      const page = roomId === null ? { LIMIT: { offset: skip, count: limit } } : {};
      const found = await all(redis, await redis.zRangeByScore(key, from, `(${until}`, page));
      const told = found.map(({ namespaceId: _, ...record }): NotedConsultation => record);
      if (roomId === null) return told;
      return told.filter((record) => record.roomId === roomId).slice(skip, skip + limit);
    },

    async lengths(
      redis: Redis,
      namespaceId: string,
      since: number,
      limit: number,
    ): Promise<ConsultationLength[]> {
      const names = await redis.zRange(keys.lengths(namespaceId), '+inf', since, {
        BY: 'SCORE',
        REV: true,
        LIMIT: { offset: 0, count: limit },
      });
      return (await all(redis, names)).map(({ endedAt, admittedAt }) => ({
        endedAt: endedAt ?? 0,
        lengthMs: (endedAt ?? 0) - (admittedAt ?? 0),
      }));
    },

    async forgetEnded(changes: Changes, redis: Redis, time: number, limit: number): Promise<void> {
      const bounds = { LIMIT: { offset: 0, count: limit } };
      const names = await redis.zRangeByScore(keys.recordEnds, '-inf', `(${time}`, bounds);
      const records = await all(redis, names);
      for (const [index, name] of names.entries()) {
        const namespaceId = records[index]?.namespaceId ?? '';
        changes.write('DEL', keys.record(name));
        changes.write('ZREM', keys.recordEnds, name);
        changes.write('ZREM', keys.records(namespaceId), name);
        changes.write('ZREM', keys.lengths(namespaceId), name);
      }
    },
  };
}

const beginning = (
  namespaceId: string,
  roomId: string,
  clientId: string,
  waitedFrom: number,
): Noted => ({
  namespaceId,
  roomId,
  clientId,
  waitedFrom,
  admittedAt: null,
  admittedBy: null,
  endedAt: null,
  endReason: null,
  endedBy: null,
  moments: [],
});

function after(
  record: Noted,
  at: number,
  fact: Exclude<ConsultationFact, { fact: 'waits' }>,
): Noted {
  switch (fact.fact) {
    case 'patient':
      return { ...record, clientId: fact.clientId };
    case 'admitted':
      // Only the first counts.
      return record.admittedAt === null
        ? { ...record, admittedAt: at, admittedBy: fact.by }
        : record;
    case 'ended':
      return { ...record, endedAt: at, endReason: fact.reason, endedBy: fact.by };
    default:
      return record.moments.length < MOMENTS_KEPT
        ? { ...record, moments: [...record.moments, { at, ...fact }] }
        : record;
  }
}
