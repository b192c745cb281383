import type { SideMessage } from './side-channel.ts';

export type TrackKind = 'microphone' | 'camera' | 'screen';

export interface SentTrack {
  kind: TrackKind;
  track: MediaStreamTrack;
  stream: MediaStream;
}

/** What this side sends: microphone and camera in one stream, the screen in another. */
export class LocalMedia {
  #stream: MediaStream | null;
  #screen: MediaStream | null = null;
  /** The camera to open when it is turned on again. */
  #cameraId: string | undefined;
  readonly #changed: () => void;

  /** `changed`: what is sent, or whether it is on, is another than before. */
  constructor(stream: MediaStream | null, changed: () => void) {
    this.#stream = stream;
    this.#changed = changed;
  }

  get stream(): MediaStream | null {
    return this.#stream;
  }

  get screen(): MediaStream | null {
    return this.#screen;
  }

  tracks(): SentTrack[] {
    const sent: SentTrack[] = [];
    const add = (kind: TrackKind, stream: MediaStream | null, tracks: MediaStreamTrack[] = []) => {
      const [track] = tracks;
      if (track !== undefined && stream !== null) sent.push({ kind, track, stream });
    };
    add('microphone', this.#stream, this.#stream?.getAudioTracks());
    add('camera', this.#stream, this.#stream?.getVideoTracks());
    add('screen', this.#screen, this.#screen?.getVideoTracks());
    return sent;
  }

  isOn(kind: 'microphone' | 'camera'): boolean {
    const track = this.#track(kind);
    return track?.enabled === true && track.readyState === 'live';
  }

  deviceId(kind: 'microphone' | 'camera'): string | undefined {
    if (kind === 'camera' && !this.isOn('camera')) return this.#cameraId;
    return this.#track(kind)?.getSettings().deviceId;
  }

  screenId(): string | undefined {
    return this.#screen?.id;
  }

  state(): Extract<SideMessage, { type: 'state' }> {
    return { type: 'state', microphone: this.isOn('microphone'), camera: this.isOn('camera') };
  }

  setStream(stream: MediaStream | null): void {
    this.#stream = stream;
    this.#changed();
  }

  turnMicrophone(on: boolean): void {
    const track = this.#track('microphone');
    if (track === undefined || track.enabled === on) return;
    track.enabled = on;
    this.#changed();
  }

  /**
   * A camera that is off is let go of: its light goes out. On again, it is opened anew.
   * @throws DOMException of `getUserMedia`, and it stays off
   */
  async turnCamera(on: boolean): Promise<void> {
    const track = this.#track('camera');
    if (track === undefined || this.isOn('camera') === on) return;
    if (on) return this.#replace('camera', this.#cameraId, true);
    this.#cameraId = track.getSettings().deviceId;
    track.enabled = false;
    track.stop();
    this.#changed();
  }

  /**
   * Sends from another device, as before on or off.
   * @throws DOMException of `getUserMedia`, and all stays as it was
   */
  async use(kind: 'microphone' | 'camera', deviceId: string): Promise<void> {
    const isOff = this.#track(kind) !== undefined && !this.isOn(kind);
    if (kind === 'camera' && isOff) this.#cameraId = deviceId;
    else await this.#replace(kind, deviceId, !isOff);
  }

  async #replace(
    kind: 'microphone' | 'camera',
    deviceId: string | undefined,
    on: boolean,
  ): Promise<void> {
    const wanted = deviceId === undefined ? true : { deviceId: { exact: deviceId } };
    const opened = await navigator.mediaDevices.getUserMedia(
      kind === 'camera' ? { video: wanted } : { audio: wanted },
    );
    const [track] = opened.getTracks();
    const former = this.#track(kind);
    if (track === undefined) return;
    track.enabled = on;
    this.#stream ??= new MediaStream();
    if (former !== undefined) {
      this.#stream.removeTrack(former);
      former.stop();
    }
    this.#stream.addTrack(track);
    this.#changed();
  }

  /** @throws DOMException of `getDisplayMedia`: the user has thought better of it */
  async shareScreen(): Promise<void> {
    const screen = await navigator.mediaDevices.getDisplayMedia({ video: true });
    this.stopSharing();
    this.#screen = screen;
    // The browser's own button ends it, too.
    screen.getVideoTracks()[0]?.addEventListener('ended', () => {
      if (this.#screen === screen) this.stopSharing();
    });
    this.#changed();
  }

  stopSharing(): void {
    if (this.#screen === null) return;
    for (const track of this.#screen.getTracks()) track.stop();
    this.#screen = null;
    this.#changed();
  }

  #track(kind: 'microphone' | 'camera'): MediaStreamTrack | undefined {
    const tracks =
      kind === 'camera' ? this.#stream?.getVideoTracks() : this.#stream?.getAudioTracks();
    return tracks?.[0];
  }
}
