import type { ConsultationFact, ConsultationRecords } from '../../data/consultation-records.ts';
import type { Room, SessionData } from '../../data/session-data.ts';
import type { Counts } from './counts.ts';
import type { Sample } from './tally.ts';

type KnownRoom = Pick<Room, 'state' | 'version' | 'namespaceId'> & { patientId: string };

/**
 * What passes between this node and the store, counted: the rooms of its patients by state, how long
 * patients waited, how long consultations took and why they ended.
 */
export class RoomCensus {
  readonly #counts: Counts;
  readonly #isHere: (clientId: string) => boolean;
  readonly #rooms = new Map<string, KnownRoom>();

  /** @param isHere whether this node has that client, connected or within its window */
  constructor(counts: Counts, isHere: (clientId: string) => boolean) {
    this.#counts = counts;
    this.#isHere = isHere;
  }

  /** Rooms whose patient this node has, by state. */
  samples(): Sample[] {
    const states = new Map<string, number>();
    for (const [id, { state, patientId }] of this.#rooms) {
      if (this.#isHere(patientId)) states.set(state, (states.get(state) ?? 0) + 1);
      else this.#rooms.delete(id);
    }
    return ['waiting', 'knocking', 'in-consultation', 'on-hold'].map((state) => ({
      labels: [state],
      value: states.get(state) ?? 0,
    }));
  }

  /** The same by namespace: id → state → how many. */
  byNamespace(): Map<string, Map<string, number>> {
    const all = new Map<string, Map<string, number>>();
    for (const { state, patientId, namespaceId } of this.#rooms.values()) {
      if (namespaceId === null || !this.#isHere(patientId)) continue;
      const states = all.get(namespaceId) ?? new Map<string, number>();
      all.set(namespaceId, states.set(state, (states.get(state) ?? 0) + 1));
    }
    return all;
  }

  /** These rooms are so now, by this node or another. */
  learn(rooms: readonly Room[]): void {
    for (const { id, state, version, members, namespaceId } of rooms) {
      const patientId = members.find(({ role }) => role === 'patient')?.clientId;
      if (state === 'ended' || patientId === undefined) this.#rooms.delete(id);
      else if (version >= (this.#rooms.get(id)?.version ?? 0)) {
        this.#rooms.set(id, { state, version, patientId, namespaceId });
      }
    }
  }

  /** The same session data, listened to. */
  watching(data: SessionData, records: ConsultationRecords): SessionData {
    const listening: Pick<SessionData, 'saveRoom' | 'roomsOf' | 'removeNamespace'> = {
      saveRoom: async (room, facts, client) => {
        const saved = await data.saveRoom(room, facts, client);
        if (saved === undefined) return saved;
        this.learn([saved]);
        this.#count(saved, facts ?? [], records);
        return saved;
      },
      // As this node learns of those who were there before it started.
      roomsOf: async (clientId) => {
        const rooms = await data.roomsOf(clientId);
        this.learn(rooms);
        return rooms;
      },
      removeNamespace: async (id, now) => {
        const rooms = await data.removeNamespace(id, now);
        for (const room of rooms ?? []) {
          this.#rooms.delete(room.id);
          if (room.waitingSince === null) continue;
          this.#counts.ended.add('namespace-removed');
          void this.#measure(room, now, records);
        }
        return rooms;
      },
    };
    return new Proxy(data, {
      get: (target, name: keyof SessionData) =>
        listening[name as keyof typeof listening] ?? target[name],
    });
  }

  #count(room: Room, facts: readonly ConsultationFact[], records: ConsultationRecords): void {
    for (const fact of facts) {
      if (fact.fact === 'unanswered') this.#counts.knocksUnanswered.add();
      if (fact.fact === 'ended') this.#counts.ended.add(fact.reason);
      const isTransfer = fact.fact === 'ended' && fact.reason === 'transferred';
      if (fact.fact === 'admitted' || (fact.fact === 'ended' && !isTransfer)) {
        void this.#measure(room, room.changedAt, records);
      }
    }
  }

  /** By the record of the consultation, which alone knows when the first doctor came in. */
  async #measure(room: Room, now: number, records: ConsultationRecords): Promise<void> {
    const { id: roomId, namespaceId, waitingSince } = room;
    if (namespaceId === null || waitingSince === null) return;
    const that = { namespaceId, roomId, from: waitingSince, until: waitingSince + 1 };
    // Without a store there is no record, and without a record no figure.
    const [record] = await records.find({ ...that, skip: 0, limit: 1 }).catch(() => []);
    if (record === undefined) return;
    const { waitedFrom, admittedAt, endedAt } = record;
    const { waited, consulted } = this.#counts;
    if (admittedAt === now && endedAt === null) waited.add((now - waitedFrom) / 1000, 'admitted');
    if (endedAt !== now) return;
    if (admittedAt === null) waited.add((now - waitedFrom) / 1000, 'unseen');
    else consulted.add((now - admittedAt) / 1000);
  }
}
