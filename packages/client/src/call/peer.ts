import type { RelayEvent, Role } from '@telemedicine-signaling/protocol';
import type { SignalingError } from '../signaling-error.ts';
import type { CallSignaling, FromPeer } from './call-signaling.ts';
import { CandidateBatch, candidatesOf } from './candidates.ts';
import { judge } from './epoch.ts';
import type { LocalMedia } from './local-media.ts';
import { PathWatch } from './path-watch.ts';
import { type Quality, qualityBetween, type Reading, read } from './quality.ts';
import { asOnePicture, SentMedia } from './sent-media.ts';
import { SideChannel, type SideMessage } from './side-channel.ts';

export interface PeerIdentity {
  clientId: string;
  role: Role;
  name?: string | undefined;
  /** Whether its page is made with this SDK: others take one candidate at a time and know no epochs. */
  isSdk: boolean;
}

export interface PeerParts {
  signaling: CallSignaling;
  media: LocalMedia;
  iceTransportPolicy?: RTCIceTransportPolicy | undefined;
  changed: () => void;
  /** Picture or sound has come, for the first time on this track. */
  mediaCame: () => void;
  chat: (text: string) => void;
}

export type PeerConnectionState = 'connecting' | 'connected' | 'reconnecting' | 'failed';

/** When to say again what the server could not take, as when too much came at once, in milliseconds. */
const AGAIN_MS = 1000;

/**
 * The connection to one other participant: W3C's perfect negotiation (WebRTC 10.7), which lets both
 * sides change what they send at any moment, and what brings it back when the path is lost.
 */
export class Peer {
  readonly identity: PeerIdentity;
  readonly #parts: PeerParts;
  #connection!: RTCPeerConnection;
  #side: SideChannel | undefined;
  #batch!: CandidateBatch;
  #epoch = 0;
  /** False until this side may make an offer: who was there first waits for who comes. */
  #mayOffer: boolean;
  #sent!: SentMedia;
  /** Whether it has its ICE servers: before, nothing is gathered. */
  #isConfigured = false;
  /** Whether it asked for a negotiation before that: it does not ask twice. */
  #isAsked = false;
  #makingOffer = false;
  #ignoreOffer = false;
  #isSettingRemoteAnswerPending = false;
  /** What arrives is taken one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #streams = new Map<string, MediaStream>();
  #screenId: unknown;
  #wasConnected = false;
  readonly #path = new PathWatch({
    restart: () => this.#restartIce(),
    renew: () => this.#renew(),
  });
  #isClosed = false;
  #reading: Reading | undefined;
  quality: Quality | null = null;
  muted = false;
  cameraOff = false;

  constructor(identity: PeerIdentity, parts: PeerParts, offers: boolean) {
    this.identity = identity;
    this.#parts = parts;
    this.#mayOffer = offers;
    this.#begin(1);
  }

  get state(): PeerConnectionState {
    if (this.#connection.connectionState === 'connected') return 'connected';
    if (this.#path.hasFailed) return 'failed';
    return this.#wasConnected ? 'reconnecting' : 'connecting';
  }

  get stream(): MediaStream | null {
    for (const [id, stream] of this.#streams) if (id !== this.#screenId) return stream;
    return null;
  }

  get screen(): MediaStream | null {
    return this.#streams.get(String(this.#screenId)) ?? null;
  }

  get isSideOpen(): boolean {
    return this.#side?.isOpen ?? false;
  }

  /** The raw statistics. */
  statistics(): Promise<RTCStatsReport> {
    return this.#connection.getStats();
  }

  tell(message: SideMessage): void {
    this.#side?.send(message);
  }

  /** What this side sends has changed. */
  sendMedia(): Promise<void> {
    const tracks = this.#parts.media.tracks();
    return this.#sent.send(this.identity.isSdk ? tracks : asOnePicture(tracks));
  }

  /** The other page has begun anew, as after a reload: so does this side, and makes the offer. */
  restart(): void {
    this.#path.reset();
    this.#renew();
  }

  /** A message of this peer. */
  take(event: string, data: FromPeer): void {
    if (data.sdk !== undefined) this.identity.isSdk = true;
    if (event === 'send-metadata') {
      if (data.hello === true) this.restart();
      return;
    }
    this.#turn = this.#turn.then(() => this.#heed(event, data)).catch(() => {});
  }

  /** Where a side has just loaded its page, the other is asked to begin anew. */
  hello(): void {
    this.#send('send-metadata', { hello: true });
  }

