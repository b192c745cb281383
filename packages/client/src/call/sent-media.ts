import type { SentTrack, TrackKind } from './local-media.ts';

/** What one peer connection sends of microphone, camera and screen. */
export class SentMedia {
  readonly #connection: RTCPeerConnection;
  readonly #kinds = new Map<RTCRtpSender, TrackKind>();

  constructor(connection: RTCPeerConnection) {
    this.#connection = connection;
  }

  /** Sends just these: tracks come and go, and are replaced where that is enough. */
  async send(wanted: readonly SentTrack[]): Promise<void> {
    for (const sender of this.#connection.getSenders()) {
      const isWanted = wanted.some(({ kind }) => kind === this.#kinds.get(sender));
      if (!isWanted && sender.track !== null) {
        this.#connection.removeTrack(sender);
        this.#kinds.delete(sender);
      }
    }
    for (const { track, stream, kind } of wanted) {
      const sender = [...this.#kinds].find((known) => known[1] === kind)?.[0];
      if (sender === undefined) this.#kinds.set(this.#connection.addTrack(track, stream), kind);
      else if (sender.track !== track) await sender.replaceTrack(track);
    }
  }

  /** Also where there is nothing to send, there is something to receive. */
  expectBoth(): void {
    for (const kind of ['audio', 'video'] as const) {
      const isThere = this.#connection
        .getTransceivers()
        .some(({ receiver }) => receiver.track.kind === kind);
      if (!isThere) this.#connection.addTransceiver(kind, { direction: 'recvonly' });
    }
  }
}

/** For a page that shows one picture: the screen takes the camera's place while it is shared. */
export function asOnePicture(tracks: readonly SentTrack[]): SentTrack[] {
  const screen = tracks.find(({ kind }) => kind === 'screen');
  if (screen === undefined) return [...tracks];
  const others = tracks.filter(({ kind }) => kind === 'microphone');
  return [...others, { ...screen, kind: 'camera' }];
}
