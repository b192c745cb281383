import { AsyncLocalStorage } from 'node:async_hooks';
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
import { Neighbourhood, ServerNode } from './node.ts';
import { type Page, Pages } from './pages.ts';
import { NAMESPACES } from './rules.ts';
import type { Sent } from './sight.ts';

export interface Connection {
  socket: FakeSocket;
  node: ServerNode;
  /** The server listens: whatever is said is taken at once. */
  isReady: boolean;
  hasArrived: boolean;
  /** What was said before the server listened. */
  early: Saying[];
  /** Rooms whose patients are on their way to another namespace, by this connection's word. */
  transfers: string[];
}

/**
 * A relayed message that did not stand in the lane, and how many jobs had begun before it, and before it was
 * answered: of a peer at another node nobody knows when in between it is asked.
 */
export interface DirectRelay {
  saying: Saying;
  namespaceId: string;
  begun: number;
  answered: number;
}

/**
 * A practice under trial: the server's parts, once or several times, on a slow store with people who connect and speak, and a
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
  nodes: ServerNode[] = [];
  readonly store: SessionData;
  readonly records: ConsultationRecords;
  readonly random: () => number;
  readonly #neighbourhood: Neighbourhood | undefined;
  readonly #count: number;
  #made = 0;
  /** What is being said, for all that comes of it. */
  readonly #speaking = new AsyncLocalStorage<Saying>();

  constructor(
    store: SessionData,
    records: ConsultationRecords,
    random: () => number,
    nodes: number,
  ) {
    this.store = store;
    this.records = records;
    this.random = random;
    this.model.now = this.clock.now();
    this.#count = nodes;
    this.#neighbourhood = nodes > 1 ? new Neighbourhood() : undefined;
  }

  async start(): Promise<void> {
    this.nodes = Array.from({ length: this.#count }, () => this.#newNode());
    for (const node of this.nodes) await node.start();
  }

  /** All processes are killed, whatever they are at, and others take their places. */
  async restart(): Promise<void> {
    this.journal.push('restart');
    for (const node of this.nodes) node.kill();
    for (const { socket } of this.connections.values()) socket.connected = false;
    await this.start();
  }

  /**
   * One process is killed while everything is quiet; nobody has noticed yet. Answers whose memory it had, as
   * the store lists them.
   */
  async killOne(index: number): Promise<ModelClient[]> {
    const [victim] = this.nodes.splice(index % this.nodes.length, 1);
    if (victim === undefined) throw new Error('no node runs');
    this.journal.push(`${victim.name} is killed`);
    const had = new Set([...victim.directory.all()].map(({ id }) => id));
    victim.kill();
    for (const { socket, node } of this.connections.values()) {
      if (node === victim) socket.connected = false;
    }
    const all: ModelClient[] = [];
    for (const namespaceId of NAMESPACES) {
      for (const { id } of await this.store.clientsOf(namespaceId)) {
        const client = this.model.client(id);
        if (had.has(id) && client !== undefined) all.push(client);
      }
    }
    return all;
  }

  async startOne(): Promise<void> {
    const node = this.#newNode();
    this.nodes.push(node);
    await node.start();
  }

  /** Resolves when nothing is under way at any node, nor anything that would follow from it. */
  async idle(): Promise<void> {
    const calls = () => this.nodes.reduce((sum, node) => sum + node.calls, 0);
    for (let before = Number.NaN; before !== calls(); ) {
      before = calls();
      for (const node of this.nodes) await node.idle();
    }
  }

  /** Time has passed for every node. */
  async beat(): Promise<void> {
    for (const node of this.nodes) await node.beat();
  }

  /** Each node ends what has run out. In which order it took what ran out together. */
  async sweep(): Promise<ServerNode['swept']> {
    for (const node of this.nodes) await node.sweep();
    const all = this.nodes.map(({ swept }) => swept);
    return {
      clients: all.flatMap(({ clients }) => clients),
      rooms: all.flatMap(({ rooms }) => rooms),
    };
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
    const begun = () => this.jobs.filter((job) => job.namespaceId === namespaceId).length;
    const isAlone = this.#count === 1;
    const relay = { saying, namespaceId, begun: begun(), answered: Number.POSITIVE_INFINITY };
    if (isAlone) relay.answered = relay.begun;
    const answered = (given: Saying['answer']) => {
      saying.answer = given;
      if (!isAlone) relay.answered = begun();
      this.journal.push(`  ${id} ${event}: ${given?.code ?? 'ok'}`);
    };
    this.#speaking.run(saying, () => socket.say(event, sent, asks ? answered : undefined));
    if (saying.inLane) return;
    if (isRelay(event)) this.directRelays.push(relay);
    else connection.early.push(saying);
  }

  drop({ socket }: Connection): void {
    this.journal.push(`${socket.id} is lost`);
    socket.disconnect();
  }

  makeNamespace(namespaceId: string): void {
    this.journal.push(`make namespace ${namespaceId}`);
    const node = this.#anyNode();
    const perform = this.#performAs(node, { kind: 'make-namespace' });
    this.#watch(node.makeNamespace(namespaceId, perform));
  }

  removeNamespace(namespaceId: string): void {
    this.journal.push(`remove namespace ${namespaceId}`);
    const node = this.#anyNode();
    const perform = this.#performAs(node, { kind: 'remove-namespace' });
    this.#watch(node.removeNamespace(namespaceId, perform));
  }

  makeRoom(roomId: string, namespaceId: string | undefined): void {
    this.journal.push(`make room ${roomId} in ${namespaceId}`);
    const node = this.#anyNode();
    const perform = this.#performAs(node, { kind: 'make-room', roomId });
    // The namespace may be removed at the same time, and then there is no room.
    node.makeRoom(roomId, namespaceId, perform).catch(() => {});
  }

  #connect(namespaceId: string, page: Page | undefined, isDeaf: boolean): Connection {
    this.#made += 1;
    const id = `s${this.#made}`;
    const auth = page === undefined ? {} : { resume: page.token, heard: page.heard };
    const hear = (event: string, data: Heard) => this.#hear(id, event, data);
    const socket = new FakeSocket(id, namespaceId, auth, hear);
    socket.isDeaf = isDeaf;
    const node = this.#anyNode();
    const still = { isReady: false, hasArrived: false, early: [], transfers: [] };
    const connection: Connection = { socket, node, ...still };
    this.connections.set(id, connection);
    const as = page === undefined ? '' : ` as ${page.from}, heard ${page.heard}`;
    this.journal.push(`${id} connects to ${namespaceId}${as}${isDeaf ? ', half-open' : ''}`);
    const tokenFrom = page?.from;
    const arrive: Tag = { kind: 'arrive', socket: id, tokenFrom, isConnected: true };
    node.serve(socket, this.#performOf(connection, arrive));
    return connection;
  }

  #anyNode(): ServerNode {
    const index = this.#count === 1 ? 0 : Math.floor(this.random() * this.nodes.length);
    return this.nodes[index] as ServerNode;
  }

  #newNode(): ServerNode {
    return new ServerNode({
      store: this.store,
      records: this.records,
      clock: this.clock,
      random: this.random,
      neighbourhood: this.#neighbourhood,
      onFault: (error) => this.faults.push(error),
    });
  }

  /** Notes the job when its turn comes, and under whose name it was asked for. */
  #performOf(connection: Connection, arrive: Tag): Perform {
    const { socket, node } = connection;
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
    const spoken = this.#speaking.getStore();
    if (spoken !== undefined) connection.early = connection.early.filter((one) => one !== spoken);
    const saying = spoken ?? connection.early.shift();
    if (saying === undefined) throw new Error('nobody said anything');
    saying.inLane = true;
    return { kind: 'say', saying };
  }

  #performAs(node: ServerNode, tag: Tag): Perform {
    return (namespaceId, useCase) => {
      const done = node.perform(namespaceId, () => {
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
    const saying = this.#speaking.getStore();
    if (event === 'signaling-error' && saying?.asks === false) {
      saying.choice.code = data.code as ErrorCode;
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
