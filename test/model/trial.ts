import type { Role } from '@telemedicine-signaling/protocol';
import type { ConsultationRecords } from '../../app/data/consultation-records.ts';
import type { SessionData } from '../../app/data/session-data.ts';
import type { Perform } from '../../app/outcome.ts';
import { TestClock } from '../support/service.ts';
import type { Action, Speech } from './actions.ts';
import { FakeSocket, type Heard } from './fake-socket.ts';
import type { Job, Saying, Tag } from './job.ts';
import { Model, type ModelClient, type ModelRoom } from './model.ts';
import { isRelay, type ModelEvent, type Sent } from './model-events.ts';
import { ServerNode } from './node.ts';

export const NAMESPACES = ['clinic-a', 'clinic-b'] as const;
const ROOM_SLOTS = 5;
const NOBODY = 'nobody-of-this-name';

export interface Connection {
  socket: FakeSocket;
  /** The server listens: whatever is said is taken at once. */
  isReady: boolean;
  hasArrived: boolean;
  /** What was said before the server listened. */
  early: Saying[];
}

/** A relayed message that did not stand in the lane, and how many jobs had begun before it. */
export interface DirectRelay {
  saying: Saying;
  namespaceId: string;
  begun: number;
}

/**
 * A practice under trial: the server's parts on a slow store with people who do as the actions say, and
 * a record of what they said and heard and of the order in which the server took it.
 */
export class Trial {
  readonly model = new Model();
  readonly clock = new TestClock();
  readonly connections = new Map<string, Connection>();
  readonly heard: { socket: string; event: string; data: Heard }[] = [];
  readonly faults: unknown[] = [];
  /** What took its turn since the model was last brought up to date. */
  jobs: Job[] = [];
  directRelays: DirectRelay[] = [];
  /** Everything that was done, to be read when something went wrong. */
  readonly journal: string[] = [];
  node: ServerNode;
  readonly store: SessionData;
  readonly records: ConsultationRecords;
  readonly random: () => number;
  #made = 0;
  #relayed = 0;
  /** Resume tokens by client, the newest last, each with the connection that was told it. */
  readonly #tokens = new Map<string, { token: string; socket: string }[]>();
  /** Which namespace a room was asked for in since the model was last brought up to date. */
  readonly #touched = new Map<string, string>();

  constructor(store: SessionData, records: ConsultationRecords, random: () => number) {
    this.store = store;
    this.records = records;
    this.random = random;
    this.node = this.#newNode();
  }

  async begin(): Promise<void> {
    await this.node.start();
    for (const namespaceId of NAMESPACES) this.#makeNamespace(namespaceId);
  }

  /** The process is killed, whatever it is at, and another one takes its place. */
  async restart(): Promise<void> {
    this.journal.push('restart');
    this.node.kill();
    for (const { socket } of this.connections.values()) socket.connected = false;
    this.node = this.#newNode();
    await this.node.start();
  }

  /** Forgets what was needed to bring the model up to date. */
  broughtUpToDate(): void {
    this.jobs = [];
    this.directRelays = [];
    this.#touched.clear();
  }

  act(action: Action): void {
    if (action.do === 'connect') this.#connectAndSay(action);
    else if (action.do === 'say') this.#say(action);
    else if (action.do === 'drop') this.#drop(action.who);
    else if (action.do === 'resume') this.#resume(action);
    else if (action.do === 'make-room') this.#makeRoom(action);
    else {
      const namespaceId = namespaceAt(action.namespace);
      if (action.do === 'make-namespace') this.#makeNamespace(namespaceId);
      else this.#removeNamespace(namespaceId);
    }
  }

