import type { Clock } from '../clock.ts';
import type { ConsultationLength, ConsultationRecords } from '../data/consultation-records.ts';
import { type TypicalLength, typicalLength } from './estimate.ts';

/** Which consultations count as recent: the last so many, none older than that. */
const RECENT = { count: 20, ms: 30 * 24 * 60 * 60 * 1000 };

export interface RecentLengthsParts {
  records: Pick<ConsultationRecords, 'lengths'>;
  clock: Clock;
}

/** How long a namespace's recent consultations took: read once, and again when one has ended. */
export class RecentLengths {
  readonly #parts: RecentLengthsParts;
  readonly #known = new Map<string, Promise<ConsultationLength[]>>();

  constructor(parts: RecentLengthsParts) {
    this.#parts = parts;
  }

  /** Undefined while there are too few (SPEC QUEUE-8). */
  async typical(namespaceId: string): Promise<TypicalLength | undefined> {
    // What is known grows old while no consultation ends.
    const oldest = this.#parts.clock.now() - RECENT.ms;
    const lengths = await this.#read(namespaceId, oldest);
    const recent = lengths.filter(({ endedAt }) => endedAt >= oldest);
    return typicalLength(recent.map(({ lengthMs }) => lengthMs));
  }

  /** A consultation of this namespace has ended, or all of it has. */
  forget(namespaceId: string): void {
    this.#known.delete(namespaceId);
  }

  #read(namespaceId: string, oldest: number): Promise<ConsultationLength[]> {
    const known = this.#known.get(namespaceId);
    if (known !== undefined) return known;
    const reading = this.#parts.records.lengths(namespaceId, oldest, RECENT.count);
    this.#known.set(namespaceId, reading);
    // What failed is read anew the next time.
    reading.catch(() => this.forget(namespaceId));
    return reading;
  }
}
