import type { ConsultationRecords } from '../consultation-records.ts';
import type { Lanes } from '../redis/lanes.ts';
import type { Guide } from './guide.ts';
import { sharesOf } from './oldest.ts';

/** The port over many hash slots: a record is where its namespace is. */
export function recordsOver(guide: Guide, lanes: Lanes): ConsultationRecords {
  return {
    note: (roomId, at, facts) =>
      lanes.change([`room ${roomId}`], () =>
        guide.settled(async () => {
          const isNoted = await guide.at('room', roomId, ({ store, rooms, records }) =>
            store.change([], async (changes) => {
              if ((await rooms.find(changes, roomId)) === undefined) return undefined;
              await records.note(changes, roomId, at, facts);
              return true;
            }),
          );
          if (isNoted) return;
          const [beginning] = facts.flatMap((fact) => (fact.fact === 'waits' ? [fact] : []));
          if (beginning !== undefined) {
            const { consultations } = guide.homeOf(beginning.namespaceId);
            await consultations.note(roomId, at, facts);
          } else {
            // There is no such room: its record is wherever it is.
            const { shards } = guide;
            const all = shards.map(({ consultations }) => consultations.note(roomId, at, facts));
            await Promise.all(all);
          }
        }),
      ),

    find(query) {
      const shard = guide.homeOf(query.namespaceId);
      return guide.counted(shard, () => shard.consultations.find(query));
    },

    lengths(namespaceId, since, limit) {
      const shard = guide.homeOf(namespaceId);
      return guide.counted(shard, () => shard.consultations.lengths(namespaceId, since, limit));
    },

    async forgetEnded(time, limit) {
      const shares = await sharesOf(guide, ({ keys }) => keys.recordEnds, time, limit);
      const forgetting = shares.map(({ n, count }) =>
        guide.shard(n).consultations.forgetEnded(time, count),
      );
      await Promise.all(forgetting);
    },
  };
}
