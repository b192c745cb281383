import type { CallReport, Role } from '@telemedicine-signaling/protocol';
import { Emitter } from '../emitter.ts';
import { CallJournal } from './call-journal.ts';
import type { CallSignaling } from './call-signaling.ts';
import { LocalMedia } from './local-media.ts';
import { Peer, type PeerConnectionState, type PeerIdentity } from './peer.ts';
import { type Quality, worse } from './quality.ts';
import { CHAT_CHARACTERS } from './side-channel.ts';
import { type CallStatistics, summaryOf } from './statistics.ts';

export interface Participant {
  readonly clientId: string;
  readonly role: Role;
  /** `metadata.name` of the other page, if it gave one. */
  readonly name?: string | undefined;
  readonly stream: MediaStream | null;
  readonly screen: MediaStream | null;
  readonly connection: PeerConnectionState;
  readonly muted: boolean;
  readonly cameraOff: boolean;
  readonly quality: Quality | null;
}

export interface ChatMessage {
  /** A `client-id`, or `me`. */
  readonly from: string;
  readonly text: string;
  readonly at: Date;
}

export interface CallState {
  readonly phase: 'connecting' | 'connected' | 'reconnecting' | 'ended';
  /** When picture and sound first came through. */
  readonly startedAt: Date | null;
  readonly participants: readonly Participant[];
  readonly microphone: { readonly on: boolean; readonly deviceId: string | undefined };
  readonly camera: { readonly on: boolean; readonly deviceId: string | undefined };
  readonly sharing: boolean;
  /** The worst of all participants. */
  readonly quality: Quality | null;
  readonly chat: readonly ChatMessage[];
  /** Whether a chat message reaches anybody. */
  readonly chatOpen: boolean;
}

interface CallEvents {
  change: CallState;
  chat: ChatMessage;
  ended: undefined;
}

/** A call as an application sees it. */
export interface Call {
  /** A picture of how things are; another one after each `change`. */
  readonly state: CallState;
  readonly localStream: MediaStream | null;
  readonly localScreen: MediaStream | null;
  on<E extends keyof CallEvents>(event: E, listener: (data: CallEvents[E]) => void): () => void;
  setMicrophone(on: boolean): void;
  /** Off, the camera is let go of. @throws DOMException of `getUserMedia` */
  setCamera(on: boolean): Promise<void>;
  /** @throws DOMException of `getUserMedia` */
  useMicrophone(deviceId: string): Promise<void>;
  useCamera(deviceId: string): Promise<void>;
  /** @throws DOMException of `getDisplayMedia` */
  shareScreen(): Promise<void>;
  stopSharing(): void;
  /** Goes from browser to browser, at most 4000 characters; never through the server. */
  sendChat(text: string): void;
  /** What a support desk wants to know, without anybody's id. */
  statistics(): Promise<CallStatistics[]>;
}

const LOOK_MS = 2000;

