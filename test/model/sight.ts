import type { ErrorCode } from '@telemedicine-signaling/protocol';
import type { ModelClient } from './model.ts';

/** What a client says: the keys that the rules look at. */
export interface Sent {
  'room-id'?: string;
  patientID?: string;
  'peer-id'?: string;
  'client-id'?: string;
  init?: boolean;
  'to-namespace-id'?: string;
  urgent?: boolean;
  camera?: boolean;
  microphone?: boolean;
  text?: string;
  /** Counts the relayed messages of a run, so that each can be told from all others. */
  n?: number;
}

/** What the server's own choice was, where the specification leaves one, or where a connection was just lost. */
export interface Choice {
  roomId?: string | undefined;
  code?: ErrorCode | undefined;
}

/** The same with a look at who is really there: the server may know so a moment before its turn comes. */
export interface Sight extends Choice {
  isOnline: (clientId: string) => boolean;
  /** Whether a half-open connection swallowed what was sent to the client last. */
  hadSwallowed: (client: ModelClient) => boolean;
}
