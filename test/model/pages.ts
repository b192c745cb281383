/** What a page has in hand to come back with. */
export interface Page {
  token: string;
  namespaceId: string;
  /** The connection that was told the token, as the model names it. */
  from: string;
  /** How many events it heard there after `welcome`; undefined if it does not count. */
  heard: number | undefined;
}

/** The pages of all clients, as far as they know themselves: they only know what reached them. */
export class Pages {
  readonly #pages = new Map<string, Page>();
  readonly #former = new Map<string, Page>();

  welcomed(clientId: string, page: Omit<Page, 'heard'>): void {
    this.#turn(clientId, { ...page, heard: 0 });
  }

  /** The client was transferred: there it begins anew. */
  moved(clientId: string, page: Omit<Page, 'heard'>): void {
    this.#turn(clientId, { ...page, heard: undefined });
  }

  /** One more event has reached the page that speaks over this connection. */
  heard(from: string): void {
    for (const page of this.#pages.values()) {
      if (page.from === from && page.heard !== undefined) page.heard += 1;
    }
  }

  of(clientId: string): Page | undefined {
    return this.#pages.get(clientId);
  }

  /** What the page had in hand before. */
  formerOf(clientId: string): Page | undefined {
    return this.#former.get(clientId);
  }

  #turn(clientId: string, page: Page): void {
    const known = this.#pages.get(clientId);
    if (known !== undefined) this.#former.set(clientId, known);
    this.#pages.set(clientId, page);
  }
}
