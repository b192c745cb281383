import type {
  ClientEvent,
  ServerEvent,
  ServerEvents,
  Welcome,
} from '@telemedicine-signaling/protocol';
import { io, type Socket } from 'socket.io-client';
import { expiryOf, type TokenSource, tokenFrom } from './access.ts';
import { Emitter } from './emitter.ts';
import { originOf } from './http.ts';
import { type KeepStorage, Keepsake } from './keepsake.ts';
import { browserPage } from './page-life.ts';
import { defaultReconnectPolicy, type ReconnectPolicy } from './reconnect-policy.ts';
import { SignalingError } from './signaling-error.ts';

export type ConnectionState =
  | 'connecting'
  | 'online'
  /** It was lost and is being sought again; the place is kept for the window. */
  | 'offline'
  /** The server restarts; everybody comes back by itself. */
  | 'draining'
  /** The same client goes on in another tab or on another device. */
  | 'superseded'
  | 'closed';

/** Where to connect, and as whom. */
export interface ConnectOptions {
  /** Origin of the signaling server; by default the page's own. */
  server?: string | undefined;
  namespaceId: string;
  token?: TokenSource | undefined;
  /** Keeps the place over a reload; by default the tab's `sessionStorage`. `null` keeps nothing. */
  storage?: KeepStorage | null | undefined;
  reconnect?: ReconnectPolicy | undefined;
  /** `relay` sends picture and sound through TURN only. */
  iceTransportPolicy?: RTCIceTransportPolicy | undefined;
  /** Reaches the other side as it is. `name` is shown there. */
  metadata?: Record<string, unknown> | undefined;
  /** What to send in a call; it can be set later, too. */
  media?: MediaStream | null | undefined;
}

export type Answer = Record<string, unknown>;

/** What to do at events of the server. */
export type Heed = { [E in ServerEvent]?: (data: ServerEvents[E]) => void };

interface Own {
  state: ConnectionState;
  welcome: Welcome;
  /** An event of the server, in the order in which it came. */
  heard: { event: ServerEvent; data: unknown };
  error: SignalingError;
  moved: { namespaceId: string };
}

/** How long the server may take to answer, in milliseconds. */
const ANSWER_MS = 10_000;
/** How long what is sent for a call may wait for the connection, in milliseconds. */
const PATIENCE_MS = 60_000;
/** How long before its end a token or a TURN credential is replaced, in milliseconds. */
const AHEAD_MS = 60_000;

/** What has been sent and not been answered. */
interface Pending {
  event: ClientEvent;
  data: object;
  settle: (answer: unknown) => void;
  fail: (error: SignalingError) => void;
  /** Is sent again on the next connection: whoever gets it twice is none the worse. */
  outlives: boolean;
  /** Ends the waiting of one that outlives. */
  patience?: ReturnType<typeof setTimeout>;
}

/**
 * One client of the server over all its connections (SPEC SDK-1): it connects, comes back with the same
 * `client-id` and misses nothing, renews its access token, and goes along when it is transferred.
 */
export class Connection {
  readonly events = new Emitter<Own>();
  readonly #options: ConnectOptions;
  readonly #policy: ReconnectPolicy;
  readonly keepsake: Keepsake;
  #namespaceId: string;
  #state: ConnectionState = 'connecting';
  #socket: Socket | undefined;
  #welcome: Welcome | undefined;
  #resume: string | undefined;
  /** Events heard since the last `welcome` (SPEC RESUME-10); undefined in a page that has just loaded. */
  #heard: number | undefined;
  #isWelcome = false;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #pending = new Set<Pending>();
  #undo: (() => void)[] = [];