  connect(namespaceId: string, resume?: { token: string; socket: string }): Connection {
    this.#made += 1;
    const id = `s${this.#made}`;
    const auth = resume === undefined ? {} : { resume: resume.token };
    const hear = (event: string, data: Heard) => this.#hear(id, event, data);
    const socket = new FakeSocket(id, namespaceId, auth, hear);
    const connection = { socket, isReady: false, hasArrived: false, early: [] };
    this.connections.set(id, connection);
    this.journal.push(`${id} connects to ${namespaceId}${resume ? ` as ${resume.socket}` : ''}`);
    const arrive: Tag = {
      kind: 'arrive',
      socket: id,
      tokenFrom: resume?.socket,
      isConnected: true,
    };
    this.node.serve(socket, this.#performOf(connection, arrive));
    return connection;
  }

  say(connection: Connection, event: ModelEvent, sent: Sent): Saying {
    const { socket } = connection;
    const saying: Saying = { socket: socket.id, event, sent, answer: undefined, inLane: false };
    this.journal.push(`${socket.id} says ${event} ${JSON.stringify(sent)}`);
    const namespaceId = socket.namespaceId;
    const begun = this.jobs.filter((job) => job.namespaceId === namespaceId).length;
    this.#speaking = saying;
    socket.say(event, sent, (answer) => {
      saying.answer = answer;
      this.journal.push(`  ${socket.id} ${event}: ${answer.code ?? 'ok'}`);
    });
    this.#speaking = undefined;
    if (saying.inLane) return saying;
    if (isRelay(event)) this.directRelays.push({ saying, namespaceId, begun });
    else connection.early.push(saying);
    return saying;
  }
  #speaking: Saying | undefined;

  drop(socket: FakeSocket): void {
    this.journal.push(`${socket.id} is lost`);
    socket.disconnect();
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
    const tagNow = (): Tag => {
      if (socket.isClosing) return { kind: 'depart', socket: socket.id };
      if (!connection.hasArrived) return arrive;
      const saying = this.#speaking ?? connection.early.shift();
      if (saying === undefined) throw new Error('nobody said anything');
      saying.inLane = true;
      return { kind: 'say', saying };
    };
    return (namespaceId, useCase) => {
      const tag = tagNow();
      const done = node.perform(namespaceId, () => {
        const isConnected = socket.connected;
        this.jobs.push({
          ...tag,
          namespaceId,
          ...(tag.kind === 'arrive' ? { isConnected } : {}),
        } as Job);
        return useCase();
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

  #performAs(tag: Tag): Perform {
    return (namespaceId, useCase) =>
      this.node.perform(namespaceId, () => {
        this.jobs.push({ ...tag, namespaceId } as Job);
        return useCase();
      });
  }

  #hear(socket: string, event: string, data: Heard): void {
    this.journal.push(`    ${socket} hears ${event} ${JSON.stringify(data).slice(0, 160)}`);
    this.heard.push({ socket, event, data });
    if (event !== 'welcome') return;
    const clientId = data['client-id'] as string;
    const tokens = this.#tokens.get(clientId) ?? [];
    tokens.push({ token: data['resume-token'] as string, socket });
    this.#tokens.set(clientId, tokens);
  }

  #makeNamespace(namespaceId: string): void {
    this.journal.push(`make namespace ${namespaceId}`);
    this.#watch(this.node.makeNamespace(namespaceId, this.#performAs({ kind: 'make-namespace' })));
  }

  #removeNamespace(namespaceId: string): void {
    this.journal.push(`remove namespace ${namespaceId}`);
    this.#watch(
      this.node.removeNamespace(namespaceId, this.#performAs({ kind: 'remove-namespace' })),
    );
  }

  #makeRoom({ namespace, room }: { namespace: number | null; room: number }): void {
    const namespaceId = namespace === null ? undefined : namespaceAt(namespace);
    const roomId = this.#slot(room);
    const isFree = !this.model.rooms.has(roomId) && !this.#touched.has(roomId);
    if (!isFree || (namespaceId !== undefined && !this.model.namespaces.has(namespaceId))) return;
    this.#touched.set(roomId, namespaceId ?? '');
    this.journal.push(`make room ${roomId} in ${namespaceId}`);
    const perform = this.#performAs({ kind: 'make-room', roomId });
    // The namespace may be removed at the same time, and then there is no room.
    this.node.makeRoom(roomId, namespaceId, perform).catch(() => {});
  }

