import type { Readiness } from '@telemedicine-signaling/protocol';
import { roomOf, tokenFrom } from './access.ts';
import type { Call } from './call/call.ts';
import { Connection, type ConnectionState, type ConnectOptions, type Heed } from './connection.ts';
import { CallKeeper, keepIn, MARK, membersOf, type Outcome } from './consultation.ts';
import { reachesRelay } from './devices/check-relay.ts';
import { Emitter } from './emitter.ts';
import type { SignalingError } from './signaling-error.ts';

/** When the answer to a call that could not be passed on is sent again, in milliseconds. */
const AGAIN_MS = 1000;

export interface VisitOptions extends ConnectOptions {
  /** The room of the link that the clinic gave out; by default a new one. */
  roomId?: string | undefined;
  /** The clinic's own name for the patient; by default one that is made up, for this tab alone. */
  patientId?: string | number | undefined;
}

export interface VisitState {
  readonly connection: ConnectionState;
  readonly phase: 'entering' | 'waiting' | 'called' | 'in-call' | 'on-hold' | 'ended';
  readonly roomId: string;
  readonly namespaceId: string;
  /** 1 is next. */
  readonly position?: number | undefined;
  readonly ahead?: number | undefined;
  /** In seconds, from recent consultations; absent while nobody knows. */
  readonly estimate?: { readonly from: number; readonly to: number } | undefined;
  readonly doctorOnline: boolean;
  readonly messages: readonly { readonly text: string; readonly at: Date }[];
  /** Whether the patient was sent on to another practice. */
  readonly wasTransferred: boolean;
  readonly outcome?: Outcome | undefined;
}

interface VisitEvents {
  change: VisitState;
  called: undefined;
  message: { text: string; at: Date };
  call: Call;
  ended: Outcome;
  error: SignalingError;
}

/**
 * Comes into the waiting room of a practice, and resolves once the patient waits there (SPEC SDK-4). After
 * a reload of the page it is the same place again.
 * @throws SignalingError the server's code when it lets nobody in, like `namespace-not-found`
 */
export async function enterWaitingRoom(options: VisitOptions): Promise<Visit> {
  // A link of the clinic is good for one room: its token says which (SPEC AUTH-4).
  const roomId = options.roomId ?? roomOf(await tokenFrom(options.token));
  const visit = new Visit({ ...options, roomId });
  await visit.entered;
  return visit;
}

/** A patient's visit, from the waiting room to the end. */
export class Visit {
  /** Resolves when the patient waits. */
  readonly entered: Promise<void>;
  readonly #events = new Emitter<VisitEvents>();
  readonly #connection: Connection;
  readonly #keeper: CallKeeper;
  readonly #metadata: Record<string, unknown>;
  readonly #patientId: string | number;
  /** Who knocked: the doctor. */
  #doctor: string | undefined;
  #ready: Readiness | undefined;
  #state: VisitState;