  constructor(options: ConnectOptions, kind: string) {
    this.#options = options;
    this.#policy = options.reconnect ?? defaultReconnectPolicy;
    this.keepsake = new Keepsake(
      options.storage === undefined ? sessionStorageOf() : options.storage,
      `${kind} ${originOf(options)}/${options.namespaceId}`,
    );
    const { resume, namespaceId } = this.keepsake.kept;
    this.#resume = resume;
    this.#namespaceId = namespaceId ?? options.namespaceId;
    this.#undo = [
      browserPage.onBack(() => {
        this.keepsake.take();
        this.#hurry();
      }),
      browserPage.onAway(() => this.keepsake.lay()),
    ];
    this.#open();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get namespaceId(): string {
    return this.#namespaceId;
  }

  get clientId(): string {
    return this.#welcome?.['client-id'] ?? '';
  }

  /**
   * Sends an event and resolves with the server's answer.
   * @param outlives waits for the connection, and is sent again if it is lost before the answer
   * @throws SignalingError the server's code, or `offline`, `timeout`, `closed`
   */
  send(event: ClientEvent, data: object, outlives = false): Promise<Answer> {
    return new Promise((settle, fail) => {
      if (this.#isOver()) return fail(closed());
      const pending: Pending = { event, data, outlives, settle: settle as () => void, fail };
      this.#pending.add(pending);
      if (this.#state === 'online') this.#transmit(pending);
      else if (!outlives) this.#fail(pending, SignalingError.from(undefined));
      if (outlives) {
        const giveUp = () => this.#fail(pending, SignalingError.from(undefined));
        pending.patience = setTimeout(giveUp, PATIENCE_MS);
      }
    });
  }

  /** Does at each event of the server, in the order in which they come, what stands in the table. */
  heed(table: Heed): void {
    this.events.on('heard', ({ event, data }) =>
      (table[event] as ((data: unknown) => void) | undefined)?.(data),
    );
  }

  /** STUN and TURN servers whose credentials are good for a while still. */
  async iceServers(): Promise<RTCIceServer[]> {
    const until = this.#welcome?.['ice-expires-at'];
    if (until && Date.parse(until) - Date.now() < AHEAD_MS && this.#welcome !== undefined) {
      const fresh = await this.send('refresh-ice-servers', {}).catch(() => undefined);
      if (fresh !== undefined) this.#welcome = { ...this.#welcome, ...fresh };
    }
    return (this.#welcome?.['ice-servers'] ?? []) as RTCIceServer[];
  }

  /** Goes without a word: the place is kept for the window. With `forget` nothing is kept here. */
  close({ forget = false } = {}): void {
    if (forget) this.keepsake.forget();
    else this.keepsake.lay();
    this.#end('closed');
  }

  #open(): void {
    clearTimeout(this.#retry);
    this.#drop();
    this.#isWelcome = false;
    const socket = io(`${originOf(this.#options)}/${this.#namespaceId}`, {
      // A load balancer may keep a practice together by it.
      query: { ns: this.#namespaceId },
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnection: false,
      forceNew: true,
      timeout: ANSWER_MS,
      auth: (give) => {
        tokenFrom(this.#options.token).then(
          (token) => {
            this.#renewBefore(expiryOf(token));
            give({ token, resume: this.#resume, heard: this.#heard });
          },
          () => socket === this.#socket && this.#lost(),
        );
      },
    });
    this.#socket = socket;
    socket.onAny((event, data) => this.#take(event, data));
    socket.on('disconnect', () => this.#lost());
    socket.on('connect_error', (error: Error & { data?: unknown }) => this.#refused(error.data));
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.off();
    socket?.offAny();
    socket?.disconnect();
  }

  #take(event: ServerEvent, data: unknown): void {
    if (event === 'welcome') {
      this.#greet(data as Welcome);
      return;
    }
    if (this.#isWelcome) this.#heard = (this.#heard ?? 0) + 1;
    if (event === 'transferred') this.#move(data as ServerEvents['transferred']);
    else if (event === 'superseded') this.#end('superseded');
    else {
      if (event === 'server-draining') this.#become('draining');
      this.events.emit('heard', { event, data });
      if (event === 'namespace-removed') this.#end('closed');
    }
  }

  #greet(welcome: Welcome): void {
    this.#welcome = welcome;
    this.#isWelcome = true;
    this.#heard = 0;
    this.#resume = welcome['resume-token'];
    this.#attempt = 0;
    this.keepsake.note({ resume: this.#resume, namespaceId: this.#namespaceId });
    // Out of sight already: nothing tells again when the page goes for good.
    if (typeof document !== 'undefined' && document.visibilityState === 'hidden')
      this.keepsake.lay();
    // Before anybody hears of it and says more: what was said first goes first.
    for (const pending of this.#pending) if (pending.outlives) this.#transmit(pending);
    this.#become('online');
    this.events.emit('welcome', welcome);
  }

  #move(to: ServerEvents['transferred']): void {
    this.#namespaceId = to['to-namespace-id'];
    this.#resume = to['resume-token'];
    this.#heard = undefined;
    this.keepsake.note({ resume: this.#resume, namespaceId: this.#namespaceId });
    this.events.emit('moved', { namespaceId: this.#namespaceId });
    this.#become('connecting');
    this.#open();
  }

  #lost(): void {
    if (this.#isOver()) return;
    this.#drop();
    for (const pending of this.#pending) {
      if (!pending.outlives) this.#fail(pending, SignalingError.from(undefined));
    }
    if (this.#state !== 'draining' && this.#welcome !== undefined) this.#become('offline');
    const delay = this.#policy(this.#attempt);
    this.#attempt += 1;
    if (delay === null) {
      this.#end('closed', SignalingError.from(undefined));
      return;
    }
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#open(), delay);
  }

  #refused(answer: unknown): void {
    const error = SignalingError.from(answer);
    if (error.retry) {
      this.events.emit('error', error);
      this.#lost();
    } else this.#end('closed', error);
  }

  /** The network is back, or somebody looks: no reason to wait for the next try. */
  #hurry(): void {
    if (this.#isOver() || this.#state === 'online' || this.#socket !== undefined) return;
    this.#attempt = 0;
    this.#open();
  }

  #transmit(pending: Pending): void {
    const socket = this.#socket;
    socket
      ?.timeout(ANSWER_MS)
      .emit(pending.event, pending.data, (late: unknown, answer: Answer) => {
        if (socket !== this.#socket) return;
        if (late) {
          return this.#fail(
            pending,
            new SignalingError('timeout', 'The server did not answer.', true),
          );
        }
        if (answer.status !== 'ok') return this.#fail(pending, SignalingError.from(answer));
        if (this.#settled(pending)) pending.settle(answer);
      });
  }

  #fail(pending: Pending, error: SignalingError): void {
    if (this.#settled(pending)) pending.fail(error);
  }

  /** Whether it waited until now. */
  #settled(pending: Pending): boolean {
    clearTimeout(pending.patience);
    return this.#pending.delete(pending);
  }

  #renewBefore(expiresAt: number | undefined): void {
    clearTimeout(this.#renewal);
    if (expiresAt === undefined || typeof this.#options.token !== 'function') return;
    const wait = Math.min(Math.max(expiresAt - AHEAD_MS - Date.now(), 1000), 2 ** 31 - 1);
    this.#renewal = setTimeout(() => {
      tokenFrom(this.#options.token)
        .then(async (token) => {
          await this.send('refresh-token', { token });
          this.#renewBefore(expiryOf(token));
        })
        // The next connection asks for a token anew.
        .catch((error) => this.events.emit('error', error));
    }, wait);
  }

  #become(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.events.emit('state', state);
  }

  #isOver(): boolean {
    return this.#state === 'closed' || this.#state === 'superseded';
  }

  #end(state: 'closed' | 'superseded', error?: SignalingError): void {
    if (this.#isOver()) return;
    clearTimeout(this.#retry);
    clearTimeout(this.#renewal);
    for (const undo of this.#undo.splice(0)) undo();
    this.#become(state);
    this.#drop();
    for (const pending of this.#pending) this.#fail(pending, error ?? closed());
    if (error !== undefined) this.events.emit('error', error);
  }
}

const closed = () => new SignalingError('closed', 'This client has been closed.', false);

function sessionStorageOf(): KeepStorage | null {
  try {
    return typeof sessionStorage === 'undefined' ? null : sessionStorage;
  } catch {
    return null;
  }
}
