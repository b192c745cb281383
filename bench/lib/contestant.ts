import type { Process } from '../../test/support/process.ts';
import type { Kind } from './messages.ts';

/** One connection of the load. */
export interface End {
  /** Sends a message of this kind to the other end of its pair; it carries `at`. */
  say(kind: Kind, at: number): void;
  /** Called with the `at` of each message that arrives. */
  onHeard: (at: number) => void;
  close(): void;
}

/** A running server. */
export interface Stage {
  /** It may be another one after a restart. */
  readonly process: Process;
  readonly url: string;
  /** One who has come in as far as this server has anybody come in, and stays. */
  client(number: number): Promise<End>;
  /** Two who may send to each other; `namespace`: which of the practices, where there are any. */
  pair(number: number, namespace: number): Promise<[End, End]>;
  stop(): Promise<void>;
}

export interface Contestant {
  readonly name: string;
  start(): Promise<Stage>;
}
