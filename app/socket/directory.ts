import type { Session } from './session.ts';

const NOBODY: ReadonlySet<Session> = new Set();

/** Who is where on this node: sessions by client-id, by namespace, and the doctors of each namespace. */
export class Directory {
  readonly #sessions = new Map<string, Session>();
  readonly #everyone = new Map<string, Set<Session>>();
  readonly #doctors = new Map<string, Set<Session>>();

  get(clientId: string): Session | undefined {
    return this.#sessions.get(clientId);
  }

  isConnected = (clientId: string): boolean => {
    const socket = this.#sessions.get(clientId)?.socket;
    return socket !== undefined && socket !== null;
  };

  add(session: Session): void {
    this.#sessions.set(session.id, session);
    include(this.#everyone, session);
    if (session.isAtDesk) include(this.#doctors, session);
  }

  /** The session's client is a doctor who hears of the waiting room from here on. */
  sitDown(session: Session): void {
    session.isAtDesk = true;
    include(this.#doctors, session);
  }

  remove(clientId: string): void {
    const session = this.#sessions.get(clientId);
    if (session === undefined) return;
    this.#sessions.delete(clientId);
    exclude(this.#everyone, session);
    exclude(this.#doctors, session);
  }

  all(): Iterable<Session> {
    return this.#sessions.values();
  }

  /** The namespaces that anybody here is of. */
  namespaceIds(): Iterable<string> {
    return this.#everyone.keys();
  }

  /** How many these are. */
  get namespaces(): number {
    return this.#everyone.size;
  }

  everyoneIn(namespaceId: string): ReadonlySet<Session> {
    return this.#everyone.get(namespaceId) ?? NOBODY;
  }

  doctorsOf(namespaceId: string): ReadonlySet<Session> {
    return this.#doctors.get(namespaceId) ?? NOBODY;
  }
}

function include(index: Map<string, Set<Session>>, session: Session): void {
  const known = index.get(session.namespaceId);
  if (known === undefined) index.set(session.namespaceId, new Set([session]));
  else known.add(session);
}

function exclude(index: Map<string, Set<Session>>, session: Session): void {
  const known = index.get(session.namespaceId);
  known?.delete(session);
  if (known?.size === 0) index.delete(session.namespaceId);
}
