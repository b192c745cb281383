import type { EndReason, Role, Welcome } from '@telemedicine-signaling/protocol';
import { MeshCall } from './call/call.ts';
import type { CallSignaling } from './call/call-signaling.ts';
import type { Connection, ConnectOptions } from './connection.ts';
import type { SignalingError } from './signaling-error.ts';

/** How a consultation came to its end. */
export interface Outcome {
  readonly reason:
    | EndReason
    | 'superseded'
    | 'unanswered'
    | 'answered-elsewhere'
    | 'transferred'
    | 'returned';
  /** Who ended it; absent where it was the clock. */
  readonly by?: Role | undefined;
  /** How long doctor and patient were in a call, in seconds; absent if they were in none. */
  readonly seconds?: number | undefined;
}

/** What says of a page that it is made with this SDK: passes through the server untouched. */
export const MARK = { sdk: 1 } as const;

interface Member {
  'client-id': string;
  role: Role;
}

export const membersOf = (answer: Record<string, unknown>): Member[] =>
  Array.isArray(answer.members) ? answer.members : [];

/**
 * Enters at the first welcome, and at each later one after which something may have been missed. Resolves
 * when it has entered. What fails at the first time ends the connection; later it is told as `error`.
 * @throws SignalingError why it could not enter
 */
export function keepIn(
  connection: Connection,
  {
    isIn,
    enter,
    failed,
  }: {
    isIn: () => boolean;
    enter: (welcome: Welcome) => Promise<void>;
    /** Hears of a later failure before everybody else. */
    failed?: (error: SignalingError) => void;
  },
): Promise<void> {
  const { events } = connection;
  const entered = new Promise<void>((resolve, reject) => {
    events.on('welcome', (welcome) => {
      const wasIn = isIn();
      if (wasIn && welcome.resumed && welcome.resynchronise !== true) return;
      enter(welcome).then(resolve, (error: SignalingError) => {
        reject(error);
        if (!wasIn) connection.close();
        else {
          failed?.(error);
          events.emit('error', error);
        }
      });
    });
    events.on('error', (error) => connection.state === 'closed' && reject(error));
  });
  // Whoever does not ask hears of it as an `error`.
  entered.catch(() => {});
  return entered;
}

/** The call of a consultation: there from the first who comes in until it ends or rests. */
export class CallKeeper {
  readonly #connection: Connection;
  readonly #options: ConnectOptions;
  readonly #changed: () => void;
  readonly #listeners = new Map<string, Set<(data: never) => void>>();
  #media: MediaStream | null;
  #call: MeshCall | null = null;

  constructor(connection: Connection, options: ConnectOptions, changed: () => void) {
    this.#connection = connection;
    this.#options = options;
    this.#media = options.media ?? null;
    this.#changed = changed;
    connection.events.on('heard', ({ event, data }) => {
      for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(data as never);
    });
  }

  get call(): MeshCall | null {
    return this.#call;
  }

  get seconds(): number | undefined {
    const since = this.#call?.state.startedAt;
    return since ? Math.round((Date.now() - since.getTime()) / 1000) : undefined;
  }

  setMedia(stream: MediaStream | null): void {
    this.#media = stream;
    this.#call?.setMedia(stream);
  }

  /** The call of now, or a new one. */
  open(): MeshCall {
    if (this.#call !== null) return this.#call;
    this.#call = new MeshCall({
      signaling: this.#signaling(),
      media: this.#media,
      iceTransportPolicy: this.#options.iceTransportPolicy,
    });
    this.#changed();
    return this.#call;
  }

  end(): void {
    const call = this.#call;
    call?.end();
    this.#call = null;
    const report = call?.report() ?? null;
    // Nobody waits for it, and an older server does not know it.
    if (report !== null) this.#connection.send('call-report', report, true).catch(() => {});
  }

  #signaling(): CallSignaling {
    const connection = this.#connection;
    return {
      get clientId() {
        return connection.clientId;
      },
      send: (event, payload) => connection.send(event, payload, true),
      on: (event, listener) => {
        const known = this.#listeners.get(event) ?? new Set();
        this.#listeners.set(event, known.add(listener));
        return () => known.delete(listener);
      },
      iceServers: () => connection.iceServers(),
    };
  }
}
