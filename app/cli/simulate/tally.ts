import type { ClientEvent } from '@telemedicine-signaling/protocol';

/** What became of one kind of event. */
export interface EventTally {
  ok: number;
  held: number;
  refused: number;
  /** The connection was cut before the answer came: whether the server took it is not known. */
  unanswered: number;
}

/** All that a simulation counts; times in milliseconds. */
export class Tally {
  readonly calls = { asked: 0, setUp: 0, ended: 0, stuck: 0 };
  readonly messages = {
    sent: 0,
    received: 0,
    held: 0,
    unanswered: 0,
    lost: 0,
    duplicated: 0,
    reordered: 0,
  };
  readonly connections = { made: 0, dropped: 0, resumed: 0, notResumed: 0 };
  /** Answers that asked for patience, by their codes. */
  readonly slowed = new Map<string, number>();
  readonly events = new Map<ClientEvent, EventTally>();
  readonly times = {
    connect: [] as number[],
    admission: [] as number[],
    setUp: [] as number[],
    message: [] as number[],
    change: [] as number[],
  };
  /** Why calls got stuck, the first of each kind. */
  readonly reasons = new Set<string>();

  of(event: ClientEvent): EventTally {
    const known = this.events.get(event) ?? { ok: 0, held: 0, refused: 0, unanswered: 0 };
    this.events.set(event, known);
    return known;
  }

  slow(code: string): void {
    this.slowed.set(code, (this.slowed.get(code) ?? 0) + 1);
  }

  /** Whether everything came about that the server promises. */
  get isWell(): boolean {
    const { lost, duplicated, reordered } = this.messages;
    const { asked, ended, stuck } = this.calls;
    return (
      lost + duplicated + reordered + stuck + this.connections.notResumed === 0 && ended === asked
    );
  }
}

/** The time that a share of them stays within; `undefined` of none. */
export function quantile(times: readonly number[], share: number): number | undefined {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
