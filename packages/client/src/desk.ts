import type { QueueEntry, Readiness } from '@telemedicine-signaling/protocol';
import type { Call } from './call/call.ts';
import { Connection, type ConnectionState, type ConnectOptions, type Heed } from './connection.ts';
import { CallKeeper, keepIn, MARK, membersOf, type Outcome } from './consultation.ts';
import { Emitter } from './emitter.ts';
import type { SignalingError } from './signaling-error.ts';

export interface WaitingPatient {
  readonly roomId: string;
  readonly clientId: string;
  /** What the patient's page sent with `create`. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly waitingSince: Date;
  readonly connected: boolean;
  /** `knocking`: a doctor is calling. */
  readonly state: 'waiting' | 'knocking';
  readonly urgent: boolean;
  readonly ready?: Readiness | undefined;
  readonly unansweredKnocks: number;
}

export interface Consultation {
  readonly roomId: string;
  readonly patient: WaitingPatient;
  readonly phase: 'calling' | 'in-call';
  readonly since: Date;
}

export interface RestingConsultation {
  readonly roomId: string;
  readonly patient: WaitingPatient;
  readonly since: Date;
}

export interface DeskState {
  readonly connection: ConnectionState;
  /** In the order in which they are to be called. */
  readonly waiting: readonly WaitingPatient[];
  readonly current: Consultation | null;
  readonly onHold: readonly RestingConsultation[];
  /** Of the last consultation. */
  readonly outcome?: (Outcome & { readonly roomId: string }) | undefined;
}

interface DeskEvents {
  change: DeskState;
  arrival: WaitingPatient;
  'answered-elsewhere': { roomId: string };
  call: Call;
  ended: Outcome & { roomId: string };
  error: SignalingError;
}

/**
 * Opens the doctor's desk of a practice, and resolves once the waiting room is known (SPEC SDK-5).
 * @throws SignalingError the server's code when it lets nobody in, like `namespace-not-found`
 */
export async function openDesk(options: ConnectOptions): Promise<Desk> {
  const desk = new Desk(options);
  await desk.opened;
  return desk;
}

/** A doctor's desk: who waits, and the one who is with the doctor. */
export class Desk {
  readonly opened: Promise<void>;
  readonly #events = new Emitter<DeskEvents>();
  readonly #connection: Connection;
  readonly #keeper: CallKeeper;
  readonly #metadata: Record<string, unknown>;
  /** Rooms that were in the list before: who is new is announced. Undefined before the first list. */
  #known: Set<string> | undefined;
  #state: DeskState = { connection: 'connecting', waiting: [], current: null, onHold: [] };
  /** The client that answered a call last. */
  #answeredBy: string | undefined;