  /** Looks at how it goes, about every two seconds. */
  async look(): Promise<void> {
    // Some phones close what a page had open while it slept, and tell nobody.
    if (this.#connection.signalingState === 'closed') {
      this.restart();
      return;
    }
    const now = read(await this.#connection.getStats());
    const expectsMedia = this.#streams.size > 0 && !(this.muted && this.cameraOff);
    if (this.#reading !== undefined && this.state === 'connected') {
      this.quality = qualityBetween(this.#reading, now, expectsMedia);
    } else if (this.state !== 'connected') this.quality = null;
    this.#reading = now;
  }

  close(): void {
    this.#isClosed = true;
    this.#path.stop();
    this.#batch.drop();
    this.#connection.close();
  }

  #renew(): void {
    this.#mayOffer ||= this.identity.isSdk;
    if (this.#mayOffer) this.#begin(this.#epoch + 1);
  }

  #begin(epoch: number): void {
    const former = this.#connection as RTCPeerConnection | undefined;
    if (former !== undefined) {
      this.#batch.drop();
      former.close();
    }
    this.#epoch = epoch;
    this.#makingOffer = false;
    this.#ignoreOffer = false;
    this.#isSettingRemoteAnswerPending = false;
    this.#reading = undefined;
    this.#streams.clear();
    const { iceTransportPolicy } = this.#parts;
    const connection = new RTCPeerConnection({
      bundlePolicy: 'max-bundle',
      ...(iceTransportPolicy === undefined ? {} : { iceTransportPolicy }),
    });
    this.#connection = connection;
    this.#sent = new SentMedia(connection);
    this.#path.follow(connection);
    this.#batch = new CandidateBatch((candidates) => this.#sendCandidates(candidates));
    connection.onicecandidate = ({ candidate }) => {
      if (candidate !== null && candidate.candidate !== '') this.#batch.add(candidate);
    };
    connection.ontrack = ({ track, streams }) => this.#receive(track, streams[0]);
    connection.onconnectionstatechange = () => this.#watch();
    connection.oniceconnectionstatechange = () => this.#watch();
    connection.onnegotiationneeded = () => void this.#negotiate();
    // An earlier page would be asked to negotiate a channel that it does not have.
    if (this.identity.isSdk) this.#openSide();
    void this.#parts.signaling.iceServers().then(async (iceServers) => {
      if (connection !== this.#connection || this.#isClosed) return;
      connection.setConfiguration({ ...connection.getConfiguration(), iceServers });
      this.#isConfigured = true;
      if (!this.#mayOffer) return;
      await this.sendMedia();
      this.#sent.expectBoth();
      if (this.#isAsked) await this.#negotiate();
    });
    this.#isConfigured = false;
    this.#isAsked = false;
    this.#parts.changed();
  }

  #openSide(): void {
    const changed = () => this.#parts.changed();
    this.#side = new SideChannel(this.#connection, {
      opened: () => {
        this.tell(this.#parts.media.state());
        changed();
      },
      closed: changed,
      heard: (message) => {
        if (message.type === 'chat') return this.#parts.chat(message.text);
        this.muted = !message.microphone;
        this.cameraOff = !message.camera;
        changed();
      },
    });
  }

  #receive(track: MediaStreamTrack, given: MediaStream | undefined): void {
    const stream = given ?? new MediaStream([track]);
    track.addEventListener('unmute', () => this.#parts.mediaCame(), { once: true });
    this.#streams.set(stream.id, stream);
    stream.onremovetrack = () => {
      if (stream.getTracks().length === 0) this.#streams.delete(stream.id);
      this.#parts.changed();
    };
    this.#parts.changed();
  }

