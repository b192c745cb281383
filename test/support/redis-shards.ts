import { hashSlot } from '../../app/redis/hash-slot.ts';
import { redisShards, shardOf } from '../../app/redis/shards.ts';
import { freePort } from './free-port.ts';
import { until } from './redis-sentinels.ts';
import { RedisServer } from './redis-server.ts';

const SLOTS = 16_384;
const MASTERS = 3;

/** A real Redis Cluster of three masters, each with a replica. */
export class RedisShards {
  readonly #masters: readonly RedisServer[];
  readonly #replicas: readonly RedisServer[];

  private constructor(masters: readonly RedisServer[], replicas: readonly RedisServer[]) {
    this.#masters = masters;
    this.#replicas = replicas;
  }

  /** @param replicas none, or one for each master */
  static async start({ replicas = false } = {}): Promise<RedisShards> {
    // Where nobody can take over nobody is to be taken for dead, however busy the machine is.
    const options = clustered(replicas ? 1500 : 15_000);
    const some = () =>
      Promise.all(Array.from({ length: MASTERS }, () => RedisServer.start({ options })));
    const [masters, others] = await Promise.all([some(), replicas ? some() : []]);
    const [first, ...rest] = [...masters, ...others] as [RedisServer, ...RedisServer[]];
    for (const [n, master] of masters.entries()) {
      const [from, to] = [n, n + 1].map((one) => Math.floor((one * SLOTS) / MASTERS));
      await master.say('CLUSTER', 'ADDSLOTSRANGE', `${from}`, `${(to ?? 0) - 1}`);
      // Each has an epoch of its own before they meet, as redis-cli does it.
      await master.say('CLUSTER', 'SET-CONFIG-EPOCH', `${n + 1}`);
    }
    for (const { port } of rest) {
      await first.say('CLUSTER', 'MEET', '127.0.0.1', `${port}`, `${await busPort(port)}`);
    }
    const all = [first, ...rest];
    const shards = new RedisShards(masters, others);
    await until(async () => {
      const known = await Promise.all(all.map((one) => one.say('CLUSTER', 'NODES')));
      return known.every((said) => (said.match(/ connected/g)?.length ?? 0) >= all.length);
    });
    for (const [n, replica] of others.entries()) {
      await replica.say('CLUSTER', 'REPLICATE', await idOf(masters[n]));
    }
    await shards.settled();
    return shards;
  }

  get url(): string {
    return `redis+cluster://${this.#all.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  /** Where the three began. */
  get masters(): readonly RedisServer[] {
    return this.#masters;
  }

  get #all(): readonly RedisServer[] {
    return [...this.#masters, ...this.#replicas];
  }

  /** The master that has the hash slot of this key now. */
  async ownerOf(key: string): Promise<RedisServer> {
    for (const one of this.#all) {
      const said = await one.say('GET', key).catch(() => '-');
      const role = await one.say('ROLE').catch(() => '');
      if (!said.startsWith('-') && role.includes('master')) return one;
    }
    throw new Error('Nobody has the slot.');
  }

  /** Takes the hash slot of this key, with all that is in it, to another master, as redis-cli does it. */
  async moveSlot(key: string, to: RedisServer): Promise<void> {
    const from = await this.ownerOf(key);
    const slot = String(hashSlot(key));
    await to.say('CLUSTER', 'SETSLOT', slot, 'IMPORTING', await idOf(from));
    await from.say('CLUSTER', 'SETSLOT', slot, 'MIGRATING', await idOf(to));
    const said = await from.say('CLUSTER', 'GETKEYSINSLOT', slot, '10000');
    const keys = said.split('\r\n').filter((line) => line.startsWith('{'));
    const target = ['127.0.0.1', String(to.port), '""', '0', '5000'];
    if (keys.length > 0) await from.say('MIGRATE', ...target, 'KEYS', ...keys);
    for (const one of [to, ...this.#all]) {
      await one.say('CLUSTER', 'SETSLOT', slot, 'NODE', await idOf(to));
    }
  }

  /** The master that has, with this prefix, what belongs to this name: a namespace's data, an id's signpost. */
  homeOf(name: string, prefix: string): Promise<RedisServer> {
    const { all } = redisShards({ url: this.url, prefix, onError: () => {} });
    return this.ownerOf(`${all[shardOf(name, all.length)]?.prefix}`);
  }

  /** Names of this many namespaces whose data, with this prefix, lie at this master. */
  async namespacesAt(master: RedisServer, prefix: string, count: number): Promise<string[]> {
    const names: string[] = [];
    for (let n = 0; names.length < count; n += 1) {
      const name = `no-${n}-at-${master.port}`;
      if ((await this.homeOf(name, prefix)) === master) names.push(name);
    }
    return names;
  }

  /** Resolves when another master than this one has the hash slot of this key. */
  replaced(key: string, former: RedisServer): Promise<void> {
    return until(async () => (await this.ownerOf(key)) !== former);
  }

  /** Resolves when all say that the cluster works, and every replica has what its master has. */
  async settled(): Promise<void> {
    await until(async () => {
      const said = await Promise.all(this.#all.map((one) => one.say('CLUSTER', 'INFO')));
      if (!said.every((text) => text.includes('cluster_state:ok'))) return false;
      const links = await Promise.all(this.#all.map((one) => one.say('INFO', 'replication')));
      const inStep = links.filter((text) => text.includes('master_link_status:up'));
      return inStep.length === this.#replicas.length;
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all.map((one) => one.stop()));
  }
}

const busPorts = new Map<number, Promise<number>>();

/** Where nodes of the cluster speak to each other; the same when one is started again. */
function busPort(port: number): Promise<number> {
  const known = busPorts.get(port) ?? freePort();
  busPorts.set(port, known);
  return known;
}

const clustered = (nodeTimeoutMs: number) => async (_folder: string, port: number) => [
  ...['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--cluster-enabled', 'yes'],
  ...['--cluster-port', String(await busPort(port))],
  ...['--cluster-node-timeout', String(nodeTimeoutMs)],
  ...['--repl-diskless-sync-delay', '0'],
  ...['--cluster-replica-validity-factor', '0', '--cluster-require-full-coverage', 'no'],
];

async function idOf(redis: RedisServer | undefined): Promise<string> {
  const said = (await redis?.say('CLUSTER', 'MYID')) ?? '';
  return /^([0-9a-f]{40})\r$/m.exec(said)?.[1] ?? '';
}
