import type { ServerEvent, ServerEvents } from '@telemedicine-signaling/protocol';
import type { Socket } from 'socket.io';
import type { Audit } from '../audit/trail.ts';
import type { SessionData } from '../data/session-data.ts';
import type { Counts } from '../ops/metrics/counts.ts';
import type { Address, Step } from '../outcome.ts';
import { isOverfull } from './backlog.ts';
import { cutOff } from './cut-off.ts';
import type { Directory } from './directory.ts';
import { noteKick } from './notes.ts';
import { OwnWords } from './own-words.ts';
import type { Session } from './session.ts';
import type { SocketLog } from './socket-log.ts';
import { send } from './wire.ts';

export interface DeliveryParts {
  data: SessionData;
  directory: Directory;
  audit: Audit;
  counts: Counts;
  log: SocketLog;
  limits: { heldMessages: number; heldBytes: number; backlogBytes: number };
  /** Told when the steps changed a waiting room, so that its doctors and patients hear of it in time. */
  onQueueChanged: (namespaceId: string) => void;
  /** Told when a namespace is gone, after its connections were told. */
  onNamespaceClosed: (namespaceId: string) => void;
}

/** What tells how things stand now, or where to go, is not kept for a lost client: it is told anew when it comes back. */
const STATE_EVENTS: ReadonlySet<string> = new Set([
  'queue',
  'queue-position',
  'doctor-online',
  'transferred',
]);

/** Carries out what use cases decided: hands events to sockets, keeps them for clients within their window. */
export class Delivery {
  readonly #parts: DeliveryParts;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /** When it has resolved, what had to be written down is: nothing is acknowledged before (SPEC AUDIT-7). */
  async carryOut(steps: readonly Step[]): Promise<void> {
    const { written } = await this.act(steps);
    await written;
  }

  /** Resolves when everybody has been told, so that the next may have its turn; `written`: see `carryOut`. */
  async act(steps: readonly Step[]): Promise<{ written: Promise<unknown> }> {
    const { directory } = this.#parts;
    const written: Promise<void>[] = [];
    for (const step of steps) {
      if ('to' in step) await this.#deliver(step.to, step.event, step.data);
      else if ('enter' in step) directory.get(step.client)?.rooms.add(step.enter);
      else if ('leave' in step) {
        for (const id of step.clients) directory.get(id)?.rooms.delete(step.leave);
      } else if ('forget' in step) this.#forget(step.forget);
      else if ('release' in step) this.#release(step.release);
      else if ('queueChanged' in step) this.#parts.onQueueChanged(step.queueChanged);
      else if ('audit' in step) written.push(this.#parts.audit.record(step.audit));
      else this.#close(step.close);
    }
    return { written: Promise.all(written) };
  }

  /**
   * Sends to one client, or keeps the message while its connection is lost.
   * `held` is false when more had to be kept than the bounds allow: it will be told to resynchronise.
   */
  async send<E extends ServerEvent>(
    session: Session,
    event: E,
    data: ServerEvents[E] | OwnWords,
  ): Promise<void> {
    if (session.socket !== null) {
      this.emit(session, session.socket, event, data);
      return;
    }
    const keeping = this.keep(session.id, event, data);
    session.keeping = keeping;
    await keeping;
  }

  /** Keeps a message for a client whose connection is lost, or is another node's that cannot be reached. */
  async keep(clientId: string, event: string, data: unknown): Promise<void> {
    if (STATE_EVENTS.has(event)) return;
    const { limits } = this.#parts;
    const bounds = { messages: limits.heldMessages, bytes: limits.heldBytes };
    // The store takes what JSON has, and nothing that knows better.
    const plain = data instanceof OwnWords ? data.toJSON() : data;
    await this.#parts.data.hold(clientId, { event, data: plain }, bounds);
  }

  /** Writes to a socket; one that does not read is cut before too much waits for it (SPEC LIMIT-3). */
  emit(session: Session, socket: Socket, event: string, data: unknown): void {
    if (session.early !== null) {
      session.early.push({ event, data });
      return;
    }
    // What `socket.emit` comes to (Socket.IO protocol 5, EVENT): nothing here has binary parts.
    const head = `2${socket.nsp.name},`;
    const json = data instanceof OwnWords ? data.pieces : [JSON.stringify(data)];
    const sent = send(socket, [head, `["${event}",`, ...json, ']']);
    if (STATE_EVENTS.has(event)) session.outbox?.add(null);
    else session.outbox?.add(sent.frame, sent.start + head.length);
    if (!sent.isBehind || !isOverfull(socket, this.#parts.limits.backlogBytes)) return;
    session.socket = null;
    noteKick(this.#parts, 'backlog-bytes', socket);
    cutOff(socket.conn);
  }

  async #deliver<E extends ServerEvent>(
    to: Address,
    event: E,
    data: ServerEvents[E],
  ): Promise<void> {
    for (const session of this.#addressees(to)) {
      if (event === 'queue-position') {
        session.toldPosition = (data as ServerEvents['queue-position']).position;
        session.toldAt = performance.now();
      } else if (event === 'queue') session.toldAt = performance.now();
      await this.send(session, event, data);
    }
  }

  #addressees(to: Address): Session[] {
    const { directory } = this.#parts;
    if ('clients' in to) return to.clients.flatMap((id) => directory.get(id) ?? []);
    if ('everyoneIn' in to) return [...directory.everyoneIn(to.everyoneIn)];
    const { except = [] } = to;
    return [...directory.doctorsOf(to.doctorsOf)].filter(({ id }) =>
      typeof except === 'string' ? id !== except : !except.includes(id),
    );
  }

  /** A connection that its client has left for another is told so; nothing that it says counts. */
  #forget(clientId: string): void {
    const { directory } = this.#parts;
    const session = directory.get(clientId);
    directory.remove(clientId);
    const socket = session?.socket;
    if (session === undefined || !socket) return;
    session.socket = null;
    noteKick(this.#parts, 'superseded', socket);
    socket.emit('superseded', { 'come-back': false });
    socket.disconnect();
  }

  /** The client goes on elsewhere under its own name: here its connection ends without a word. */
  #release(clientId: string): void {
    const { directory } = this.#parts;
    const session = directory.get(clientId);
    directory.remove(clientId);
    const socket = session?.socket;
    if (session !== undefined) session.socket = null;
    socket?.disconnect();
  }

  #close(namespaceId: string): void {
    for (const session of [...this.#parts.directory.everyoneIn(namespaceId)]) {
      this.#parts.directory.remove(session.id);
      session.socket?.disconnect();
    }
    this.#parts.onNamespaceClosed(namespaceId);
  }
}