  constructor(options: ConnectOptions) {
    this.#metadata = options.metadata ?? {};
    this.#connection = new Connection(options, 'desk');
    this.#keeper = new CallKeeper(this.#connection, options, () => {
      if (this.call !== null) this.#events.emit('call', this.call);
    });
    const { events } = this.#connection;
    this.#connection.heed(this.#heed);
    events.on('state', (connection) => this.#become({ connection }));
    events.on('error', (error) => this.#events.emit('error', error));
    this.opened = keepIn(this.#connection, {
      isIn: () => this.#known !== undefined,
      enter: ({ resumed }) => this.#sitDown(resumed),
    });
  }

  get state(): DeskState {
    return this.#state;
  }

  get call(): Call | null {
    return this.#keeper.call;
  }

  on<E extends keyof DeskEvents>(event: E, listener: (data: DeskEvents[E]) => void): () => void {
    return this.#events.on(event, listener);
  }

  /** Calls a patient in. @throws SignalingError `already-claimed`: somebody else was faster */
  async admit(roomId: string): Promise<void> {
    const patient = this.#state.waiting.find((one) => one.roomId === roomId);
    if (patient === undefined) return;
    this.#answeredBy = undefined;
    await this.#connection.send('join', this.#introduced({ 'room-id': roomId, init: true }));
    await this.#calling(patient);
    this.#comeToWhoAnswered();
  }

  /** Calls the first in line who can be called. @throws SignalingError `room-not-found`: there is nobody */
  async callNext(): Promise<void> {
    this.#answeredBy = undefined;
    const answer = await this.#connection.send('call-next', this.#introduced({}));
    const roomId = answer['room-id'] as string;
    await this.#calling(
      this.#state.waiting.find((one) => one.roomId === roomId) ?? {
        roomId,
        clientId: answer['client-id'] as string,
        metadata: (answer.metadata ?? {}) as Record<string, unknown>,
        waitingSince: new Date(),
        connected: true,
        state: 'knocking',
        urgent: false,
        unansweredKnocks: 0,
      },
    );
    this.#comeToWhoAnswered();
  }

  /** Stops calling: the patient waits on in the same place. */
  async cancel(): Promise<void> {
    await this.returnToQueue();
  }

  /** Turns a patient away. */
  async decline(roomId: string): Promise<void> {
    await this.#connection.send('doctor-rejected', { 'room-id': roomId });
    if (this.#isCurrent(roomId)) this.#end({ reason: 'rejected', by: 'doctor' });
  }

  /** The consultation rests: picture and sound stop until `takeUp`. */
  async hold(): Promise<void> {
    const { current } = this.#state;
    if (current?.phase !== 'in-call') return;
    await this.#connection.send('hold', { 'room-id': current.roomId });
    if (this.#isCurrent(current.roomId)) this.#giveWay(null);
  }

  /** Goes on with a consultation that rests. @throws SignalingError it has ended, and is forgotten here */
  async takeUp(roomId: string): Promise<void> {
    const resting = this.#state.onHold.find((one) => one.roomId === roomId);
    if (resting === undefined) return;
    try {
      await this.#calling(resting.patient);
      await this.#comeIn(roomId);
    } catch (error) {
      this.#end({ reason: 'lost' });
      throw error;
    }
  }

  /** The patient waits on in the same place, for any doctor. */
  async returnToQueue(): Promise<void> {
    const { current } = this.#state;
    if (current === null) return;
    await this.#connection.send('return-to-queue', { 'room-id': current.roomId });
    if (this.#isCurrent(current.roomId)) this.#end({ reason: 'returned', by: 'doctor' });
  }

  /** The patient waits on in another practice, with the waiting time. */
  async transfer(roomId: string, toNamespaceId: string): Promise<void> {
    await this.#connection.send('transfer', {
      'room-id': roomId,
      'to-namespace-id': toNamespaceId,
    });
    if (this.#isCurrent(roomId)) this.#end({ reason: 'transferred', by: 'doctor' });
    this.#become({ onHold: this.#state.onHold.filter((one) => one.roomId !== roomId) });
  }

  /** A line of at most 500 characters to one who waits, or to all. */
  async message(text: string, roomId?: string): Promise<void> {
    const to = roomId === undefined ? {} : { 'room-id': roomId };
    await this.#connection.send('message-to-waiting', { text, ...to });
  }

  async setPriority(roomId: string, urgent: boolean): Promise<void> {
    await this.#connection.send('set-priority', { 'room-id': roomId, urgent });
  }

  /** Ends the consultation for all. */
  async end(): Promise<void> {
    const { current } = this.#state;
    if (current === null) return;
    await this.#connection.send('doctor-ended', { 'room-id': current.roomId }, true);
    if (this.#isCurrent(current.roomId)) this.#end({ reason: 'doctor-ended', by: 'doctor' });
  }

  setMedia(stream: MediaStream | null): void {
    this.#keeper.setMedia(stream);
  }

  /** Goes without ending anything: the desk is kept for the window. */
  close(): void {
    this.#keeper.end();
    this.#connection.close();
  }

  readonly #heed: Heed = {
    queue: ({ waiting }) => this.#takeList(waiting.map(patientFrom)),
    'ack-doctor-entered': ({ from }) => {
      this.#answeredBy = from;
      this.#comeToWhoAnswered();
    },
    'room-joined': (joined) => {
      const { from, sdk, name } = joined;
      if (!this.#isCurrent(joined['room-id'] as string) || this.#keeper.call === null) return;
      const patient = this.#state.current?.patient.clientId;
      const role = from === patient ? 'patient' : 'guest';
      const peer = { clientId: from, role, isSdk: sdk !== undefined } as const;
      this.#keeper.call.addPeer(typeof name === 'string' ? { ...peer, name } : peer, {
        offers: false,
      });
    },
    'client-left': (left) => this.#keeper.call?.removePeer(left['client-id']),
    'answered-elsewhere': ({ 'room-id': roomId }) => {
      if (this.#isCurrent(roomId)) this.#end({ reason: 'answered-elsewhere' });
      this.#events.emit('answered-elsewhere', { roomId });
    },
    'room-ended': ({ 'room-id': roomId, reason, by }) => {
      this.#become({
        waiting: this.#state.waiting.filter((one) => one.roomId !== roomId),
        onHold: this.#state.onHold.filter((one) => one.roomId !== roomId),
      });
      this.#keep(this.#connection.keepsake.kept.roomId);
      if (this.#isCurrent(roomId)) this.#end({ reason, by });
    },
  };

  async #sitDown(resumed: boolean): Promise<void> {
    await this.#connection.send('doctor-joined', {
      ...this.#metadata,
      'namespace-id': this.#connection.namespaceId,
    });
    if (!resumed) return this.#forgetAll();
    const { roomId, resting = [] } = this.#connection.keepsake.kept;
    if (this.#state.current !== null || this.#state.onHold.length > 0) return;
    // The page was reloaded in the midst of a consultation: it goes on, and so does what rests.
    const since = new Date();
    const onHold = resting.map((room) => ({ roomId: room, patient: strangerIn(room, ''), since }));
    this.#become({ onHold });
    if (roomId !== undefined) await this.#comeIn(roomId).catch(() => this.#keep(undefined));
  }

  /** The window has ended: who was with the doctor waits for any doctor again. */
  #forgetAll(): void {
    this.#end({ reason: 'lost' });
    this.#keep(undefined, []);
    this.#become({ onHold: [] });
  }

  /** Where there are several nodes, a patient's answer may be here before the server's own to the call. */
  #comeToWhoAnswered(): void {
    const { current } = this.#state;
    const isAnswered =
      current?.phase === 'calling' && current.patient.clientId === this.#answeredBy;
    if (!isAnswered) return;
    this.#answeredBy = undefined;
    this.#comeIn(current.roomId).catch((error: SignalingError) => this.#failed(error));
  }

  async #comeIn(roomId: string): Promise<void> {
    const answer = await this.#connection.send('join', this.#introduced({ 'room-id': roomId }));
    const others = membersOf(answer).filter(
      (one) => one['client-id'] !== this.#connection.clientId,
    );
    const { current } = this.#state;
    const patientId = others.find(({ role }) => role === 'patient')?.['client-id'];
    const known = current?.patient;
    const patient = {
      ...(known ?? strangerIn(roomId, '')),
      clientId: patientId ?? known?.clientId ?? '',
    };
    this.#keep(roomId);
    const call = this.#keeper.open();
    for (const { 'client-id': clientId, role } of others) {
      const isPatient = clientId === patient.clientId;
      const { name, sdk } = isPatient ? patient.metadata : {};
      const peer = { clientId, role, isSdk: sdk !== undefined };
      call.addPeer(typeof name === 'string' ? { ...peer, name } : peer, { offers: true });
    }
    this.#become({ current: { roomId, patient, phase: 'in-call', since: new Date() } });
  }

  #introduced(keys: object): object {
    return {
      ...this.#metadata,
      ...MARK,
      ...keys,
      'client-id': this.#connection.clientId,
    };
  }

  /**
   * This patient is called. One consultation at a time: the one of now rests, a call that nobody has
   * answered yet is withdrawn.
   */
  async #calling(patient: WaitingPatient): Promise<void> {
    const { current } = this.#state;
    // The answer may have been faster than this line.
    if (this.#isCurrent(patient.roomId)) return;
    this.#giveWay({ roomId: patient.roomId, patient, phase: 'calling', since: new Date() });
    if (current === null) return;
    const event = current.phase === 'in-call' ? 'hold' : 'return-to-queue';
    await this.#connection.send(event, { 'room-id': current.roomId });
  }

  /** The consultation of now, if it has begun, is on hold from here on. */
  #giveWay(next: Consultation | null): void {
    const { current } = this.#state;
    const others = this.#state.onHold.filter((one) => one.roomId !== next?.roomId);
    const onHold =
      current?.phase === 'in-call'
        ? [...others, { roomId: current.roomId, patient: current.patient, since: new Date() }]
        : others;
    this.#keeper.end();
    this.#keep(undefined, onHold);
    this.#become({ current: next, onHold, outcome: undefined });
  }

  #takeList(waiting: WaitingPatient[]): void {
    const known = this.#known;
    this.#known = new Set(waiting.map(({ roomId }) => roomId));
    this.#become({ waiting });
    const { current } = this.#state;
    const called = waiting.find((one) => one.roomId === current?.roomId);
    const hasRunOut =
      current?.phase === 'calling' &&
      called?.state === 'waiting' &&
      called.unansweredKnocks > current.patient.unansweredKnocks;
    if (hasRunOut) this.#end({ reason: 'unanswered' });
    if (known === undefined) return;
    for (const patient of waiting) {
      const isNew = !known.has(patient.roomId) && patient.state === 'waiting';
      if (isNew) this.#events.emit('arrival', patient);
    }
  }

  #isCurrent(roomId: string): boolean {
    return this.#state.current?.roomId === roomId;
  }

  /** What a reloaded page has to know; of nobody more than the room. */
  #keep(roomId: string | undefined, onHold = this.#state.onHold): void {
    this.#connection.keepsake.note({ roomId, resting: onHold.map((one) => one.roomId) });
  }

  #failed(error: SignalingError): void {
    this.#end({ reason: error.code === 'already-claimed' ? 'answered-elsewhere' : 'unanswered' });
    this.#events.emit('error', error);
  }

  #end(outcome: Outcome): void {
    const { current } = this.#state;
    if (current === null) return;
    const whole = { ...outcome, roomId: current.roomId, seconds: this.#keeper.seconds };
    this.#keeper.end();
    this.#keep(undefined);
    this.#become({ current: null, outcome: whole });
    this.#events.emit('ended', whole);
  }

  #become(news: Partial<DeskState>): void {
    this.#state = { ...this.#state, ...news };
    this.#events.emit('change', this.#state);
  }
}

const patientFrom = (entry: QueueEntry): WaitingPatient => ({
  roomId: entry['room-id'],
  clientId: entry['client-id'],
  metadata: entry.metadata,
  waitingSince: new Date(entry['waiting-since']),
  connected: entry.connected,
  state: entry.state,
  urgent: entry.urgent,
  ready: entry.ready,
  unansweredKnocks: entry['unanswered-knocks'],
});

/** Of who was with the doctor before the page was reloaded, the list says nothing any more. */
const strangerIn = (roomId: string, clientId: string): WaitingPatient => ({
  roomId,
  clientId,
  metadata: {},
  waitingSince: new Date(),
  connected: true,
  state: 'waiting',
  urgent: false,
  unansweredKnocks: 0,
});
