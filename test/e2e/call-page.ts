import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

/** What one side of a call receives. */
interface Media {
  connectionState: RTCPeerConnectionState;
  framesDecoded: number;
  audioPackets: number;
}

/** The part of `welcome` that tests look at (SPEC, RESUME-4). */
interface Welcome {
  'client-id': string;
  resumed: boolean;
}

/** How long two browsers on a busy machine may take to get somewhere. Nothing waits for it to pass. */
export const SOON = { timeout: 30_000, interval: 100 };

/** A page in a browser context of its own: its own cookies, storage and connections. */
export class CallPage {
  readonly page: Page;
  /** What went wrong in the page, and what it wrote to its console as an error. */
  readonly errors: string[] = [];
  /** The transports that its Socket.IO connections used. */
  readonly transports = new Set<string>();
  /** What the server said on each of its WebSockets first: who this page is, and whether it resumed. */
  readonly welcomes: Welcome[] = [];
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error')
        this.errors.push(`${message.text()} ${message.location().url}`);
    });
    page.on('request', (request) => this.#note(request.url()));
    page.on('websocket', (socket) => {
      this.#note(socket.url());
      socket.on('framereceived', ({ payload }) => this.#noteWelcome(String(payload)));
    });
  }

  static async open(
    browser: Browser,
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<CallPage> {
    const context = await browser.newContext(options);
    await context.addInitScript(rememberConnections);
    const opened = new CallPage(context, await context.newPage());
    await opened.page.goto(url);
    return opened;
  }

  /** What this page receives in its latest call. */
  media(): Promise<Media> {
    return this.page.evaluate(async () => {
      const connection = window.peerConnections.at(-1);
      const received = { framesDecoded: 0, audioPackets: 0 };
      for (const report of (await connection?.getStats())?.values() ?? []) {
        if (report.type !== 'inbound-rtp') continue;
        if (report.kind === 'video') received.framesDecoded += report.framesDecoded ?? 0;
        else received.audioPackets += report.packetsReceived ?? 0;
      }
      return { connectionState: connection?.connectionState ?? 'new', ...received };
    });
  }

  /** Resolves when the call stands, and picture and sound keep coming. */
  async expectMediaToFlow(): Promise<void> {
    await this.#expectMoreThan({ framesDecoded: 0, audioPackets: 0 });
    await this.#expectMoreThan(await this.media());
  }

  /**
   * Resolves after `ms`, when picture kept coming all the time: new frames were decoded in each of
   * `ms` / `every` intervals. What is awaited here is the time itself.
   */
  async expectPictureThroughout(ms: number, every = 2_500): Promise<void> {
    let before = await this.media();
    for (let passed = 0; passed < ms; passed += every) {
      await this.page.waitForTimeout(every);
      const now = await this.media();
      expect(now.framesDecoded, `after ${passed + every} ms`).toBeGreaterThan(before.framesDecoded);
      before = now;
    }
  }

  /** The states of all peer connections that this page has made since it was loaded. */
  connectionStates(): Promise<RTCPeerConnectionState[]> {
    return this.page.evaluate(() => window.peerConnections.map((one) => one.connectionState));
  }

  async expectConnectionStates(...states: RTCPeerConnectionState[]): Promise<void> {
    await expect.poll(() => this.connectionStates(), SOON).toEqual(states);
  }

  async expectText(selector: string, text: string): Promise<void> {
    await expect.poll(() => this.page.textContent(selector), SOON).toBe(text);
  }

  close(): Promise<void> {
    return this.#context.close();
  }

  async #expectMoreThan(before: Pick<Media, 'framesDecoded' | 'audioPackets'>): Promise<void> {
    const progress = async () => {
      const { connectionState, framesDecoded, audioPackets } = await this.media();
      return {
        connectionState,
        isPictureComing: framesDecoded > before.framesDecoded,
        isSoundComing: audioPackets > before.audioPackets,
      };
    };
    const flowing = { connectionState: 'connected', isPictureComing: true, isSoundComing: true };
    await expect.poll(progress, SOON).toEqual(flowing);
  }

  #noteWelcome(frame: string): void {
    const said = /^42\/[^,]+,(\["welcome",.*)$/s.exec(frame)?.[1];
    if (said === undefined) return;
    const [, welcome] = JSON.parse(said) as [string, Welcome];
    this.welcomes.push(welcome);
  }

  #note(address: string): void {
    const { pathname, searchParams } = new URL(address);
    const transport = searchParams.get('transport');
    if (pathname === '/socket.io/' && transport !== null) this.transports.add(transport);
  }
}

declare global {
  interface Window {
    peerConnections: RTCPeerConnection[];
  }
}

/** Runs in the page before its own scripts: any page can be looked at, and none has to help. */
function rememberConnections(): void {
  window.peerConnections = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      window.peerConnections.push(this);
    }
  };
}
