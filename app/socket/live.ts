import type {
  LiveFigures,
  LiveMinute,
  LiveNamespace,
  LiveNode,
  LiveState,
} from '@telemedicine-signaling/protocol';
import type { Counts } from '../ops/metrics/counts.ts';
import type { RoomCensus } from '../ops/metrics/room-census.ts';
import type { Readiness } from '../ops/routes.ts';
import type { Directory } from './directory.ts';
import type { Neighbours } from './neighbours.ts';

interface LiveParts {
  directory: Directory;
  census: RoomCensus;
  counts: Counts;
  clock: { now(): number };
  connections: () => number;
  readiness: () => Readiness;
  /** Where there are other nodes. */
  neighbours: Pick<Neighbours, 'node' | 'howOthersAre'> | undefined;
}

const MINUTE_MS = 60_000;
const MINUTES = 60;
const LISTED = 200;

/** What happens on this node, for the operator's page (SPEC OPS-3), with the last hour by minutes. */
export class Live {
  readonly #parts: LiveParts;
  readonly #startedAt: number;
  #hour: LiveMinute[] = [];
  #total = { drops: 0, relayed: 0 };

  constructor(parts: LiveParts) {
    this.#parts = parts;
    this.#startedAt = parts.clock.now();
  }

  /** To call about once a second. */
  tick(): void {
    const at = Math.floor(this.#parts.clock.now() / MINUTE_MS) * MINUTE_MS;
    const isNew = this.#hour.at(-1)?.at !== at;
    const total = this.#totals();
    const former = isNew
      ? { drops: 0, relayed: 0 }
      : (this.#hour.pop() ?? { drops: 0, relayed: 0 });
    const { connections, waiting, calls } = this.#counts();
    this.#hour.push({
      at,
      connections,
      waiting,
      calls,
      drops: former.drops + total.drops - this.#total.drops,
      relayed: former.relayed + total.relayed - this.#total.relayed,
    });
    this.#total = total;
    this.#hour = this.#hour.slice(-MINUTES);
  }

  /** This node in figures. */
  figures(): LiveFigures {
    return {
      startedAt: this.#startedAt,
      readiness: this.#parts.readiness(),
      ...this.#counts(),
      clients: this.#clients(),
    };
  }

  async state(): Promise<LiveState> {
    const nodes = await this.#nodes();
    const namespaces = this.#namespaces();
    return {
      at: this.#parts.clock.now(),
      ...this.figures(),
      nodes,
      namespaces: namespaces.slice(0, LISTED),
      namespaceCount: namespaces.length,
      hour: this.#hour,
    };
  }

  /** This one and the others (SPEC OPS-5); of a cluster that it is cut off from, itself. */
  async #nodes(): Promise<LiveNode[]> {
    const { neighbours } = this.#parts;
    if (neighbours === undefined) return [];
    const own = { id: neighbours.node, isThis: true, figures: this.figures() };
    const others = await neighbours.howOthersAre().catch(() => []);
    const sorted = others.sort((a, b) => a.id.localeCompare(b.id));
    return [own, ...sorted.map((other) => ({ ...other, isThis: false }))];
  }

  #counts() {
    const of = new Map(this.#parts.census.samples().map(({ labels, value }) => [labels[0], value]));
    return {
      connections: this.#parts.connections(),
      waiting: (of.get('waiting') ?? 0) + (of.get('knocking') ?? 0),
      calls: of.get('in-consultation') ?? 0,
      onHold: of.get('on-hold') ?? 0,
    };
  }

  #totals() {
    const { disconnects, relayed } = this.#parts.counts;
    return {
      drops: disconnects.samples().reduce((sum, { value }) => sum + value, 0),
      relayed: relayed.spreads().reduce((sum, { count }) => sum + count, 0),
    };
  }

  #clients(): Record<string, number> {
    const roles: Record<string, number> = { doctor: 0, patient: 0, guest: 0 };
    for (const { role, socket } of this.#parts.directory.all()) {
      if (socket !== null) roles[role] = (roles[role] ?? 0) + 1;
    }
    return roles;
  }

  #namespaces(): LiveNamespace[] {
    const { directory, census } = this.#parts;
    const rooms = census.byNamespace();
    const ids = new Set([...directory.namespaceIds(), ...rooms.keys()]);
    const all = [...ids].map((id): LiveNamespace => {
      const of = (state: string) => rooms.get(id)?.get(state) ?? 0;
      const everyone = [...directory.everyoneIn(id)];
      return {
        id,
        doctors: [...directory.doctorsOf(id)].filter(({ socket }) => socket !== null).length,
        waiting: of('waiting') + of('knocking'),
        inConsultation: of('in-consultation'),
        onHold: of('on-hold'),
        lost: everyone.filter(({ socket }) => socket === null).length,
      };
    });
    const people = (one: LiveNamespace) => one.waiting + one.inConsultation + one.onHold;
    return all.sort((a, b) => people(b) - people(a) || a.id.localeCompare(b.id));
  }
}