  constructor(options: VisitOptions) {
    this.#connection = new Connection(options, 'visit');
    const { keepsake, events } = this.#connection;
    this.#metadata = options.metadata ?? {};
    // A link to another room is another visit.
    const isSame = options.roomId === undefined || options.roomId === keepsake.kept.roomId;
    const kept = isSame ? keepsake.kept : {};
    this.#patientId = options.patientId ?? kept.patientId ?? crypto.randomUUID();
    this.#state = {
      connection: 'connecting',
      phase: 'entering',
      roomId: options.roomId ?? kept.roomId ?? crypto.randomUUID(),
      namespaceId: this.#connection.namespaceId,
      doctorOnline: false,
      messages: [],
      wasTransferred: false,
    };
    keepsake.note({ roomId: this.#state.roomId, patientId: this.#patientId });
    this.#keeper = new CallKeeper(this.#connection, options, () => {
      if (this.call !== null) this.#events.emit('call', this.call);
    });
    this.#connection.heed(this.#heed);
    events.on('state', (connection) => {
      this.#become({ connection });
      if (connection === 'superseded') this.#end({ reason: 'superseded' });
    });
    events.on('moved', ({ namespaceId }) => {
      this.#keeper.end();
      this.#become({ namespaceId, phase: 'waiting', wasTransferred: true, position: undefined });
    });
    events.on('error', (error) => this.#events.emit('error', error));
    this.entered = keepIn(this.#connection, {
      isIn: () => this.#state.phase !== 'entering',
      enter: () => this.#enter(),
      // The room has ended while nobody was here to hear how.
      failed: ({ code }) => code === 'room-ended' && this.#end({ reason: 'expired' }),
    });
  }

  get state(): VisitState {
    return this.#state;
  }

  /** While there is one. */
  get call(): Call | null {
    return this.#keeper.call;
  }

  on<E extends keyof VisitEvents>(event: E, listener: (data: VisitEvents[E]) => void): () => void {
    return this.#events.on(event, listener);
  }

  /** Tells the doctors what works here (SPEC DESK-5). @throws SignalingError */
  async reportReady(ready: Readiness): Promise<void> {
    this.#ready = ready;
    await this.#connection.send('ready', ready);
  }

  /** Whether a relay can be reached from here, as `ready` tells it; undefined where there is none. */
  async reachesRelay(): Promise<boolean | undefined> {
    return reachesRelay(await this.#connection.iceServers());
  }

  setMedia(stream: MediaStream | null): void {
    this.#keeper.setMedia(stream);
  }

  /**
   * Leaves the waiting room, or ends the call for all. Here it is over at once; the server hears of it as
   * soon as there is a connection.
   * @throws SignalingError it never heard of it: then the end of the window tells the others
   */
  async leave(): Promise<void> {
    const { phase, roomId } = this.#state;
    const isTalking = phase === 'in-call' || phase === 'on-hold';
    const reason = isTalking ? 'patient-ended' : 'patient-left';
    const said = this.#connection.send(
      reason,
      { 'room-id': roomId, patientID: this.#patientId },
      true,
    );
    this.#conclude({ reason, by: 'patient' });
    await said.finally(() => this.#connection.close({ forget: true }));
  }

  /** Goes without leaving: the place is kept for the window. */
  close(): void {
    this.#keeper.end();
    this.#connection.close();
  }

  readonly #heed: Heed = {
    'queue-position': (told) => {
      if (told['room-id'] !== this.#state.roomId || this.#state.phase === 'ended') return;
      const { position, ahead, 'estimated-wait-seconds': estimate } = told;
      // The doctor dropped out, or gave the patient back: the waiting goes on. With a guest it may have
      // been a call all the while.
      const { phase } = this.#state;
      const wasTalking = phase === 'in-call' || phase === 'on-hold';
      if (wasTalking) this.#keeper.end();
      this.#become({ position, ahead, estimate, ...(wasTalking ? { phase: 'waiting' } : {}) });
    },
    'doctor-online': ({ online }) => this.#become({ doctorOnline: online }),
    'message-to-waiting': ({ text }) => {
      const message = { text, at: new Date() };
      this.#become({ messages: [...this.#state.messages, message] });
      this.#events.emit('message', message);
    },
    'doctor-entered': (doctor) => {
      this.#doctor = doctor.from;
      this.#answerCall(doctor.from);
      if (this.#state.phase === 'in-call') return;
      this.#become({ phase: 'called' });
      this.#events.emit('called', undefined);
    },
    'room-joined': ({ from, sdk, name }) => {
      const role = from === this.#doctor ? 'doctor' : 'guest';
      const isSdk = sdk !== undefined;
      const peer = { clientId: from, role, isSdk } as const;
      // A deployed page waits for this before it makes its offer.
      if (!isSdk) this.#introduceTo(from);
      const call = this.#keeper.open();
      call.addPeer(typeof name === 'string' ? { ...peer, name } : peer, { offers: false });
      if (role === 'doctor') this.#become({ phase: 'in-call', position: undefined });
    },
    'client-left': (left) => this.#keeper.call?.removePeer(left['client-id']),
    'put-on-hold': () => {
      this.#keeper.end();
      this.#become({ phase: 'on-hold' });
    },
    'returned-to-queue': () => {
      if (this.#state.phase !== 'called') this.#keeper.end();
      this.#become({ phase: 'waiting' });
    },
    'room-ended': (ended) => {
      if (ended['room-id'] === this.#state.roomId)
        this.#end({ reason: ended.reason, by: ended.by });
    },
    'namespace-removed': () => this.#end({ reason: 'namespace-removed' }),
  };

  /** Again, where the server cannot pass it on now: the doctor's page waits for it. */
  #answerCall(doctor: string): void {
    this.#connection
      .send('ack-doctor-entered', { 'client-id': doctor, ...MARK }, true)
      .catch(({ retry }: Partial<SignalingError>) => {
        if (retry !== true) return;
        setTimeout(() => {
          const isCalled = this.#state.phase === 'called' && this.#doctor === doctor;
          if (isCalled) this.#answerCall(doctor);
        }, AGAIN_MS);
      });
  }

  /** Takes the place, or finds out how things are in it: after a reload, or when too much was missed. */
  async #enter(): Promise<void> {
    const { roomId } = this.#state;
    const answer = await this.#connection.send('create', {
      ...this.#metadata,
      ...MARK,
      'room-id': roomId,
      'namespace-id': this.#connection.namespaceId,
      'client-id': this.#connection.clientId,
      patientID: this.#patientId,
    });
    const others = membersOf(answer).filter(
      (one) => one['client-id'] !== this.#connection.clientId,
    );
    const isTalking = answer.state === 'in-consultation';
    if (isTalking) {
      this.#doctor = others.find(({ role }) => role === 'doctor')?.['client-id'];
      this.#keeper.end();
      const call = this.#keeper.open();
      for (const { 'client-id': clientId, role } of others) {
        call.addPeer({ clientId, role, isSdk: false }, { offers: false });
      }
      call.hello();
    }
    this.#become({ phase: this.#phaseIn(answer.state) });
    if (this.#ready !== undefined) await this.reportReady(this.#ready).catch(() => {});
  }

  #introduceTo(peerId: string): void {
    const addresses = { 'peer-id': peerId, 'client-id': this.#connection.clientId };
    this.#connection
      .send('send-metadata', { ...this.#metadata, ...addresses }, true)
      .catch(() => {});
  }

  #phaseIn(state: unknown): VisitState['phase'] {
    if (state === 'in-consultation') return 'in-call';
    if (state === 'on-hold') return 'on-hold';
    // The knock may have been faster than the answer.
    return state === 'knocking' && this.#state.phase === 'called' ? 'called' : 'waiting';
  }

  #end(outcome: Outcome): void {
    if (this.#state.phase === 'ended') return;
    this.#conclude(outcome);
    if (outcome.reason !== 'superseded') this.#connection.close({ forget: true });
  }

  #conclude(outcome: Outcome): void {
    const whole = { ...outcome, seconds: this.#keeper.seconds };
    this.#keeper.end();
    this.#become({ phase: 'ended', outcome: whole });
    this.#events.emit('ended', whole);
  }

  #become(news: Partial<VisitState>): void {
    this.#state = { ...this.#state, ...news };
    this.#events.emit('change', this.#state);
  }
}
