import type { SessionData } from '../data/session-data.ts';
import type { Outcome, Perform, Step } from '../outcome.ts';
import { patientOf, type RoomParts } from '../rooms/room.ts';
import { positionAfter, queueOf } from '../rooms/waiting-room.ts';
import { type ConnectedParts, connectedIn } from './connected.ts';
import type { Session } from './session.ts';

/** At most one update a client in this time, in milliseconds (SPEC QUEUE-5). */
const PACE_MS = 1000;

interface Board {
  timer: NodeJS.Timeout | null;
  shownAt: number;
  /** How many changes there were, and after how many each doctor was told. */
  changes: number;
  told: WeakMap<Session, number>;
}

export interface QueueBoardParts extends ConnectedParts {
  data: SessionData;
  lengths: RoomParts['lengths'];
  perform: Perform;
  onError: (error: unknown) => void;
}

/**
 * Keeps doctors and waiting patients up to date: any number of changes within a second makes one
 * update. Paced by the process's own clock, since it is about traffic and not about anybody's window.
 */
export class QueueBoard {
  readonly #parts: QueueBoardParts;
  readonly #boards = new Map<string, Board>();

  constructor(parts: QueueBoardParts) {
    this.#parts = parts;
  }

  changed(namespaceId: string): void {
    let board = this.#boards.get(namespaceId);
    if (board === undefined) {
      const shownAt = Number.NEGATIVE_INFINITY;
      board = { timer: null, shownAt, changes: 0, told: new WeakMap() };
      this.#boards.set(namespaceId, board);
    }
    board.changes += 1;
    this.#schedule(namespaceId, board, board.shownAt + PACE_MS - performance.now());
  }

  forget(namespaceId: string): void {
    const board = this.#boards.get(namespaceId);
    if (board?.timer) clearTimeout(board.timer);
    this.#boards.delete(namespaceId);
  }

  close(): void {
    for (const namespaceId of [...this.#boards.keys()]) this.forget(namespaceId);
  }

  #schedule(namespaceId: string, board: Board, inMs: number): void {
    if (board.timer !== null) return;
    board.timer = setTimeout(() => this.#show(namespaceId, board), Math.max(0, inMs));
  }

  #show(namespaceId: string, board: Board): void {
    board.timer = null;
    board.shownAt = performance.now();
    this.#parts
      .perform(namespaceId, () => this.#update(namespaceId, board))
      .catch(this.#parts.onError);
  }

  async #update(namespaceId: string, board: Board): Promise<Outcome> {
    const { data, lengths, directory, neighbours } = this.#parts;
    // What changes from here on is for the next time.
    const { changes, told } = board;
    const waiting = await data.waitingRooms(namespaceId);
    const typical = await lengths.typical(namespaceId);
    const now = performance.now();
    const steps: Step[] = [];
    let nextDue = Number.POSITIVE_INFINITY;
    const isDue = (toldAt: number): boolean => {
      if (toldAt + PACE_MS <= now) return true;
      nextDue = Math.min(nextDue, toldAt + PACE_MS);
      return false;
    };

    const doctors = [...directory.doctorsOf(namespaceId)].filter(
      (doctor) => told.get(doctor) !== changes && isDue(doctor.toldAt),
    );
    if (doctors.length > 0) {
      const to = { clients: doctors.map((doctor) => doctor.id) };
      const isConnected = await connectedIn({ directory, neighbours }, namespaceId);
      const queue = queueOf(namespaceId, waiting, isConnected);
      steps.push({ to, event: 'queue', data: queue });
      for (const doctor of doctors) told.set(doctor, changes);
    }
    waiting.forEach((room, ahead) => {
      const patient = directory.get(patientOf(room) ?? '');
      if (patient === undefined || patient.toldPosition === ahead + 1) return;
      if (!isDue(patient.toldAt)) return;
      const to = { clients: [patient.id] };
      steps.push({ to, event: 'queue-position', data: positionAfter(room, ahead, typical) });
    });
    if (nextDue < Number.POSITIVE_INFINITY) this.#schedule(namespaceId, board, nextDue - now);
    return { reply: {}, steps };
  }
}
