import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openSqliteStore } from '../../app/data/sqlite-store.ts';
import { FakeSocket, type Heard } from '../model/fake-socket.ts';
import { Neighbourhood, ServerNode } from '../model/node.ts';
import { TestClock } from '../support/service.ts';

export const NAMESPACE = 'desk';

/** Nodes in this process, on one store, between which a test decides what comes when. */
export class Nodes {
  readonly #dataDir: string;
  readonly #store: Awaited<ReturnType<typeof openSqliteStore>>;
  readonly neighbourhood = new Neighbourhood();
  readonly #clock = new TestClock();
  readonly #nodes: ServerNode[] = [];
  readonly #faults: unknown[] = [];

  private constructor(dataDir: string, store: Awaited<ReturnType<typeof openSqliteStore>>) {
    this.#dataDir = dataDir;
    this.#store = store;
  }

  static async open(): Promise<Nodes> {
    const dataDir = await mkdtemp(join(tmpdir(), 'signaling-nodes-'));
    return new Nodes(dataDir, await openSqliteStore({ dataDir }));
  }

  async start(): Promise<ServerNode> {
    const { data, records } = this.#store;
    const node = new ServerNode({
      store: data,
      records,
      clock: this.#clock,
      random: () => 0,
      neighbourhood: this.neighbourhood,
      onFault: (fault) => this.#faults.push(fault),
    });
    this.#nodes.push(node);
    await node.start();
    return node;
  }

  async clear(): Promise<void> {
    for (const node of this.#nodes) node.kill();
    await this.#store.data.close();
    await rm(this.#dataDir, { recursive: true, force: true });
    expect(this.#faults).toEqual([]);
  }
}

let sockets = 0;

/** Somebody's connection to a node, with all that was heard over it. */
export class Person {
  readonly heard: { event: string; data: Heard }[] = [];
  readonly socket: FakeSocket;
  /** Called at every event that it hears. */
  onHear: (event: string) => void = () => {};

  /** @param former the connection of before, as whose client it comes back; or what it was told then */
  constructor(node: ServerNode, former?: Pick<Person, 'welcome'>, namespaceId: string = NAMESPACE) {
    const auth = former === undefined ? {} : { resume: former.welcome?.['resume-token'] };
    sockets += 1;
    this.socket = new FakeSocket(`s${sockets}`, namespaceId, auth, (event, data) => {
      this.heard.push({ event, data });
      this.onHear(event);
    });
    node.serve(this.socket, node.perform);
  }

  get welcome(): Heard | undefined {
    return this.heard.find(({ event }) => event === 'welcome')?.data;
  }

  get id(): string {
    return this.welcome?.['client-id'];
  }

  all(event: string): Heard[] {
    return this.heard.flatMap((one) => (one.event === event ? one.data : []));
  }

  /** The numbers of the messages that it heard. */
  get numbers(): number[] {
    return this.all('offer').map(({ n }) => n);
  }

  async ready(): Promise<this> {
    await expect.poll(() => this.welcome).toBeDefined();
    return this;
  }

  say(event: string, payload: object): Promise<Heard> {
    return new Promise((resolve) => this.socket.say(event, payload, resolve));
  }

  tell(peer: Person, n: number): Promise<Heard> {
    return this.say('offer', { 'peer-id': peer.id, n });
  }
}

/** A doctor at one node and a patient at another. */
export async function doctorAndPatient(one: ServerNode, two: ServerNode) {
  await one.makeNamespace(NAMESPACE, one.perform);
  const doctor = await new Person(one).ready();
  await doctor.say('doctor-joined', {});
  const patient = await new Person(two).ready();
  await patient.say('create', { 'room-id': 'r-1' });
  return { doctor, patient };
}
