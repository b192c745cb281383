import type { ErrorCode } from '@telemedicine-signaling/protocol';
import type { ConsultationRecords } from '../../app/data/consultation-records.ts';
import type { SessionData } from '../../app/data/session-data.ts';
import { SignalingError } from '../../app/errors/signaling-error.ts';
import type { Outcome, Perform } from '../../app/outcome.ts';
import { TestClock } from '../support/service.ts';
import { FakeSocket, type Heard } from './fake-socket.ts';
import type { Job, Saying, Tag } from './job.ts';
import { Model, type ModelClient } from './model.ts';
import { transferredBy } from './model-desk.ts';
import { isRelay, type ModelEvent } from './model-events.ts';
import { ServerNode } from './node.ts';
import { type Page, Pages } from './pages.ts';
import type { Sent } from './sight.ts';

export interface Connection {
  socket: FakeSocket;
  /** The server listens: whatever is said is taken at once. */
  isReady: boolean;
  hasArrived: boolean;
  /** What was said before the server listened. */
  early: Saying[];
  /** Rooms whose patients are on their way to another namespace, by this connection's word. */
  transfers: string[];
}

/** A relayed message that did not stand in the lane, and how many jobs had begun before it. */
export interface DirectRelay {
  saying: Saying;
  namespaceId: string;
  begun: number;
}

/**
 * A practice under trial: the server's parts on a slow store with people who connect and speak, and a
 * record of what they said and heard and of the order in which the server took it.
 */
export class Trial {
  readonly model = new Model();
  readonly pages = new Pages();
  readonly clock = new TestClock();
  readonly connections = new Map<string, Connection>();
  readonly heard: { socket: string; event: string; data: Heard }[] = [];
  readonly faults: unknown[] = [];
  /** What took its turn since the model was last brought up to date. */
  jobs: Job[] = [];
  readonly finished = new Set<Job>();
  directRelays: DirectRelay[] = [];
  sayings: Saying[] = [];
  /** Everything that was done, to be read when something went wrong. */
  readonly journal: string[] = [];
  node: ServerNode;
  readonly store: SessionData;
  readonly records: ConsultationRecords;
  readonly random: () => number;
  #made = 0;
  #speaking: Saying | undefined;

  constructor(store: SessionData, records: ConsultationRecords, random: () => number) {
    this.store = store;
    this.records = records;
    this.random = random;
    this.model.now = this.clock.now();
    this.node = this.#newNode();
  }

  /** The process is killed, whatever it is at, and another one takes its place. */
  async restart(): Promise<void> {
    this.journal.push('restart');
    this.node.kill();
    for (const { socket } of this.connections.values()) socket.connected = false;
    this.node = this.#newNode();
    await this.node.start();
  }

  /** Whether something may have been sent on the client's last connection that it has not heard. */
  hadSwallowed({ id, lastSocket }: ModelClient): boolean {
    const last = this.connections.get(lastSocket);
    // What was lost before the server listened may have been written to all the same.
    const isWhole = last?.isReady === true && !last.socket.isDeaf;
    return !isWhole || this.pages.of(id)?.from !== lastSocket;
  }

  /** Forgets what was needed to bring the model up to date. */
  broughtUpToDate(): void {
    this.jobs = [];
    this.finished.clear();
    this.directRelays = [];
    this.sayings = [];
  }

  /** Somebody new connects to the namespace. */
  connect(namespaceId: string): Connection {
    return this.#connect(namespaceId, undefined, false);
  }

  /** The page comes back to where it was, or where it was sent. */
  comeBack(page: Page, isDeaf = false): Connection {
    return this.#connect(page.namespaceId, page, isDeaf);
  }

  say(connection: Connection, event: ModelEvent, sent: Sent, asks = true): void {
    const { socket } = connection;
    const { id, namespaceId } = socket;
    const answer = undefined;
    const saying: Saying = { socket: id, event, sent, asks, answer, inLane: false, choice: {} };
    this.sayings.push(saying);
    this.journal.push(`${id} says ${event} ${JSON.stringify(sent)}`);
    const begun = this.jobs.filter((job) => job.namespaceId === namespaceId).length;
    this.#speaking = saying;
    const answered = (given: Saying['answer']) => {
      saying.answer = given;
      this.journal.push(`  ${id} ${event}: ${given?.code ?? 'ok'}`);
    };
    socket.say(event, sent, asks ? answered : undefined);
    this.#speaking = undefined;
    if (saying.inLane) return;
    if (isRelay(event)) this.directRelays.push({ saying, namespaceId, begun });
    else connection.early.push(saying);
  }

  drop({ socket }: Connection): void {
    this.journal.push(`${socket.id} is lost`);
    socket.disconnect();
  }

  makeNamespace(namespaceId: string): void {
    this.journal.push(`make namespace ${namespaceId}`);
    this.#watch(this.node.makeNamespace(namespaceId, this.#performAs({ kind: 'make-namespace' })));
  }

  removeNamespace(namespaceId: string): void {
    this.journal.push(`remove namespace ${namespaceId}`);
    const perform = this.#performAs({ kind: 'remove-namespace' });
    this.#watch(this.node.removeNamespace(namespaceId, perform));
  }

