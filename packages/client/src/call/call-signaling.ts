import type { RelayEvent } from '@telemedicine-signaling/protocol';

/** A message of another client, as it was sent; `from` is its true `client-id`. */
export type FromPeer = { from: string } & Record<string, unknown>;

/** What a call needs of the connection. */
export interface CallSignaling {
  readonly clientId: string;
  /** Waits for the connection where there is none, and is sent again if it is lost meanwhile. */
  send(event: RelayEvent, payload: Record<string, unknown>): Promise<unknown>;
  on(event: RelayEvent, listener: (data: FromPeer) => void): () => void;
  /** Servers whose credentials are good for a while still. */
  iceServers(): Promise<RTCIceServer[]>;
}