  async #negotiate(): Promise<void> {
    const connection = this.#connection;
    this.#isAsked = !this.#isConfigured;
    if (!this.#mayOffer || this.#isClosed || this.#isAsked) return;
    // A deployed page makes a new connection for every offer: so does this side for it.
    if (!this.identity.isSdk && connection.localDescription !== null) return this.#renew();
    try {
      this.#makingOffer = true;
      await connection.setLocalDescription();
      this.#describe(connection);
    } catch {
      // It was closed meanwhile, or the other side's offer came first: then that one goes on.
    } finally {
      if (connection === this.#connection) this.#makingOffer = false;
    }
  }

  #describe(connection: RTCPeerConnection): void {
    if (connection !== this.#connection || this.#isClosed) return;
    const description = connection.localDescription;
    if (description === null) return;
    const screen = this.#parts.media.screenId();
    this.#send(description.type as RelayEvent, {
      [description.type]: description.toJSON(),
      ...(screen === undefined ? {} : { screen }),
    });
  }

  async #heed(event: string, data: FromPeer): Promise<void> {
    if (this.#isClosed) return;
    const verdict = judge(this.#epoch, data.epoch);
    if (verdict === 'stale') return;
    if (verdict === 'newer') {
      // Of a connection that was not offered yet, only the offer makes sense.
      if (event !== 'offer') return;
      this.#mayOffer = false;
      this.#path.reset();
      this.#begin(data.epoch as number);
    }
    // A deployed page offers once for each of its connections.
    const isAnotherOne = !this.identity.isSdk && this.#connection.remoteDescription !== null;
    if (event === 'offer' && isAnotherOne) this.#begin(this.#epoch);
    if (event === 'ice-candidate') return this.#addCandidates(data);
    const description = (data.offer ?? data.answer) as RTCSessionDescriptionInit | undefined;
    if (description !== undefined) await this.#describeRemote(description, data);
  }

  async #describeRemote(description: RTCSessionDescriptionInit, data: FromPeer): Promise<void> {
    const connection = this.#connection;
    const isReady =
      !this.#makingOffer &&
      (connection.signalingState === 'stable' || this.#isSettingRemoteAnswerPending);
    const collides = description.type === 'offer' && !isReady;
    this.#ignoreOffer = !this.#isPolite() && collides;
    if (this.#ignoreOffer) return;
    if (description.type === 'offer' && !this.#isConfigured) await this.#configure(connection);
    if (this.identity.isSdk && this.#side === undefined) this.#openSide();
    this.#screenId = data.screen;
    this.#isSettingRemoteAnswerPending = description.type === 'answer';
    // Before the first offer is taken: so its places are used for what this side sends.
    if (description.type === 'offer' && !this.#mayOffer) await this.sendMedia();
    await connection.setRemoteDescription(description).finally(() => {
      this.#isSettingRemoteAnswerPending = false;
    });
    if (description.type === 'offer') {
      await connection.setLocalDescription();
      this.#describe(connection);
      // A deployed page takes no offer where it has made one.
      this.#mayOffer = this.identity.isSdk;
    }
    this.#parts.changed();
  }

  async #configure(connection: RTCPeerConnection): Promise<void> {
    const iceServers = await this.#parts.signaling.iceServers();
    connection.setConfiguration({ ...connection.getConfiguration(), iceServers });
    this.#isConfigured = true;
  }

  async #addCandidates(data: FromPeer): Promise<void> {
    for (const candidate of candidatesOf(data)) {
      try {
        await this.#connection.addIceCandidate(candidate);
      } catch (error) {
        if (!this.#ignoreOffer) throw error;
      }
    }
  }

  /** SPEC RELAY-6: the peer with the greater `client-id` is the polite one. */
  #isPolite(): boolean {
    return this.#parts.signaling.clientId > this.identity.clientId;
  }

  #watch(): void {
    this.#wasConnected ||= this.#connection.connectionState === 'connected';
    this.#path.look();
    this.#parts.changed();
  }

  #restartIce(): void {
    const connection = this.#connection;
    void this.#parts.signaling.iceServers().then((iceServers) => {
      if (connection !== this.#connection || this.#isClosed) return;
      connection.setConfiguration({ ...connection.getConfiguration(), iceServers });
      connection.restartIce();
    });
  }

  #sendCandidates(candidates: RTCIceCandidateInit[]): void {
    if (this.identity.isSdk) this.#send('ice-candidate', { candidates });
    else for (const candidate of candidates) this.#send('ice-candidate', { candidate });
  }

  #send(event: RelayEvent, payload: object): void {
    const epoch = this.#epoch;
    const { signaling } = this.#parts;
    // Deployed pages answer to the `client-id` that a message names.
    const addresses = { 'peer-id': this.identity.clientId, 'client-id': signaling.clientId };
    signaling
      .send(event, { ...addresses, sdk: 1, epoch, ...payload })
      .catch(({ retry }: Partial<SignalingError>) => {
        // Who cannot be reached comes back, or is removed: either begins anew.
        if (retry !== true) return;
        setTimeout(() => {
          if (this.#isClosed || epoch !== this.#epoch) return;
          // What it says of itself now, rather than what it said then.
          if (event === 'offer' || event === 'answer') this.#describe(this.#connection);
          else this.#send(event, payload);
        }, AGAIN_MS);
      });
  }
}