  makeRoom(roomId: string, namespaceId: string | undefined): void {
    this.journal.push(`make room ${roomId} in ${namespaceId}`);
    const perform = this.#performAs({ kind: 'make-room', roomId });
    // The namespace may be removed at the same time, and then there is no room.
    this.node.makeRoom(roomId, namespaceId, perform).catch(() => {});
  }

  #connect(namespaceId: string, page: Page | undefined, isDeaf: boolean): Connection {
    this.#made += 1;
    const id = `s${this.#made}`;
    const auth = page === undefined ? {} : { resume: page.token, heard: page.heard };
    const hear = (event: string, data: Heard) => this.#hear(id, event, data);
    const socket = new FakeSocket(id, namespaceId, auth, hear);
    socket.isDeaf = isDeaf;
    const connection = { socket, isReady: false, hasArrived: false, early: [], transfers: [] };
    this.connections.set(id, connection);
    const as = page === undefined ? '' : ` as ${page.from}, heard ${page.heard}`;
    this.journal.push(`${id} connects to ${namespaceId}${as}${isDeaf ? ', half-open' : ''}`);
    const tokenFrom = page?.from;
    const arrive: Tag = { kind: 'arrive', socket: id, tokenFrom, isConnected: true };
    this.node.serve(socket, this.#performOf(connection, arrive));
    return connection;
  }

  #newNode(): ServerNode {
    return new ServerNode({
      store: this.store,
      records: this.records,
      clock: this.clock,
      random: this.random,
      onFault: (error) => this.faults.push(error),
    });
  }

  /** Notes the job when its turn comes, and under whose name it was asked for. */
  #performOf(connection: Connection, arrive: Tag): Perform {
    const { socket } = connection;
    const node = this.node;
    return (namespaceId, useCase) => {
      const tag = this.#tagOf(connection, arrive, namespaceId);
      const done = node.perform(namespaceId, () => {
        const job = { ...tag, namespaceId } as Job;
        if (job.kind === 'arrive') job.isConnected = socket.connected;
        this.#begin(job, () => done);
        return job.kind === 'say' ? noting(job.saying, connection, useCase()) : useCase();
      });
      if (tag.kind === 'arrive') {
        connection.hasArrived = true;
        const isReady = () => {
          connection.isReady = true;
        };
        // Whoever waits for the same promise goes first.
        done.then(() => queueMicrotask(isReady)).catch(() => {});
      }
      return done;
    };
  }

  #tagOf(connection: Connection, arrive: Tag, namespaceId: string): Tag {
    const { socket } = connection;
    if (socket.isClosing) return { kind: 'depart', socket: socket.id };
    if (!connection.hasArrived) return arrive;
    if (namespaceId !== socket.namespaceId) {
      const roomId = connection.transfers.shift();
      if (roomId !== undefined) return { kind: 'transfer-here', roomId };
      const tokenFrom = arrive.kind === 'arrive' ? arrive.tokenFrom : undefined;
      return { kind: 'send-on', socket: socket.id, tokenFrom };
    }
    const saying = this.#speaking ?? connection.early.shift();
    if (saying === undefined) throw new Error('nobody said anything');
    saying.inLane = true;
    return { kind: 'say', saying };
  }

  #performAs(tag: Tag): Perform {
    return (namespaceId, useCase) => {
      const done = this.node.perform(namespaceId, () => {
        this.#begin({ ...tag, namespaceId } as Job, () => done);
        return useCase();
      });
      return done;
    };
  }

  #begin(job: Job, end: () => Promise<unknown>): void {
    this.jobs.push(job);
    const finish = () => this.finished.add(job);
    // Only now does the promise have a name.
    queueMicrotask(() => end().then(finish, finish));
  }

  #hear(socket: string, event: string, data: Heard): void {
    this.journal.push(`    ${socket} hears ${event} ${JSON.stringify(data).slice(0, 160)}`);
    this.heard.push({ socket, event, data });
    const told = { token: data['resume-token'] as string, from: socket };
    if (event === 'welcome') {
      const namespaceId = data['namespace-id'] as string;
      this.pages.welcomed(data['client-id'], { ...told, namespaceId });
    } else if (event === 'transferred') {
      const namespaceId = data['to-namespace-id'] as string;
      const from = transferredBy(socket);
      this.pages.moved(data['client-id'], { ...told, namespaceId, from });
    } else this.pages.heard(socket);
    // A refusal at once, of an event that asked for no answer.
    if (event === 'signaling-error' && this.#speaking?.asks === false) {
      this.#speaking.choice.code = data.code as ErrorCode;
    }
  }

  #watch(promise: Promise<unknown>): void {
    promise.catch((error: unknown) => this.faults.push(error));
  }
}

/** Notes what came of an event, for whoever wants to know although it was not answered. */
async function noting<Reply>(
  { choice, event }: Saying,
  connection: Connection,
  outcome: Promise<Outcome<Reply>>,
): Promise<Outcome<Reply>> {
  try {
    const { reply } = await outcome;
    const { 'room-id': roomId, id } = reply as { 'room-id'?: string; id?: string };
    choice.roomId = roomId ?? id;
    if (event === 'transfer' && id !== undefined) connection.transfers.push(id);
  } catch (error) {
    if (error instanceof SignalingError) choice.code = error.code;
  }
  return outcome;
}
