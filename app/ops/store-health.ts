import type { SessionData } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { StoreOperation } from './metrics/operations.ts';

/** Calls that write something in any case: only they show that the store can be written again. */
const SURELY_WRITE: ReadonlySet<StoreOperation> = new Set([
  'saveRoom',
  'saveClient',
  'keepInvitation',
]);

/** What the store has last said of itself: it fails from the first call that does until one does not. */
export class StoreHealth {
  #isUnreadable = false;
  #isUnwritable = false;
  readonly #changed: (why: string | null, error: unknown) => void;

  /** @param changed hears of each change once, with the error that made it */
  constructor(changed: (why: string | null, error: unknown) => void = () => {}) {
    this.#changed = changed;
  }

  /** Why clients had better go elsewhere; `null`: it works (SPEC OPS-2). */
  get failure(): string | null {
    if (this.#isUnreadable) return 'The store cannot be read.';
    return this.#isUnwritable ? 'The store cannot be written. Is the disk full?' : null;
  }

  heard(operation: StoreOperation, kind: 'read' | 'write', error: unknown): void {
    // Nobody would be better off at another node.
    if (error instanceof SignalingError && error.isPartial) return;
    const before = this.failure;
    const isFailure = error instanceof SignalingError && error.code === 'store-unavailable';
    if (kind === 'read') this.#isUnreadable = isFailure;
    else if (isFailure) this.#isUnwritable = true;
    else if (SURELY_WRITE.has(operation)) this.#isUnwritable = false;
    if (this.failure !== before) this.#changed(this.failure, error);
  }

  /** To be called about once a second: where nobody can come in any more, nobody else tries. */
  async probe(data: Pick<SessionData, 'keepInvitation'>): Promise<void> {
    if (!this.#isUnwritable) return;
    // Expired from the beginning, and so gone with the next sweep.
    await data.keepInvitation('probe', '', 0).catch(() => {});
  }
}
