import type { Clock } from '../clock.ts';
import type { AuditFact, AuditHead, AuditLog, TimedFact } from '../data/audit-log.ts';
import { Bound } from './bound.ts';
import { linesAfter } from './line.ts';
import { checkpoint, lastExpired } from './retention.ts';

/** Where is written down who did what. */
export interface Audit {
  /** Resolves when it is stored. It never rejects: what has happened has happened (SPEC AUDIT-9). */
  record(fact: AuditFact): Promise<void>;
  /** For what anybody can cause at will: written or counted (SPEC AUDIT-6), and nobody waits for it. */
  note(fact: AuditFact): void;
}

export interface AuditTrailParts {
  log: AuditLog;
  clock: Clock;
  /** How long lines are kept, in milliseconds; `null` for ever. */
  keptMs: number | null;
  /** A line could not be written yet. */
  onFault: (error: unknown) => void;
  /** Told the head about once an hour, to be noted where the trail itself is not. */
  onHead: (head: AuditHead) => void;
}

const HOUR_MS = 60 * 60 * 1000;

/** How many facts wait while the log cannot be written; those beyond are counted. */
const MAX_WAITING = 10_000;

/** The bounds of what anybody can cause at will. A token may be refused, TURN is for all who come in. */
const BOUNDS = {
  refused: { perSource: 5, sources: 100 },
  issued: { perSource: 5, sources: 10_000 },
};

/** The audit trail: what happens within one turn of the event loop is written in one transaction. */
export class AuditTrail implements Audit {
  readonly #parts: AuditTrailParts;
  readonly #refused = new Bound(BOUNDS.refused);
  readonly #issued = new Bound(BOUNDS.issued);
  #waiting: TimedFact[] = [];
  #lost = 0;
  #write: Promise<void> | null = null;
  #isBusy: Promise<void> = Promise.resolve();
  #checkedAt: number;

  constructor(parts: AuditTrailParts) {
    this.#parts = parts;
    this.#checkedAt = parts.clock.now() - HOUR_MS;
  }

  record(fact: AuditFact): Promise<void> {
    return this.#add([{ at: this.#parts.clock.now(), fact }]);
  }

  note(fact: AuditFact): void {
    const bound = fact.action === 'refused' ? this.#refused : this.#issued;
    const facts = bound.take(this.#parts.clock.now(), fact);
    if (facts.length > 0) void this.#add(facts);
  }

  /** Does what has come due: sums of a minute that is over, lines that waited, and once an hour retention. */
  async tidy(): Promise<void> {
    const now = this.#parts.clock.now();
    await this.#add([...this.#refused.sums(now), ...this.#issued.sums(now)]);
    if (now - this.#checkedAt < HOUR_MS) return;
    const isDone = await this.#inTurn(() => this.#prune(now));
    if (isDone === true) this.#checkedAt = now;
  }

  /** Writes what is left, and gives the log up. */
  async close(): Promise<void> {
    const now = this.#parts.clock.now();
    await this.#add([...this.#refused.sums(now, true), ...this.#issued.sums(now, true)]);
    // After a retention that may be under way.
    await this.#inTurn(() => this.#parts.log.close());
  }

  #add(facts: readonly TimedFact[]): Promise<void> {
    const room = Math.max(0, MAX_WAITING - this.#waiting.length);
    this.#waiting.push(...facts.slice(0, room));
    this.#lost += Math.max(0, facts.length - room);
    this.#write ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#write = null;
      return this.#inTurn(() => this.#writeAll());
    });
    return this.#write;
  }

  async #writeAll(): Promise<void> {
    const facts = [...this.#waiting];
    const lost = this.#lost;
    if (facts.length === 0 && lost === 0) return;
    const at = this.#parts.clock.now();
    const all = lost === 0 ? facts : [...facts, { at, fact: lostFact(lost) }];
    await this.#parts.log.append((head) => linesAfter(head, all));
    // Only now: what could not be written waits for the next time.
    this.#waiting = this.#waiting.slice(facts.length);
    this.#lost -= lost;
  }

  /** True if nothing is left to remove. */
  async #prune(now: number): Promise<boolean> {
    const { log, keptMs, onHead } = this.#parts;
    const expired = keptMs === null ? undefined : await lastExpired(log, now - keptMs);
    if (expired !== undefined) {
      const { last } = expired;
      const fact = checkpoint(last);
      await log.append((head) => linesAfter(head, [{ at: now, fact }]), last.seq);
      if (!expired.isAll) return false;
    }
    const head = await log.head();
    if (head !== undefined) onHead(head);
    return true;
  }

  /** One after the other; a fault is told, and nobody fails for it. */
  #inTurn<T>(work: () => Promise<T>): Promise<T | undefined> {
    const result = this.#isBusy.then(work).catch((error: unknown) => {
      this.#parts.onFault(error);
      return undefined;
    });
    this.#isBusy = result.then(() => {});
    return result;
  }
}

const lostFact = (count: number): AuditFact => ({
  action: 'lost',
  role: 'server',
  result: 'store-unavailable',
  count,
});
