import { type ConnectOptions, TestClient } from './clients.ts';
import { ServerProcess } from './process.ts';
import { RedisServer } from './redis-server.ts';

/** What nodes share: one Redis, or several that stand in for each other. */
interface SharedRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** Nodes as processes of their own, the way an operator runs them, and the Redis that they share. */
export class ServerCluster {
  readonly redis: SharedRedis;
  readonly nodes: readonly ServerProcess[];
  /** Those that do not run. */
  readonly #down = new Set<ServerProcess>();

  readonly #clients: TestClient[] = [];

  private constructor(redis: SharedRedis, nodes: readonly ServerProcess[]) {
    this.redis = redis;
    this.nodes = nodes;
  }

  /** `given`: what they share; a Redis of their own if there is none. */
  static async start(
    count: number,
    env: Record<string, string> = {},
    given?: SharedRedis,
  ): Promise<ServerCluster> {
    const redis = given ?? (await RedisServer.start());
    const nodes: ServerProcess[] = [];
    for (let n = 0; n < count; n += 1) {
      nodes.push(await ServerProcess.start({ ...env, REDIS_URL: redis.url, NODE_ID: `node-${n}` }));
    }
    return new ServerCluster(redis, nodes);
  }

  /** Where any of the nodes that run listens. */
  readonly url = (): string => {
    const up = this.nodes.filter((node) => !this.#down.has(node));
    const node = up[Math.floor(Math.random() * up.length)];
    if (node === undefined) throw new Error('no node runs');
    return node.url;
  };

  connectTo(url: string, namespaceId: string, options?: ConnectOptions): TestClient {
    const client = new TestClient(url, namespaceId, options);
    this.#clients.push(client);
    return client;
  }

  /** Nobody is sent there from here on, as by a load balancer that has noticed; then it ends. */
  async end(node: ServerProcess, signal: NodeJS.Signals): Promise<void> {
    this.#down.add(node);
    await node.signal(signal);
  }

  async start(node: ServerProcess): Promise<void> {
    await node.start();
    this.#down.delete(node);
  }

  async clear(): Promise<void> {
    for (const client of this.#clients) client.close();
    await Promise.all(this.nodes.map((node) => node.clear()));
    await this.redis.stop();
  }
}
