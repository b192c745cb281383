import type { Call } from './call/call.ts';
import { Connection, type ConnectionState, type ConnectOptions, type Heed } from './connection.ts';
import { CallKeeper, keepIn, MARK, membersOf, type Outcome } from './consultation.ts';
import { Emitter } from './emitter.ts';
import type { SignalingError } from './signaling-error.ts';

export interface GuestState {
  readonly connection: ConnectionState;
  readonly phase: 'entering' | 'in-call' | 'ended';
  readonly outcome?: Outcome | undefined;
}

interface GuestEvents {
  change: GuestState;
  call: Call;
  ended: Outcome;
  error: SignalingError;
}

/**
 * Comes into a room as an interpreter, a relative or a trainee (SPEC SDK-6). Everybody in it sees who comes.
 * @throws SignalingError `room-not-found`, `limit-reached`, and whatever keeps a client out
 */
export async function joinAsGuest(
  options: ConnectOptions & { roomId: string },
): Promise<GuestVisit> {
  const visit = new GuestVisit(options);
  await visit.entered;
  return visit;
}

export class GuestVisit {
  readonly entered: Promise<void>;
  readonly #events = new Emitter<GuestEvents>();
  readonly #connection: Connection;
  readonly #keeper: CallKeeper;
  readonly #options: ConnectOptions & { roomId: string };
  #state: GuestState = { connection: 'connecting', phase: 'entering' };

  constructor(options: ConnectOptions & { roomId: string }) {
    this.#options = options;
    this.#connection = new Connection(options, `guest of ${options.roomId} at`);
    this.#keeper = new CallKeeper(this.#connection, options, () => {
      if (this.call !== null) this.#events.emit('call', this.call);
    });
    const { events } = this.#connection;
    this.#connection.heed(this.#heed);
    events.on('state', (connection) => this.#become({ connection }));
    events.on('error', (error) => this.#events.emit('error', error));
    this.entered = keepIn(this.#connection, {
      isIn: () => this.#state.phase !== 'entering',
      enter: () => this.#enter(),
    });
  }

  get state(): GuestState {
    return this.#state;
  }

  get call(): Call | null {
    return this.#keeper.call;
  }

  on<E extends keyof GuestEvents>(event: E, listener: (data: GuestEvents[E]) => void): () => void {
    return this.#events.on(event, listener);
  }

  setMedia(stream: MediaStream | null): void {
    this.#keeper.setMedia(stream);
  }

  /** Leaves; the others go on. */
  async leave(): Promise<void> {
    await this.#connection.send('leave', { 'room-id': this.#options.roomId });
    this.#end({ reason: 'patient-left', by: 'guest' });
  }

  close(): void {
    this.#keeper.end();
    this.#connection.close();
  }

  readonly #heed: Heed = {
    'room-joined': ({ from, sdk, name }) => {
      const peer = { clientId: from, role: 'guest', isSdk: sdk !== undefined } as const;
      this.#keeper
        .open()
        .addPeer(typeof name === 'string' ? { ...peer, name } : peer, { offers: false });
    },
    'client-left': (left) => this.#keeper.call?.removePeer(left['client-id']),
    'room-ended': ({ reason, by }) => this.#end({ reason, by }),
    'namespace-removed': () => this.#end({ reason: 'namespace-removed' }),
  };

  async #enter(): Promise<void> {
    const answer = await this.#connection.send('join', {
      ...this.#options.metadata,
      ...MARK,
      'room-id': this.#options.roomId,
    });
    // Who comes in anew may have another `client-id`: nothing of an earlier call fits any more.
    this.#keeper.end();
    const call = this.#keeper.open();
    for (const { 'client-id': clientId, role } of membersOf(answer)) {
      call.addPeer({ clientId, role, isSdk: true }, { offers: true });
    }
    this.#become({ phase: 'in-call' });
  }

  #end(outcome: Outcome): void {
    if (this.#state.phase === 'ended') return;
    this.#keeper.end();
    this.#become({ phase: 'ended', outcome });
    this.#connection.close({ forget: true });
    this.#events.emit('ended', outcome);
  }

  #become(news: Partial<GuestState>): void {
    this.#state = { ...this.#state, ...news };
    this.#events.emit('change', this.#state);
  }
}
