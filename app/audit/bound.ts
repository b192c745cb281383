import type { AuditFact, TimedFact } from '../data/audit-log.ts';
import type { Time } from '../data/session-data.ts';

export interface BoundSettings {
  /** Lines of one kind from one source in a minute; the rest is counted. */
  perSource: number;
  /** Sources in a minute; those beyond are counted together. */
  sources: number;
}

interface Source {
  first: AuditFact;
  written: number;
  counted: number;
}

const MINUTE_MS = 60_000;

/**
 * Keeps what anybody can cause at will from filling the disk (SPEC AUDIT-6): in each minute the first
 * few lines of a kind from a source are written, the rest is summed up in one line when it is over.
 */
export class Bound {
  readonly #settings: BoundSettings;
  readonly #sources = new Map<string, Source>();
  /** Result → how often it came from sources beyond the bound. */
  readonly #others = new Map<string, Source>();
  #since: Time = 0;

  constructor(settings: BoundSettings) {
    this.#settings = settings;
  }

  /** What is to be written now that this has happened: sums of the last minute, if it is over, first. */
  take(now: Time, fact: AuditFact): TimedFact[] {
    const sums = this.sums(now);
    if (this.#sources.size === 0) this.#since = now;
    const source = this.#sourceOf(fact);
    if (source === undefined) return sums;
    source.written += 1;
    return [...sums, { at: now, fact }];
  }

  /** The sums of the last minute, if it is over, or in any case if `isLast`. */
  sums(now: Time, isLast = false): TimedFact[] {
    if (this.#sources.size === 0) return [];
    if (!isLast && now - this.#since < MINUTE_MS) return [];
    const since = new Date(this.#since).toISOString();
    const sums = [...this.#sources.values(), ...this.#others.values()]
      .filter(({ counted }) => counted > 0)
      .map(({ first, counted }) => ({ at: now, fact: { ...first, count: counted, since } }));
    this.#sources.clear();
    this.#others.clear();
    return sums;
  }

  /** The source that may write this; undefined if it was counted instead. */
  #sourceOf(fact: AuditFact): Source | undefined {
    const { perSource, sources } = this.#settings;
    const key = [fact.action, fact.result, fact['client-id'] ?? fact.subject, fact.from].join(' ');
    const known = this.#sources.get(key);
    if (known === undefined && this.#sources.size < sources) {
      const source = { first: sumOf(fact), written: 0, counted: 0 };
      this.#sources.set(key, source);
      return source;
    }
    if (known !== undefined && known.written < perSource) return known;
    const counting = known ?? this.#othersOf(fact);
    counting.counted += 1;
    return undefined;
  }

  #othersOf({ action, result }: AuditFact): Source {
    const key = `${action} ${result}`;
    const known = this.#others.get(key);
    if (known !== undefined) return known;
    const others = { first: { action, result }, written: 0, counted: 0 };
    this.#others.set(key, others);
    return others;
  }
}

/** What stays the same over all that a source is counted for. */
function sumOf(fact: AuditFact): AuditFact {
  const { action, result, role, subject, from } = fact;
  return { action, result, role, subject, 'client-id': fact['client-id'], from };
}
