/** What became of a question to another node. */
export type Asked =
  | { outcome: 'answered'; answer: unknown }
  /** Nobody listens under that name: the question was not taken, and will not be. */
  | { outcome: 'gone' }
  /** No answer in time: it was not taken, or it was and the answer did not come through. */
  | { outcome: 'silent' };

/** What a node does with what comes over the bus. */
export interface BusListener {
  /** The answer to a question, as JSON has it. One that fails leaves the asker without an answer. */
  answer: (from: string, question: unknown) => unknown;
  /**
   * Questions to this node may have been lost, or this one has come too late to be taken: how things stand has
   * to be looked at anew.
   */
  missed: (question?: unknown) => void;
  /** The same, since this node was cut off from the others; it hears them again from here on. */
  back: () => void;
}

export interface BusCounts {
  /** Questions sent, answered by this node, and dropped by it because they came too late. */
  asked: number;
  answered: number;
  expired: number;
  /** Messages that never came, by their sequence numbers. */
  lost: number;
  /** Questions that wait for their answers now. */
  waiting: number;
}

/**
 * How nodes talk to each other: questions with answers, values as JSON has them.
 *
 * Order: what one node asks another is taken in the order in which it was asked.
 * Loss: a question is taken at most once, and not at all once `EXPIRES_MS` have passed; `answered` is the
 * only proof that it was. A node that may have lost some is told so (`missed`).
 * Bounds: at most `MAX_WAITING` questions wait for their answers, and `MAX_WAITING_BYTES` of them; one
 * more is `store-unavailable`, and so is any while there is no connection. A question is settled within
 * `PATIENCE_MS`.
 */
export interface Bus {
  /** The name of this node: no other has it, nor had it before. */
  readonly node: string;
  readonly counts: Readonly<BusCounts>;
  /** False while this node is cut off from the others. */
  readonly isUp: boolean;
  /** To be called once, before anybody knows of this node. */
  listen(listener: BusListener): Promise<void>;
  /** @throws SignalingError `store-unavailable`: whether it was taken is not known */
  ask(node: string, question: unknown): Promise<Asked>;
  close(): Promise<void>;
}

/** After which time a question is not taken any more, and after which it has no answer; milliseconds. */
export const EXPIRES_MS = 1000;
export const PATIENCE_MS = 2000;

export const MAX_WAITING = 10_000;
export const MAX_WAITING_BYTES = 32 * 1024 * 1024;
