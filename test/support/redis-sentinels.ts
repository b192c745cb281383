import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { RedisServer } from './redis-server.ts';

/** How long anything may take here, in milliseconds. Nothing waits for it to pass. */
const PATIENCE_MS = 30_000;

/** After which time a Redis that does not answer counts as down, in milliseconds. */
const DOWN_MS = 1000;

/** A real primary, a replica of it, and three sentinels that put the one in the other's place. */
export class RedisSentinels {
  readonly name = 'desks';
  readonly #servers: readonly RedisServer[];
  readonly #sentinels: readonly RedisServer[];

  private constructor(servers: readonly RedisServer[], sentinels: readonly RedisServer[]) {
    this.#servers = servers;
    this.#sentinels = sentinels;
  }

  static async start(): Promise<RedisSentinels> {
    const primary = await RedisServer.start({ options: replicating() });
    const replica = await RedisServer.start({ options: replicating(primary.port) });
    const sentinels: RedisServer[] = [];
    for (let n = 0; n < 3; n += 1) {
      sentinels.push(await RedisServer.start({ options: watching(primary.port) }));
    }
    const all = new RedisSentinels([primary, replica], sentinels);
    await all.settled();
    return all;
  }

  get url(): string {
    const hosts = this.#sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
    return `redis+sentinel://${hosts}/${this.name}`;
  }

  /** The Redis that most sentinels call the primary. */
  async primary(): Promise<RedisServer> {
    const asked = this.#sentinels.map((one) =>
      one.say('SENTINEL', 'get-master-addr-by-name', this.name),
    );
    const ports = (await Promise.all(asked)).map((said) => Number(/^(\d+)\r$/m.exec(said)?.[1]));
    const isNamed = ({ port }: RedisServer) => ports.filter((one) => one === port).length > 1;
    const found = this.#servers.find(isNamed);
    if (found === undefined) throw new Error('The sentinels do not agree.');
    return found;
  }

  /** Resolves when there is another primary than this one. */
  async replaced(former: RedisServer): Promise<void> {
    await until(async () => {
      const primary = await this.primary();
      return primary !== former && (await roleOf(primary)) === 'master';
    });
  }

  /** Resolves when the replica has all that the primary has, and the sentinels know of both and of each other. */
  async settled(): Promise<void> {
    await until(async () => {
      const primary = await this.primary();
      const info = await primary.say('INFO', 'replication');
      if (!info.includes('role:master') || !/slave0:.*state=online/.test(info)) return false;
      const known = await Promise.all(
        this.#sentinels.map((one) => one.say('SENTINEL', 'master', this.name)),
      );
      return known.every(
        (said) =>
          figure(said, 'num-other-sentinels') === 2 &&
          figure(said, 'num-slaves') === 1 &&
          !/^flags\r\n\$\d+\r\n.*(down|failover)/m.test(said),
      );
    });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#sentinels, ...this.#servers].map((one) => one.stop()));
  }
}

const words = (port: number) => ['--port', String(port), '--bind', '127.0.0.1', '--save', ''];

const replicating = (primary?: number) => (_folder: string, port: number) => [
  ...words(port),
  ...['--repl-diskless-sync-delay', '0'],
  ...(primary === undefined ? [] : ['--replicaof', `127.0.0.1 ${primary}`]),
];

const watching = (primary: number) => async (folder: string, port: number) => {
  const file = join(folder, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `sentinel monitor desks 127.0.0.1 ${primary} 2`,
    `sentinel down-after-milliseconds desks ${DOWN_MS}`,
    'sentinel failover-timeout desks 4000',
  ];
  await writeFile(file, lines.join('\n'));
  return [file, '--sentinel'];
};

const roleOf = async (redis: RedisServer): Promise<string | undefined> =>
  /^(master|slave)\r$/m.exec(await redis.say('ROLE'))?.[1];

const figure = (said: string, name: string): number =>
  Number(new RegExp(`^${name}\\r\\n\\$\\d+\\r\\n(\\d+)\\r$`, 'm').exec(said)?.[1]);

export async function until(holds: () => Promise<boolean>): Promise<void> {
  const late = performance.now() + PATIENCE_MS;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > late) throw new Error(`It did not come to pass: ${holds}`);
    await pause(50);
  }
}