  #connectAndSay({ namespace, says }: { namespace: number; says: Speech | null }): void {
    const namespaceId = namespaceAt(namespace);
    const connection = this.connect(namespaceId);
    const event = says?.event === 'join' && says.init ? 'doctor-joined' : says?.event;
    if (says === null || event === undefined) return;
    const sent = this.#compose({ ...says, event, init: false }, namespaceId);
    if (sent !== undefined) this.say(connection, event, sent);
  }

  #say({ who, speech }: { who: number; speech: Speech }): void {
    const open = [...this.connections.values()].filter(
      (one) => one.socket.connected && (isRelay(speech.event) ? one.isReady : one.hasArrived),
    );
    const fitting = open.filter((one) => this.#suits(one, speech));
    const from = speech.fits ? fitting : open;
    const connection = from[who % Math.max(1, from.length)];
    if (connection === undefined) return;
    const sent = this.#compose(speech, connection.socket.namespaceId, connection.socket.id);
    if (sent !== undefined) this.say(connection, speech.event, sent);
  }

  #drop(who: number): void {
    const open = [...this.connections.values()].filter(({ socket }) => socket.connected);
    const connection = open[who % Math.max(1, open.length)];
    if (connection !== undefined) this.drop(connection.socket);
  }

  /** Everybody who is lost comes back, but for those whom `but` counts out. */
  resumeAll(but: number): void {
    const lost = [...this.model.clients.values()].filter(({ socket }) => socket === null);
    for (const [index, client] of lost.entries()) {
      const token = this.#tokens.get(client.id)?.at(-1);
      if (index % 8 !== but && token !== undefined) this.connect(client.namespaceId, token);
    }
  }

  #resume({ who, spent }: { who: number; spent: boolean }): void {
    const clients = [...this.model.clients.values()];
    const lost = clients.filter(({ socket }) => socket === null);
    const from = lost.length > 0 && who % 4 !== 3 ? lost : clients;
    const client = from[who % Math.max(1, from.length)];
    const token = this.#tokens.get(client?.id ?? '')?.at(spent ? -2 : -1);
    if (client !== undefined && token !== undefined) this.connect(client.namespaceId, token);
  }

  /** What to say, of what is known to the model; undefined if there is nothing, or if two namespaces would race for one room. */
  #compose(speech: Speech, namespaceId: string, socket = ''): Sent | undefined {
    const { event, fits, patient, by } = speech;
    if (event === 'doctor-joined') return {};
    if (isRelay(event)) return this.#composeRelay(speech, namespaceId, socket);
    const roomId = this.#roomFor(speech, namespaceId);
    if (roomId === undefined) return undefined;
    const patientID = `p${patient}`;
    if (event === 'create') {
      if ((this.#touched.get(roomId) ?? namespaceId) !== namespaceId) return undefined;
      this.#touched.set(roomId, namespaceId);
      return { 'room-id': roomId, ...(patient === 2 ? {} : { patientID }) };
    }
    if (event === 'join') return { 'room-id': roomId, ...(speech.init ? { init: true } : {}) };
    const isNamed = event === 'doctor-rejected' || event === 'leave' || by === 'room-id';
    if (isNamed) return { 'room-id': roomId };
    if (by === 'nothing' && fits) return {};
    return { patientID };
  }

  #composeRelay({ event, fits, peer }: Speech, namespaceId: string, socket: string): Sent {
    this.#relayed += 1;
    const own = this.model.speaker(socket);
    const known = [...this.model.clients.values()].filter(({ id }) => id !== own?.id);
    const near = known.filter(
      (one) =>
        one.namespaceId === namespaceId && own !== undefined && this.model.mayReach(own, one),
    );
    const from = fits && near.length > 0 ? near : known;
    const id = from[peer % Math.max(1, from.length)]?.id ?? NOBODY;
    const key = event === 'ack-doctor-entered' ? 'client-id' : 'peer-id';
    return { [key]: id, n: this.#relayed };
  }

  #roomFor({ event, fits, room }: Speech, namespaceId: string): string | undefined {
    const all = [...this.model.rooms.keys()];
    if (!fits) return nth(all, room) ?? this.#slot(room);
    if (event === 'create') {
      // Each namespace has slots of its own; only what does not fit goes across.
      const own = NAMESPACES.indexOf(namespaceId as (typeof NAMESPACES)[number]);
      return this.#slot(room * NAMESPACES.length + own);
    }
    return nth(this.model.liveRooms(namespaceId), room)?.id;
  }

  /** A room by its place among the few there are: when one has ended, the next takes its place. */
  #slot(index: number): string {
    const slot = index % (ROOM_SLOTS * NAMESPACES.length);
    for (let n = 0; ; n += 1) {
      const id = `r${slot}.${n}`;
      if (this.model.rooms.get(id)?.state !== 'ended') return id;
    }
  }

  #suits({ socket }: Connection, speech: Speech): boolean {
    const client = this.model.speaker(socket.id);
    return suits(client, this.model.roomsOf(client?.id ?? ''), speech);
  }

  #watch(promise: Promise<unknown>): void {
    promise.catch((error: unknown) => this.faults.push(error));
  }
}

const ROLE_OF: Partial<Record<ModelEvent, Role>> = {
  'ack-doctor-entered': 'patient',
  'doctor-rejected': 'doctor',
  'patient-left': 'patient',
  'doctor-ended': 'doctor',
  'patient-ended': 'patient',
};

function suits(
  client: ModelClient | undefined,
  rooms: ModelRoom[],
  { event, init }: Speech,
): boolean {
  const role = client?.role ?? 'guest';
  if (event === 'create') return role === 'patient' || (role === 'guest' && rooms.length === 0);
  if (event === 'doctor-joined') return role !== 'patient' && rooms.length === 0;
  if (event === 'join') return role === 'doctor' || (role === 'guest' && !init);
  if (event === 'leave') return rooms.length > 0;
  const wanted = ROLE_OF[event];
  return wanted === undefined || wanted === role;
}

const namespaceAt = (index: number): string => NAMESPACES[index % 2 === 0 ? 0 : 1];

/** The `index`th, counted round and round; undefined of none. */
function nth<T>(list: readonly T[], index: number): T | undefined {
  return list[index % Math.max(1, list.length)];
}
