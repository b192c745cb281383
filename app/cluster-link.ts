import { randomBytes } from 'node:crypto';
import type { LiveFigures } from '@telemedicine-signaling/protocol';
import type { Clock } from './clock.ts';
import type { Bus, BusCounts } from './cluster/bus.ts';
import { RedisBus } from './cluster/bus-redis.ts';
import type { Register } from './cluster/register.ts';
import { RedisRegister } from './cluster/register-redis.ts';
import type { Room, SessionData } from './data/session-data.ts';
import type { Perform } from './outcome.ts';
import type { RoomParts } from './rooms/room.ts';
import type { ArrivalParts } from './socket/arrival.ts';
import type { Delivery } from './socket/delivery.ts';
import type { Directory } from './socket/directory.ts';
import { type Memory, remembering } from './socket/memory.ts';
import { Neighbours } from './socket/neighbours.ts';
import { Pulse } from './socket/pulse.ts';
import { answerTo, namespacesIn, type Question } from './socket/question.ts';

/** The same parts, with an eye on how long they take. */
export interface CountedCluster {
  bus(bus: Bus): Bus;
  register(register: Register): Register;
}

export interface ClusterPlace {
  url: string;
  /** What an operator calls this node, if at all. */
  name: string | undefined;
  /** What the names of all keys and channels begin with. */
  prefix: string;
  onError: (error: unknown) => void;
}

/** What this node needs to know before it can take part. */
interface JoinParts {
  clock: Clock;
  delivery: Delivery;
  rooms: RoomParts;
  windows: ArrivalParts['windows'];
  limits: { heldMessages: number; heldBytes: number };
  /** Another node has changed something in a namespace. */
  onChange: (namespaceId: string, rooms: readonly Room[]) => void;
  onError: (error: unknown) => void;
  figures: () => LiveFigures;
}

/** This node's place among the others of a cluster. */
export interface ClusterLink {
  /** The session data, with what this node has to put back if they are lost. */
  readonly memory: Memory;
  /** False while Redis cannot be reached. */
  readonly isUp: boolean;
  /** How much of Redis can be reached, from 0 to 1. */
  readonly reach: number;
  readonly busCounts: Readonly<BusCounts>;
  neighbours(parts: JoinParts): Neighbours;
  /** From here on the others know of this node. @throws SignalingError `store-unavailable` */
  join(perform: Perform): Promise<Pulse>;
  /** This node goes: what it leaves the others take on. */
  leave(): Promise<void>;
}

/**
 * Connects to Redis, as a node that no other knows of yet.
 * @throws SignalingError `store-unavailable` if it cannot be reached
 */
export async function openClusterLink(
  { url, name, prefix, onError }: ClusterPlace,
  store: SessionData,
  directory: Directory,
  counted: CountedCluster,
): Promise<ClusterLink> {
  // A node that was restarted is another one: what the former had is taken on like that of any other.
  const node = `${name ?? 'node'}.${randomBytes(6).toString('base64url')}`;
  const place = { node, url, prefix, onError };
  const register = counted.register(await RedisRegister.open(place));
  const bus = counted.bus(new RedisBus(place));
  return clusterLinkOver(bus, register, store, directory);
}

/** A node's place on this bus, by this register. */
export const clusterLinkOver = (
  bus: Bus,
  register: Register,
  store: SessionData,
  directory: Directory,
): ClusterLink => new Link(bus, register, store, directory);

class Link implements ClusterLink {
  readonly memory: Memory;
  readonly #bus: Bus;
  readonly #register: Register;
  readonly #directory: Directory;
  #parts: JoinParts | undefined;
  #neighbours: Neighbours | undefined;
  #pulse: Pulse | undefined;

  constructor(bus: Bus, register: Register, store: SessionData, directory: Directory) {
    this.#bus = bus;
    this.#register = register;
    this.#directory = directory;
    this.memory = remembering(store, directory);
  }

  get isUp(): boolean {
    return this.#register.isUp;
  }

  get reach(): number {
    return this.#register.reach;
  }

  get busCounts(): Readonly<BusCounts> {
    return this.#bus.counts;
  }

  neighbours(parts: JoinParts): Neighbours {
    const { delivery, limits } = parts;
    this.#parts = parts;
    this.#neighbours = new Neighbours({
      bus: this.#bus,
      register: this.#register,
      data: this.memory.data,
      memory: this.memory,
      directory: this.#directory,
      delivery,
      limits,
    });
    return this.#neighbours;
  }

  async join(perform: Perform): Promise<Pulse> {
    const parts = this.#parts;
    const neighbours = this.#neighbours;
    if (parts === undefined || neighbours === undefined)
      throw new Error('neighbours() comes first');
    const { memory } = this;
    const directory = this.#directory;
    const pulse = new Pulse({
      ...parts,
      data: memory.data,
      bus: this.#bus,
      register: this.#register,
      memory,
      directory,
      neighbours,
      perform,
    });
    this.#pulse = pulse;
    const answerParts = {
      directory,
      delivery: parts.delivery,
      leaving: new Map(),
      onChange: (namespaceId: string, rooms: readonly Room[]) => {
        memory.learn(rooms);
        parts.onChange(namespaceId, rooms);
      },
      figures: parts.figures,
      onSender: (clientId: string, node: string) => neighbours.note(clientId, node),
      isHomeIn: (namespaceId: string) => pulse.isHomeIn(namespaceId),
    };
    await this.#bus.listen({
      answer: (from, question) => answerTo(answerParts, from, question as Question),
      missed: (question) => {
        if (question === undefined) pulse.missed();
        else for (const id of namespacesIn(this.#directory, question as Question)) pulse.missed(id);
      },
      back: () => pulse.back(),
    });
    await pulse.beat();
    pulse.start();
    return pulse;
  }

  async leave(): Promise<void> {
    await this.#pulse?.stop();
    await this.#register.leave().catch(() => {});
    await this.#bus.close();
    await this.#register.close();
  }
}
