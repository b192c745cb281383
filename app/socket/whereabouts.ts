/** How many clients of other nodes are remembered: about 10 MB of them. */
const CLIENTS_KNOWN = 50_000;

/** Which node has a client, as far as this one has heard. It may be wrong: the other node says so. */
export class Whereabouts {
  readonly #nodes = new Map<string, string>();

  of(clientId: string): string | undefined {
    return this.#nodes.get(clientId);
  }

  note(clientId: string, node: string): void {
    this.#nodes.delete(clientId);
    this.#nodes.set(clientId, node);
    if (this.#nodes.size <= CLIENTS_KNOWN) return;
    const [oldest] = this.#nodes.keys();
    if (oldest !== undefined) this.#nodes.delete(oldest);
  }

  forget(clientId: string): void {
    this.#nodes.delete(clientId);
  }
}
