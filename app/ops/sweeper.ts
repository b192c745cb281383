import type { Clock } from '../clock.ts';
import type { ConsultationRecords } from '../data/consultation-records.ts';
import type { SessionData } from '../data/session-data.ts';
import { remove } from '../namespaces/namespace.ts';
import type { Outcome, Perform } from '../outcome.ts';
import { knockEnds, unusedRoomEnds, windowEnds } from '../rooms/attendance.ts';
import type { RoomParts } from '../rooms/room.ts';
import type { Counts } from './metrics/counts.ts';

export interface SweeperParts {
  data: SessionData;
  records: ConsultationRecords;
  clock: Clock;
  perform: Perform;
  rooms: RoomParts;
  counts: Counts;
  retention: {
    namespaceIdleMs: number | null;
    unusedRoomMs: number;
    endedRoomMs: number;
    consultationMs: number;
  };
  /** False while there is nothing to be had from the store: what has run out ends when it is back. */
  isStoreUp?: () => boolean;
  /** Looks after the connections themselves. */
  patrol: (now: number) => Promise<void>;
  onError: (error: unknown) => void;
}

/** How much of each kind one sweep takes on: the rest is for the next. */
const BATCH = 500;

/** What is kept for hours is looked for once in so many sweeps: over a Redis Cluster each look asks 64 times. */
const RETENTION_EVERY = 10;

/**
 * Ends what has run out: reconnect windows, knocks, rooms nobody came into, namespaces nobody uses. One
 * look at the clock for all of them, instead of a timer for each client.
 */
export class Sweeper {
  readonly #parts: SweeperParts;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(parts: SweeperParts) {
    this.#parts = parts;
  }

  start(everyMs = 1000): void {
    let count = 0;
    this.#timer = setInterval(() => {
      void this.#next(count % RETENTION_EVERY === 0);
      count += 1;
    }, everyMs);
  }

  /** Resolves when what had run out by now has ended. */
  sweep(): Promise<void> {
    return this.#next(true);
  }

  #next(isAll: boolean): Promise<void> {
    this.#running = this.#running.then(() => this.#sweep(isAll)).catch(this.#parts.onError);
    return this.#running;
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#running;
  }

  async #sweep(isAll: boolean): Promise<void> {
    const { data, clock } = this.#parts;
    const now = clock.now();
    // First what needs no store.
    await this.#parts.patrol(now);
    if (this.#parts.isStoreUp?.() === false) return;
    await this.#endWindows(now);
    await this.#endKnocks(now);
    if (isAll) await this.#endRetention(now);
    await data.tidy(now);
  }

  async #endRetention(now: number): Promise<void> {
    const { data, records, retention } = this.#parts;
    await this.#endUnusedRooms(now - retention.unusedRoomMs);
    await data.forgetEndedRooms(now - retention.endedRoomMs);
    await data.forgetExpiredInvitations(now);
    await records.forgetEnded(now - retention.consultationMs, BATCH);
    if (retention.namespaceIdleMs !== null) {
      await this.#removeIdleNamespaces(now - retention.namespaceIdleMs);
    }
  }

  async #endWindows(now: number): Promise<void> {
    const { data, rooms } = this.#parts;
    for (const { id, namespaceId } of await data.clientsLeasedUntil(now, BATCH)) {
      await this.#inTurn(namespaceId, async () => {
        // It may have come back while this job stood in the lane.
        const client = await data.findClient(id);
        const isOver =
          client !== undefined && client.leaseUntil !== null && client.leaseUntil <= now;
        if (!isOver) return { reply: {}, steps: [] };
        this.#parts.counts.windowsEnded.add(client.role);
        return windowEnds(rooms, client);
      });
    }
  }

  async #endKnocks(now: number): Promise<void> {
    const { data, rooms } = this.#parts;
    for (const room of await data.roomsKnockedUntil(now, BATCH)) {
      await this.#inTurn(room.namespaceId ?? '', () => knockEnds(rooms, room));
    }
  }

  async #endUnusedRooms(before: number): Promise<void> {
    const { data, rooms } = this.#parts;
    for (const room of await data.roomsUnusedSince(before, BATCH)) {
      await this.#inTurn(room.namespaceId ?? '', () => unusedRoomEnds(rooms, room));
    }
  }

  async #removeIdleNamespaces(before: number): Promise<void> {
    const { data, clock } = this.#parts;
    for (const id of await data.namespacesUnusedSince(before)) {
      await this.#inTurn(id, () => remove({ data, clock }, id));
    }
  }

  /** One that fails holds up none of the others, however often it is tried. */
  async #inTurn(namespaceId: string, job: () => Promise<Outcome>): Promise<void> {
    const { perform, onError } = this.#parts;
    await perform(namespaceId, job).catch(onError);
  }
}
