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

/** What of the clone is handed out: pages, and the Socket.IO client that they load. */
const SERVED = /^\/(examples|node_modules\/socket\.io-client(-4\.1)?\/dist)\//;

/**
 * The web server of a hospital's pages, which is not the signaling server: another origin. It serves
 * the clone's examples, and the pages given here by their path.
 */
export class PageServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(pages: Readonly<Record<string, string>> = {}): Promise<PageServer> {
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://pages');
      contentOf(pathname, pages).then(
        (content) => {
          response.setHeader('Content-Type', TYPES[extname(pathname)] ?? 'text/plain').end(content);
        },
        () => response.writeHead(404).end(),
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new PageServer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

async function contentOf(path: string, pages: Readonly<Record<string, string>>): Promise<string> {
  const page = pages[path];
  if (page !== undefined) return page;
  if (!SERVED.test(path)) throw new Error(`${path} is not served`);
  return readFile(ROOT + path.slice(1), 'utf8');
}
