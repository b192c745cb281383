/** What two pages of this SDK tell each other beside picture and sound, never through the server. */
export type SideMessage =
  | { type: 'state'; microphone: boolean; camera: boolean }
  | { type: 'chat'; text: string };

/** Both sides make it alike, so that nothing has to be negotiated (RTCDataChannelInit.negotiated). */
const CHANNEL = { negotiated: true, id: 0 } as const;

/** Characters of one chat message; an SCTP message of 64 KiB passes every browser. */
export const CHAT_CHARACTERS = 4000;

export class SideChannel {
  readonly #channel: RTCDataChannel;

  constructor(
    connection: RTCPeerConnection,
    listen: { opened: () => void; closed: () => void; heard: (message: SideMessage) => void },
  ) {
    this.#channel = connection.createDataChannel('side', CHANNEL);
    this.#channel.onopen = listen.opened;
    this.#channel.onclose = listen.closed;
    this.#channel.onmessage = ({ data }) => {
      const message = parsed(data);
      if (message !== undefined) listen.heard(message);
    };
  }

  get isOpen(): boolean {
    return this.#channel.readyState === 'open';
  }

  send(message: SideMessage): void {
    if (this.isOpen) this.#channel.send(JSON.stringify(message));
  }
}

/** The other side is a stranger's page still: what has no known form is left aside. */
export function parsed(data: unknown): SideMessage | undefined {
  try {
    const { type, text, microphone, camera } = JSON.parse(String(data));
    if (type === 'chat' && typeof text === 'string') {
      return { type, text: text.slice(0, CHAT_CHARACTERS) };
    }
    if (type === 'state' && typeof microphone === 'boolean' && typeof camera === 'boolean') {
      return { type, microphone, camera };
    }
  } catch {}
  return undefined;
}
