import { read } from './quality.ts';

/** How long a connection may be `disconnected` without a byte before ICE restarts, in milliseconds. */
const PATIENCE_MS = 3000;
/** How long an attempt may take before the next one, in milliseconds. */
const ATTEMPT_MS = 8000;
/** Of so many attempts one makes a new connection, the others restart ICE. */
const RENEWING_EVERY = 3;
/** After so many attempts in vain the connection counts as failed, though it is tried on. */
const HOPEFUL = 3;

export interface PathActions {
  /** ICE restarts, with fresh servers. */
  restart: () => void;
  /** A new peer connection is made: the last resort. */
  renew: () => void;
}

/**
 * Brings the path between two browsers back (SPEC CALL-4): when it has failed, and when it is
 * `disconnected` and nothing arrives any more. It is tried again and again: what was cut may come back
 * at any time.
 */
export class PathWatch {
  readonly #actions: PathActions;
  #connection: RTCPeerConnection | undefined;
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(actions: PathActions) {
    this.#actions = actions;
  }

  get hasFailed(): boolean {
    return this.#attempts > HOPEFUL;
  }

  /** The connection to watch from here on; the attempts so far still count. */
  follow(connection: RTCPeerConnection): void {
    this.#connection = connection;
  }

  /** To call after each change of the connection's state, or of ICE's. */
  look(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    const { connectionState, iceConnectionState } = connection;
    if (connectionState === 'connected') this.reset();
    else if (connectionState === 'failed' || iceConnectionState === 'failed') this.#attempt();
    else if (connectionState === 'disconnected') void this.#doubt(connection);
  }

  /** All is well, or begins anew: no attempt is under way, and none was in vain. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#attempts = 0;
  }

  stop(): void {
    this.reset();
    this.#connection = undefined;
  }

  /** Lost for a moment, or for good? It is lost when nothing arrives any more. */
  async #doubt(connection: RTCPeerConnection): Promise<void> {
    if (this.#timer !== undefined) return;
    const bytes = async () => read(await connection.getStats()).bytes;
    const before = await bytes();
    if (this.#timer !== undefined || connection !== this.#connection) return;
    this.#timer = setTimeout(async () => {
      this.#timer = undefined;
      const isBack = connection.connectionState === 'connected';
      if (isBack || connection !== this.#connection) return;
      if ((await bytes()) === before) this.#attempt();
      else void this.#doubt(connection);
    }, PATIENCE_MS);
  }

  #attempt(): void {
    clearTimeout(this.#timer);
    this.#attempts += 1;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#connection?.connectionState !== 'connected') this.#attempt();
    }, ATTEMPT_MS);
    if (this.#attempts % RENEWING_EVERY === 0) this.#actions.renew();
    else this.#actions.restart();
  }
}
