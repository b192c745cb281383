import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { ROOT } from '../support/process.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
};

/** What of the clone is handed out: pages, and the Socket.IO client and the SDK that they load. */
const SERVED =
  /^\/(examples|node_modules\/socket\.io-client(-4\.1)?\/dist|packages\/client\/dist\/browser)\//;

/** The web server of a hospital's pages, which is not the signaling server: another origin. */
export class PageServer {
  readonly #server: Server;
  readonly #pages = new Map<string, string>();

  private constructor() {
    this.#server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://pages');
      this.#contentOf(pathname).then(
        (content) => {
          response.setHeader('Content-Type', TYPES[extname(pathname)] ?? 'text/plain').end(content);
        },
        () => response.writeHead(404).end(),
      );
    });
  }

  static async start(): Promise<PageServer> {
    const pages = new PageServer();
    pages.#server.listen(0, '127.0.0.1');
    await once(pages.#server, 'listening');
    return pages;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Serves a page beside the examples. */
  add(path: string, html: string): void {
    this.#pages.set(path, html);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #contentOf(path: string): Promise<string> {
    const page = this.#pages.get(path);
    if (page !== undefined) return page;
    if (!SERVED.test(path)) throw new Error(`${path} is not served`);
    return readFile(ROOT + path.slice(1), 'utf8');
  }
}
