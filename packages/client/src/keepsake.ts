/** What a page keeps over a reload: enough to be the same client afterwards. */
export interface Kept {
  /** Takes this client up again where the reload cut it off; good once. */
  resume?: string | undefined;
  /** Where it was: a transfer may have moved it. */
  namespaceId?: string | undefined;
  roomId?: string | undefined;
  /** The rooms that a doctor has put on hold. */
  resting?: readonly string[] | undefined;
  patientId?: string | number | undefined;
}

export type KeepStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * Keeps it in the tab's own storage (SPEC SDK-3). A tab that is duplicated copies that storage, and two
 * pages with one resume token would throw each other out: so the token is in there only while the page
 * is out of sight or going away.
 */
export class Keepsake {
  readonly #storage: KeepStorage | null;
  readonly #key: string;
  #kept: Kept;

  constructor(storage: KeepStorage | null, key: string) {
    this.#storage = storage;
    this.#key = `telemedicine-signaling ${key}`;
    this.#kept = this.#read();
    this.#write();
  }

  get kept(): Readonly<Kept> {
    return this.#kept;
  }

  note(news: Kept): void {
    this.#kept = { ...this.#kept, ...news };
    this.#write();
  }

  /** The page goes out of sight, and may never be seen again. */
  lay(): void {
    this.#write(true);
  }

  /** The page is in sight again. */
  take(): void {
    this.#write();
  }

  forget(): void {
    this.#kept = {};
    this.#storage?.removeItem(this.#key);
  }

  #read(): Kept {
    try {
      return JSON.parse(this.#storage?.getItem(this.#key) ?? '{}');
    } catch {
      return {};
    }
  }

  #write(withToken = false): void {
    const { resume, ...rest } = this.#kept;
    // A full or forbidden storage costs the place after a reload, and nothing now.
    try {
      this.#storage?.setItem(this.#key, JSON.stringify(withToken ? { ...rest, resume } : rest));
    } catch {}
  }
}
