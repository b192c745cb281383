import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { SignalingError } from '../errors/signaling-error.ts';
import { attempt, type Redis } from '../redis/link.ts';
import { type RedisShard, type RedisShards, redisShards, shardOf } from '../redis/shards.ts';
import { Marks } from './redis/marks.ts';
import { channelOf } from './redis/names.ts';
import {
  LEASE_MS,
  type NodeTurn,
  type Register,
  type Renewed,
  TURN_MS,
  TURN_PATIENCE_MS,
} from './register.ts';

export interface RedisRegisterPlace {
  node: string;
  url: string;
  /** What the names of all keys begin with. */
  prefix: string;
  onError: (error: unknown) => void;
}

const scriptOf = (name: string) =>
  readFileSync(new URL(`./redis/${name}.lua`, import.meta.url), 'utf8');

type Script = 'takeTurn' | 'endTurn' | 'renew' | 'hasLapsed' | 'bury';

/** How often a turn that is not to be had is asked for again, and how long the wish for it stands. */
const ASK_AGAIN_MS = { least: 3, most: 15 };
const WISH_MS = 200;

/** After which time a node that has a turn is asked for, in milliseconds. */
const DOUBT_MS = 200;

/** The register in Redis; in a Redis Cluster what concerns a namespace lies where its data do. */
export class RedisRegister implements Register {
  readonly #node: string;
  readonly #prefix: string;
  readonly #links: RedisShards;
  readonly #redis: Redis;
  /** Of what is not where `#redis` is. */
  readonly #marks: Marks;
  readonly #scripts: Readonly<Record<Script, string>> = {
    takeTurn: scriptOf('take-turn'),
    endTurn: scriptOf('end-turn'),
    renew: scriptOf('renew'),
    hasLapsed: scriptOf('has-lapsed'),
    bury: scriptOf('bury'),
  };
  /** The namespaces that say so of this node already. */
  readonly #here = new Set<string>();
  #mark = '';

  private constructor(place: RedisRegisterPlace, links: RedisShards) {
    this.#node = place.node;
    this.#prefix = place.prefix;
    this.#links = links;
    this.#redis = links.base.redis;
    this.#marks = new Marks(links.all.filter((shard) => shard !== links.base));
  }

  /** @throws SignalingError `store-unavailable` if Redis cannot be reached now */
  static async open(place: RedisRegisterPlace): Promise<RedisRegister> {
    const links = redisShards(place);
    await attempt(() => links.connect());
    return new RedisRegister(place, links);
  }

  get isUp(): boolean {
    return this.#redis.isReady;
  }

  get reach(): number {
    const { all } = this.#links;
    return this.isUp ? all.filter(({ redis }) => redis.isReady).length / all.length : 0;
  }

  async takeTurn(namespaceId: string): Promise<NodeTurn> {
    const keys = ['turn', 'next', 'nodes'].map((name) => this.#keyOf(namespaceId, name));
    const given = [this.#node, String(TURN_MS), String(WISH_MS)];
    const { redis } = this.#shardOf(namespaceId);
    const began = performance.now();
    let gone = '';
    for (;;) {
      const answer = await this.#run(redis, 'takeTurn', keys, [...given, gone]);
      if (Array.isArray(answer)) {
        const others = this.#without(answer as string[]);
        return {
          others,
          stay: () => this.#stay(namespaceId),
          end: (isHere) => this.#endTurn(namespaceId, isHere),
        };
      }
      const waitedMs = performance.now() - began;
      if (waitedMs > TURN_PATIENCE_MS) throw new SignalingError('store-unavailable');
      // A node that died in its turn cannot give it back.
      if (waitedMs > DOUBT_MS && (await this.#isGone(String(answer)))) gone = String(answer);
      const { least, most } = ASK_AGAIN_MS;
      await pause(least + Math.random() * (most - least));
    }
  }

  async othersIn(namespaceId: string): Promise<string[]> {
    const key = this.#keyOf(namespaceId, 'nodes');
    const { redis } = this.#shardOf(namespaceId);
    return this.#without(await attempt(() => redis.sMembers(key)));
  }

  async others(): Promise<string[]> {
    return this.#without(await attempt(() => this.#redis.zRange(this.#key('nodes'), 0, -1)));
  }

  async renew(): Promise<Renewed> {
    const keys = [this.#key('nodes'), this.#key('mark')];
    const given = [this.#node, String(LEASE_MS), randomUUID()];
    const [renewed, seen] = await Promise.all([
      this.#run(this.#redis, 'renew', keys, given),
      this.#marks.look(),
    ]);
    const [ran, mark, dead] = renewed as [number, string, string[]];
    const isFirst = this.#mark === '';
    const isNew = seen.isNew || (!isFirst && mark !== this.#mark);
    this.#mark = mark;
    const wasLapsed = seen.wasCut || (!isFirst && ran === 0);
    return { wasLapsed, isNew, dead: this.#without(dead) };
  }

  async hasLapsed(node: string): Promise<boolean> {
    return (await this.#run(this.#redis, 'hasLapsed', [this.#key('nodes')], [node])) === 1;
  }

  namespacesOf(node: string): Promise<string[]> {
    return attempt(() => this.#redis.sMembers(this.#keyOfNode(node)));
  }

  async strike(node: string, namespaceId: string): Promise<void> {
    await attempt(async () => {
      const { redis } = this.#shardOf(namespaceId);
      await redis.sRem(this.#keyOf(namespaceId, 'nodes'), node);
      await this.#redis.sRem(this.#keyOfNode(node), namespaceId);
    });
  }

  async bury(node: string): Promise<void> {
    await this.#run(this.#redis, 'bury', [this.#key('nodes'), this.#keyOfNode(node)], [node]);
  }

  async leave(): Promise<void> {
    const lapsed = { score: 0, value: this.#node };
    await attempt(() => this.#redis.zAdd(this.#key('nodes'), lapsed));
  }

  close(): Promise<void> {
    this.#links.destroy();
    return Promise.resolve();
  }

  async #stay(namespaceId: string): Promise<void> {
    if (this.#here.has(namespaceId)) return;
    const { redis } = this.#shardOf(namespaceId);
    await attempt(async () => {
      await this.#redis.sAdd(this.#keyOfNode(this.#node), namespaceId);
      await redis.sAdd(this.#keyOf(namespaceId, 'nodes'), this.#node);
    });
    this.#here.add(namespaceId);
  }

  /** Nobody waits for it where nothing has changed: the order of commands on one connection stands. */
  async #endTurn(namespaceId: string, isHere: boolean): Promise<void> {
    const isNews = isHere !== this.#here.has(namespaceId);
    // First where to look for what a dead node has left behind.
    if (isNews && isHere) {
      await attempt(() => this.#redis.sAdd(this.#keyOfNode(this.#node), namespaceId));
    }
    const keys = ['turn', 'nodes'].map((name) => this.#keyOf(namespaceId, name));
    const { redis } = this.#shardOf(namespaceId);
    const ending = this.#run(redis, 'endTurn', keys, [this.#node, isHere ? '1' : '0']);
    if (!isNews) {
      ending.catch(() => {});
      return;
    }
    await ending;
    if (isHere) this.#here.add(namespaceId);
    else {
      this.#here.delete(namespaceId);
      await attempt(() => this.#redis.sRem(this.#keyOfNode(this.#node), namespaceId));
    }
  }

  forgetPlaces(): void {
    this.#here.clear();
  }

  #run(redis: Redis, script: Script, keys: string[], given: string[]): Promise<unknown> {
    return attempt(() => redis.eval(this.#scripts[script], { keys, arguments: given }));
  }

  /** Nobody listens to its channel: it has died, or is cut off. */
  async #isGone(node: string): Promise<boolean> {
    const channel = channelOf(this.#prefix, node);
    const listeners = await attempt(() => this.#redis.pubSubNumSub(channel));
    return Object.values(listeners)[0] === 0;
  }

  #without(nodes: string[]): string[] {
    return nodes.filter((node) => node !== this.#node);
  }

  #key(name: string): string {
    return `${this.#prefix}cluster:${name}`;
  }

  #keyOf(namespaceId: string, name: string): string {
    return `${this.#shardOf(namespaceId).prefix}of/${namespaceId}/${name}`;
  }

  #shardOf(namespaceId: string): RedisShard {
    const { all } = this.#links;
    return all[shardOf(namespaceId, all.length)] ?? all[0];
  }

  #keyOfNode(node: string): string {
    return `${this.#prefix}in:${node}`;
  }
}
