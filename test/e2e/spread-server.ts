import type { Ended, Process } from '../support/process.ts';
import { ServerCluster } from '../support/server-cluster.ts';

/** Several nodes on one Redis that are one server to pages: each page goes to any of them, and stays there. */
export class SpreadServer {
  readonly #cluster: ServerCluster;

  private constructor(cluster: ServerCluster) {
    this.#cluster = cluster;
  }

  static async start(nodes: number, env: Record<string, string>): Promise<SpreadServer> {
    return new SpreadServer(await ServerCluster.start(nodes, env));
  }

  /** Where any node listens: another one each time, perhaps. */
  get url(): string {
    return this.#cluster.url();
  }

  get port(): string {
    return new URL(this.url).port;
  }

  get urls(): string[] {
    return this.#cluster.nodes.map(({ url }) => url);
  }

  /** The first node's. */
  get process(): Process {
    const [first] = this.#cluster.nodes;
    if (first === undefined) throw new Error('there are no nodes');
    return first.process;
  }

  /** Sends the signal to all nodes, and resolves when they are gone. */
  async signal(signal: NodeJS.Signals): Promise<Ended> {
    const [ended] = await Promise.all(this.#cluster.nodes.map((node) => node.signal(signal)));
    if (ended === undefined) throw new Error('there are no nodes');
    return ended;
  }

  async start(): Promise<void> {
    for (const node of this.#cluster.nodes) await node.start();
  }

  clear(): Promise<void> {
    return this.#cluster.clear();
  }
}