/** A call with everybody in a room, each connected with each (SPEC CALL-1). */
export class MeshCall implements Call {
  readonly #events = new Emitter<CallEvents>();
  readonly #peers = new Map<string, Peer>();
  readonly #media: LocalMedia;
  readonly #parts: {
    signaling: CallSignaling;
    iceTransportPolicy?: RTCIceTransportPolicy | undefined;
  };
  readonly #undo: (() => void)[];
  readonly #looking: ReturnType<typeof setInterval>;
  #chat: ChatMessage[] = [];
  #startedAt: Date | null = null;
  readonly #journal = new CallJournal();
  #isEnded = false;
  #state: CallState;

  constructor(parts: {
    signaling: CallSignaling;
    media: MediaStream | null;
    iceTransportPolicy?: RTCIceTransportPolicy | undefined;
  }) {
    const { signaling, media, iceTransportPolicy } = parts;
    this.#parts = { signaling, iceTransportPolicy };
    this.#media = new LocalMedia(media, () => this.#mediaChanged());
    const relayed = ['offer', 'answer', 'ice-candidate', 'send-metadata'] as const;
    this.#undo = relayed.map((event) =>
      signaling.on(event, (data) => this.#peers.get(data.from)?.take(event, data)),
    );
    this.#looking = setInterval(() => void this.#look(), LOOK_MS);
    this.#state = this.#picture();
  }

  get state(): CallState {
    return this.#state;
  }

  get localStream(): MediaStream | null {
    return this.#media.stream;
  }

  get localScreen(): MediaStream | null {
    return this.#media.screen;
  }

  on<E extends keyof CallEvents>(event: E, listener: (data: CallEvents[E]) => void): () => void {
    return this.#events.on(event, listener);
  }

  /** `offers`: whoever comes last makes the offers to those who are there. One who is known begins anew. */
  addPeer(identity: PeerIdentity, { offers }: { offers: boolean }): void {
    if (this.#isEnded || identity.clientId === this.#parts.signaling.clientId) return;
    const known = this.#peers.get(identity.clientId);
    if (known !== undefined) {
      known.identity.isSdk ||= identity.isSdk;
      // An earlier page offers by itself when it has come in again.
      if (known.identity.isSdk && !offers) known.restart();
      return;
    }
    this.#journal.begin();
    const peer = new Peer(
      { ...identity },
      {
        ...this.#parts,
        media: this.#media,
        changed: () => this.#changed(),
        mediaCame: () => this.#journal.mediaCame(),
        chat: (text) => this.#noteChat(identity.clientId, text),
      },
      offers,
    );
    this.#peers.set(identity.clientId, peer);
    this.#changed();
  }

  /** Asks everybody to begin anew, since this page has just been loaded. */
  hello(): void {
    for (const peer of this.#peers.values()) peer.hello();
  }

  removePeer(clientId: string): void {
    this.#peers.get(clientId)?.close();
    if (this.#peers.delete(clientId)) this.#changed();
  }

  setMedia(stream: MediaStream | null): void {
    this.#media.setStream(stream);
  }

  setMicrophone(on: boolean): void {
    this.#media.turnMicrophone(on);
  }

  setCamera(on: boolean): Promise<void> {
    return this.#media.turnCamera(on);
  }

  useMicrophone(deviceId: string): Promise<void> {
    return this.#media.use('microphone', deviceId);
  }

  useCamera(deviceId: string): Promise<void> {
    return this.#media.use('camera', deviceId);
  }

  shareScreen(): Promise<void> {
    return this.#media.shareScreen();
  }

  stopSharing(): void {
    this.#media.stopSharing();
  }

  sendChat(text: string): void {
    const sent = text.trim().slice(0, CHAT_CHARACTERS);
    if (sent === '') return;
    for (const peer of this.#peers.values()) peer.tell({ type: 'chat', text: sent });
    this.#noteChat('me', sent);
  }

  async statistics(): Promise<CallStatistics[]> {
    const peers = [...this.#peers.values()];
    return Promise.all(peers.map(async (peer) => summaryOf(await peer.statistics(), peer.state)));
  }

  /** How it went, for the operator's figures; `null`: nothing to be said (SPEC CALL-9). */
  report(): CallReport | null {
    return this.#journal.report();
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearInterval(this.#looking);
    for (const undo of this.#undo) undo();
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
    this.#media.stopSharing();
    this.#changed();
    this.#events.emit('ended', undefined);
  }

  #mediaChanged(): void {
    for (const peer of this.#peers.values()) {
      void peer.sendMedia();
      peer.tell(this.#media.state());
    }
    this.#changed();
  }

  #noteChat(from: string, text: string): void {
    const message = { from, text, at: new Date() };
    this.#chat = [...this.#chat, message];
    this.#changed();
    this.#events.emit('chat', message);
  }

  async #look(): Promise<void> {
    await Promise.all([...this.#peers.values()].map((peer) => peer.look().catch(() => {})));
    this.#changed();
    this.#journal.look(this.#state.quality);
  }

  #changed(): void {
    this.#state = this.#picture();
    this.#events.emit('change', this.#state);
  }

  #picture(): CallState {
    const peers = [...this.#peers.values()];
    const participants = peers.map((peer): Participant => {
      const { clientId, role, name } = peer.identity;
      const { stream, screen, state, muted, cameraOff, quality } = peer;
      return { clientId, role, name, stream, screen, connection: state, muted, cameraOff, quality };
    });
    if (participants.some((one) => one.connection === 'connected')) {
      this.#startedAt ??= new Date();
      this.#journal.connected();
    }
    const of = (kind: 'microphone' | 'camera') => ({
      on: this.#media.isOn(kind),
      deviceId: this.#media.deviceId(kind),
    });
    return {
      phase: this.#phase(participants),
      startedAt: this.#startedAt,
      participants,
      microphone: of('microphone'),
      camera: of('camera'),
      sharing: this.#media.screen !== null,
      quality: participants.map(({ quality }) => quality).reduce(worse, null),
      chat: this.#chat,
      chatOpen: peers.some(({ isSideOpen }) => isSideOpen),
    };
  }

  #phase(participants: readonly Participant[]): CallState['phase'] {
    if (this.#isEnded) return 'ended';
    const isAll = (state: PeerConnectionState) =>
      participants.length > 0 && participants.every(({ connection }) => connection === state);
    if (isAll('connected')) return 'connected';
    return participants.some(
      ({ connection }) => connection === 'reconnecting' || connection === 'failed',
    )
      ? 'reconnecting'
      : this.#startedAt === null
        ? 'connecting'
        : participants.some(({ connection }) => connection === 'connected')
          ? 'connected'
          : 'connecting';
  }
}
