import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { OneWay, type Weather } from './one-way.ts';

/** Which way a fault is in: from the client to the server, from the server to the client, or either. */
export type Direction = 'up' | 'down' | 'both';

/** One TCP connection through the proxy. */
interface Link {
  client: Socket;
  server: Socket;
  up: OneWay;
  down: OneWay;
}

/**
 * A network between clients and a server that can go wrong, below everything that either of them knows:
 * it passes bytes of TCP. Faults of connections are for those that stand; what comes next gets through,
 * unless the proxy was told to `refuse`.
 */
export class FaultProxy {
  readonly #server: Server;
  readonly #targetPort: () => number;
  readonly #links = new Set<Link>();
  readonly #weather: Weather = { delayMs: 0, bytesPerSecond: Infinity, isStalled: false };
  #isRefusing = false;
  #next: { swallow: Direction; afterUp: number } | undefined;
  #accepted = 0;

  private constructor(targetPort: () => number) {
    this.#targetPort = targetPort;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
  }

  /** `target`: an address, or whatever tells it, asked anew at every connection. */
  static async start(target: string | (() => string)): Promise<FaultProxy> {
    const address = typeof target === 'string' ? () => target : target;
    const proxy = new FaultProxy(() => Number(new URL(address()).port));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections that stand, as far as the proxy knows. */
  get count(): number {
    return this.#links.size;
  }

  /** Connections that there were in all. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Ends every connection in good order, with FIN to either side. */
  cut(): void {
    for (const { client, server } of this.#links) {
      client.end();
      server.end();
    }
  }

  /** Ends every connection with RST to either side. */
  reset(): void {
    for (const { client, server } of [...this.#links]) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  /**
   * Leaves every connection half-open: TCP stands, and nothing gets through any more, the news of its
   * end neither. This is for good: what was swallowed is lost.
   */
  swallow(direction: Direction = 'both'): void {
    for (const link of this.#links) swallowOn(link, direction);
  }

  /**
   * The same for the next connection: from its first byte on, or once its client has sent something for
   * the `afterUp`th time.
   */
  swallowNext(direction: Direction, afterUp = 0): void {
    this.#next = { swallow: direction, afterUp };
  }

  /** Nothing gets through until `flow`; nothing is lost, as with TCP over a network that is away. */
  stall(): void {
    this.#weather.isStalled = true;
  }

  flow(): void {
    this.#weather.isStalled = false;
    for (const { up, down } of this.#links) {
      up.pump();
      down.pump();
    }
  }

  /** What comes through from now on takes this much longer. */
  delay(ms: number): void {
    this.#weather.delayMs = ms;
  }

  /** Lets so much through, each way of each connection. */
  throttle(bytesPerSecond: number): void {
    this.#weather.bytesPerSecond = bytesPerSecond;
  }

  /** Nobody gets a new connection until `accept`. */
  refuse(): void {
    this.#isRefusing = true;
  }

  accept(): void {
    this.#isRefusing = false;
  }

  async stop(): Promise<void> {
    this.#server.close();
    for (const { client, server } of this.#links) {
      client.destroy();
      server.destroy();
    }
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    client.on('error', () => {});
    if (this.#isRefusing) {
      client.resetAndDestroy();
      return;
    }
    this.#accepted += 1;
    const server = connect({ port: this.#targetPort(), host: '127.0.0.1', allowHalfOpen: true });
    for (const socket of [client, server]) socket.setNoDelay();
    const link: Link = {
      client,
      server,
      up: new OneWay(client, server, this.#weather),
      down: new OneWay(server, client, this.#weather),
    };
    this.#links.add(link);
    if (this.#next !== undefined) swallowLater(link, this.#next.swallow, this.#next.afterUp);
    this.#next = undefined;
    const gone = () => {
      if (client.destroyed && server.destroyed) this.#links.delete(link);
    };
    client.once('close', gone);
    server.once('close', gone);
  }
}

function swallowLater(link: Link, direction: Direction, afterUp: number): void {
  let sent = 0;
  const look = () => {
    if (sent >= afterUp) swallowOn(link, direction);
    sent += 1;
  };
  look();
  link.client.on('data', look);
}

function swallowOn({ up, down }: Link, direction: Direction): void {
  if (direction !== 'down') up.swallow();
  if (direction !== 'up') down.swallow();
}
