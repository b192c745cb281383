import { SignalingError } from '../errors/signaling-error.ts';
import type { NodeTurn, Register, Renewed } from './register.ts';

/** Who has a turn, or waits for it. */
interface InLine {
  node: string;
  grant: () => void;
}

/** What the nodes of one process have in common. */
export class LocalRegisterHub {
  /** Who has the turn of a namespace, and behind it who waits for it. */
  readonly turns = new Map<string, InLine[]>();
  /** The namespaces in which each node has clients. */
  readonly places = new Map<string, Set<string>>();
  readonly alive = new Set<string>();
  readonly dead = new Set<string>();

  placesOf(node: string): Set<string> {
    const places = this.places.get(node) ?? new Set();
    this.places.set(node, places);
    return places;
  }
}

/** The register within one process: no lease runs out by itself there, a node is dead when it leaves. */
export class LocalRegister implements Register {
  readonly isUp = true;
  readonly reach = 1;
  readonly #node: string;
  readonly #hub: LocalRegisterHub;
  #isFirst = true;
  #isClosed = false;

  constructor(node: string, hub: LocalRegisterHub = new LocalRegisterHub()) {
    this.#node = node;
    this.#hub = hub;
  }

  async takeTurn(namespaceId: string): Promise<NodeTurn> {
    if (this.#isClosed) throw new SignalingError('store-unavailable');
    const line = this.#hub.turns.get(namespaceId) ?? [];
    this.#hub.turns.set(namespaceId, line);
    const mine: InLine = { node: this.#node, grant: () => {} };
    const granted = new Promise<void>((resolve) => {
      mine.grant = resolve;
    });
    line.push(mine);
    if (line[0] === mine) mine.grant();
    await granted;
    const end = async (isHere: boolean): Promise<void> => {
      if (this.#isClosed) return;
      const places = this.#hub.placesOf(this.#node);
      if (isHere) places.add(namespaceId);
      else places.delete(namespaceId);
      this.#giveBack(namespaceId, (one) => one === mine);
    };
    const stay = async (): Promise<void> => {
      if (!this.#isClosed) this.#hub.placesOf(this.#node).add(namespaceId);
    };
    return { others: await this.othersIn(namespaceId), stay, end };
  }

  async othersIn(namespaceId: string): Promise<string[]> {
    const nodes = [...this.#hub.places].filter(([, places]) => places.has(namespaceId));
    return this.#without(nodes.map(([node]) => node));
  }

  async others(): Promise<string[]> {
    return this.#without([...this.#hub.alive, ...this.#hub.dead]);
  }

  async renew(): Promise<Renewed> {
    const { alive, dead } = this.#hub;
    const wasLapsed = !this.#isFirst && !alive.has(this.#node);
    this.#isFirst = false;
    dead.delete(this.#node);
    alive.add(this.#node);
    return { wasLapsed, isNew: false, dead: [...dead] };
  }

  async hasLapsed(node: string): Promise<boolean> {
    return !this.#hub.alive.has(node);
  }

  async namespacesOf(node: string): Promise<string[]> {
    return [...this.#hub.placesOf(node)];
  }

  async strike(node: string, namespaceId: string): Promise<void> {
    this.#hub.placesOf(node).delete(namespaceId);
  }

  async bury(node: string): Promise<void> {
    if (this.#hub.alive.has(node)) return;
    this.#hub.dead.delete(node);
    this.#hub.places.delete(node);
  }

  /** Every turn that ends writes it down here. */
  forgetPlaces(): void {}

  async leave(): Promise<void> {
    this.#hub.alive.delete(this.#node);
    this.#hub.dead.add(this.#node);
  }

  /** What it has of turns is free for others. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const namespaceId of [...this.#hub.turns.keys()]) {
      this.#giveBack(namespaceId, ({ node }) => node === this.#node);
    }
  }

  #giveBack(namespaceId: string, isOver: (place: InLine) => boolean): void {
    const line = this.#hub.turns.get(namespaceId) ?? [];
    const [first] = line;
    const left = line.filter((place) => !isOver(place));
    line.splice(0, line.length, ...left);
    if (left.length === 0) this.#hub.turns.delete(namespaceId);
    else if (left[0] !== first) left[0]?.grant();
  }

  #without(nodes: string[]): string[] {
    return nodes.filter((node) => node !== this.#node);
  }
}
