import { randomUUID } from 'node:crypto';
import type { Transport } from '../support/clients.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { HttpCaller } from '../support/http.ts';
import { ServerProcess } from '../support/process.ts';
import { SCALED_ENV, scaled } from './form.ts';
import { OldPage, type Page, type ResumingOptions, ResumingPage } from './page.ts';

/** A server in a process of its own, by the real clock, and pages that reach it over networks that fail. */
export class Ward {
  readonly server: ServerProcess;
  readonly #pages: Page[] = [];
  readonly #proxies: FaultProxy[] = [];

  private constructor(server: ServerProcess) {
    this.server = server;
  }

  static async open(env: Record<string, string> = {}): Promise<Ward> {
    return new Ward(await ServerProcess.start({ LOG_LEVEL: 'warn', ...SCALED_ENV, ...env }));
  }

  async namespace(): Promise<string> {
    const namespaceId = randomUUID();
    await this.http('/create-namespace', { namespaceId });
    return namespaceId;
  }

  /** Calls a route and answers its JSON. */
  async http(path: string, query: Record<string, string>): Promise<Record<string, unknown>> {
    return (await new HttpCaller(() => this.server.url).GET(path, query)).body;
  }

  async network(): Promise<FaultProxy> {
    const proxy = await FaultProxy.start(() => this.server.url);
    this.#proxies.push(proxy);
    return proxy;
  }

  /** Sees to it that the page is closed with the ward; resolves when it is in. */
  async visit<P extends Page>(page: P): Promise<P> {
    this.#pages.push(page);
    return page.until('connected', ({ connects }) => connects > 0);
  }

  /** A page that was welcomed; `network` where its own is not the best. */
  async page(
    namespaceId: string,
    network?: FaultProxy,
    options: ResumingOptions = {},
  ): Promise<ResumingPage> {
    const url = network?.url ?? this.server.url;
    const page = await this.visit(new ResumingPage(url, namespaceId, options));
    return page.until('welcomed', ({ id }) => id !== undefined);
  }

  /** A doctor at the desk. */
  async doctor(namespaceId: string, network?: FaultProxy): Promise<ResumingPage> {
    const doctor = await this.page(namespaceId, network);
    await doctor.say('doctor-joined', {});
    return doctor;
  }

  /** A patient who waits in this room. */
  async patient(
    namespaceId: string,
    roomId: string,
    network?: FaultProxy,
    options: ResumingOptions = {},
  ): Promise<ResumingPage> {
    const patient = await this.page(namespaceId, network, options);
    await patient.say('create', entryOf(roomId));
    return patient;
  }

  /** A patient who waits in this room with a page as it is deployed. */
  async oldPatient(
    namespaceId: string,
    roomId: string,
    network: FaultProxy,
    transport?: Transport,
  ): Promise<OldPage> {
    const introduction = { event: 'create', payload: entryOf(roomId) };
    const patient = new OldPage(network.url, namespaceId, introduction, transport);
    await this.visit(patient);
    return patient.until('in line', (page) => page.all('queue-position').length > 0);
  }

  async close(): Promise<void> {
    for (const page of this.#pages) page.close();
    await Promise.all(this.#proxies.map((proxy) => proxy.stop()));
    await this.server.clear();
  }
}

const entryOf = (roomId: string) => ({ 'room-id': roomId, patientID: `patient of ${roomId}` });

/** Somebody who goes on talking to a peer, message by numbered message, whatever happens to that one. */
export class Talk {
  readonly #from: Page;
  readonly #peerId: string;
  readonly #timer: NodeJS.Timeout;
  #count = 0;
  /** What was said and not answered yet; what a lost connection took along never is. */
  readonly #open = new Set<number>();
  readonly #taken: number[] = [];

  constructor(from: Page, peerId: string, everyMs = scaled(300)) {
    this.#from = from;
    this.#peerId = peerId;
    this.#timer = setInterval(() => this.#say(), everyMs);
    void this.#say();
  }

  /** Stops. Answers the numbers that the server took for delivered or held, and how many it never answered. */
  async stop(): Promise<{ said: number[]; unanswered: number }> {
    clearInterval(this.#timer);
    // In order: what was answered at all is answered before this.
    await this.#say();
    return { said: this.#taken, unanswered: this.#open.size };
  }

  async #say(): Promise<void> {
    const n = this.#count;
    this.#count += 1;
    this.#open.add(n);
    const answer = await this.#from.say('send-metadata', { 'peer-id': this.#peerId, n });
    this.#open.delete(n);
    if (answer.status !== 'ok') throw new Error(`message ${n}: ${answer.code}`);
    this.#taken.push(n);
  }
}
