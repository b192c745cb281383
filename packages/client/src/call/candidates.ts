/** How long candidates are gathered before they are sent together, in milliseconds. */
const BATCH_MS = 20;

/** Sends ICE candidates together where the other side can take them so: fewer messages, sooner there. */
export class CandidateBatch {
  readonly #send: (candidates: RTCIceCandidateInit[]) => void;
  #waiting: RTCIceCandidateInit[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (candidates: RTCIceCandidateInit[]) => void) {
    this.#send = send;
  }

  add(candidate: RTCIceCandidate): void {
    this.#waiting.push(candidate.toJSON());
    this.#timer ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length > 0) this.#send(waiting);
  }

  drop(): void {
    this.#waiting = [];
    this.flush();
  }
}

/** The candidates of a message, of one that carries several or of an earlier page's with one. */
export function candidatesOf({
  candidate,
  candidates,
}: Record<string, unknown>): RTCIceCandidateInit[] {
  const all = Array.isArray(candidates) ? candidates : [candidate];
  return all.filter((one): one is RTCIceCandidateInit => typeof one === 'object' && one !== null);
}
