import type { Browser, BrowserContextOptions } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { ServerProcess } from '../support/process.ts';
import { CallPage } from './call-page.ts';
import { PageServer } from './page-server.ts';
import { SpreadServer } from './spread-server.ts';

/** On how many nodes the server runs; with more than one, pages are spread over them at random. */
const NODES = Number(process.env.CLUSTER_NODES ?? 1);

type ClinicServer = Pick<SpreadServer, 'url' | 'port' | 'process' | 'signal' | 'clear'> & {
  start(): Promise<unknown>;
};

/** Where clients come in: a node, or what stands before it. */
interface Door {
  readonly url: string;
  readonly certificate?: 'self-signed';
}

/** All that a call takes: the built server, the hospital's web server with its pages, and a browser. */
export class Clinic {
  readonly server: ClinicServer;
  readonly pages: PageServer;
  readonly #browser: Browser;
  readonly #opened: CallPage[] = [];

  private constructor(server: ClinicServer, pages: PageServer, browser: Browser) {
    this.server = server;
    this.pages = pages;
    this.#browser = browser;
  }

  /** `env`: further settings of the server. */
  static async open(env: Record<string, string> = {}): Promise<Clinic> {
    const all = { LOG_LEVEL: 'warn', ...env };
    const server = await (NODES > 1 ? SpreadServer.start(NODES, all) : ServerProcess.start(all));
    const [pages, browser] = await Promise.all([PageServer.start(), launchChromium()]);
    return new Clinic(server, pages, browser);
  }

  /** Where each node of the server listens. */
  get nodes(): string[] {
    return this.server instanceof SpreadServer ? this.server.urls : [this.server.url];
  }

  /** A doctor whose practice is open; `at` another way in than the clinic's own server. */
  async doctor(namespaceId: string, transports: string, at: Door = this.server): Promise<CallPage> {
    const doctor = await this.#example(at, 'doctor', { namespace: namespaceId, transports });
    await doctor.expectText('#state', 'Ready');
    return doctor;
  }

  /** A patient who has come into the waiting room. */
  async patient(
    namespaceId: string,
    transports: string,
    name: string,
    at: Door = this.server,
  ): Promise<CallPage> {
    const settings = { namespace: namespaceId, transports, name, patient: `id-of-${name}` };
    const patient = await this.#example(at, 'patient', settings);
    await patient.expectText('#state', 'You are in the waiting room. Your doctor will call you.');
    return patient;
  }

  async visit(url: string, options?: BrowserContextOptions): Promise<CallPage> {
    const page = await CallPage.open(this.#browser, url, options);
    this.#opened.push(page);
    return page;
  }

  /** The same clinic in a browser of its own, as on another device. To be put away with `closeBrowser`. */
  async anotherDevice(): Promise<Clinic> {
    return new Clinic(this.server, this.pages, await launchChromium());
  }

  /** As a phone does with pages out of sight: no script runs, nothing is sent, until they are thawed. */
  freezePages(): Promise<void> {
    return this.#signalPages('SIGSTOP');
  }

  thawPages(): Promise<void> {
    return this.#signalPages('SIGCONT');
  }

  closeBrowser(): Promise<void> {
    return this.#browser.close();
  }

  /** Closes the pages that were opened. */
  async closePages(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((page) => page.close()));
  }

  async close(): Promise<void> {
    await Promise.all([this.#browser.close(), this.server.clear(), this.pages.stop()]);
  }

  async #signalPages(signal: NodeJS.Signals): Promise<void> {
    const session = await this.#browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    for (const { type, id } of processInfo) if (type === 'renderer') process.kill(id, signal);
    await session.detach();
  }

  #example(
    { url, certificate }: Door,
    name: string,
    settings: Record<string, string>,
  ): Promise<CallPage> {
    const query = new URLSearchParams({ server: url, ...settings });
    return this.visit(`${this.pages.url}/examples/old-pages/${name}.html?${query}`, {
      ignoreHTTPSErrors: certificate === 'self-signed',
    });
  }
}
