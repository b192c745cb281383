import type { LiveNode, Passed, RelayEvent } from '@telemedicine-signaling/protocol';
import type { Bus } from '../cluster/bus.ts';
import type { NodeTurn, Register } from '../cluster/register.ts';
import type { Client, SessionData } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { Outcome, Step } from '../outcome.ts';
import type { Delivery } from './delivery.ts';
import type { Directory } from './directory.ts';
import { sessionFromStore } from './hand-over.ts';
import { type AskedFor, Inquiry } from './inquiry.ts';
import type { Memory } from './memory.ts';
import type { OutboxBounds } from './outbox.ts';
import type { Sender } from './question.ts';
import type { Delivered } from './relay.ts';
import { mayReach, type Session } from './session.ts';
import { Whereabouts } from './whereabouts.ts';

export interface NeighbourParts {
  bus: Bus;
  register: Register;
  data: SessionData;
  directory: Directory;
  delivery: Delivery;
  memory: Pick<Memory, 'takeChanged'>;
  limits: { heldMessages: number; heldBytes: number };
}

interface Message {
  event: RelayEvent | 'ack-doctor-entered';
  peerId: string;
  sent: Passed;
}

/**
 * The other nodes of a cluster, as the connections of this one deal with them (ADR 7). What does not
 * concern a client of theirs never asks them anything.
 */
export class Neighbours {
  readonly #parts: NeighbourParts;
  readonly #inquiry: Inquiry;
  /** The turns that this node has now, by namespace. */
  readonly #turns = new Map<string, NodeTurn>();
  readonly #whereabouts = new Whereabouts();

  constructor(parts: NeighbourParts) {
    this.#parts = parts;
    this.#inquiry = new Inquiry(parts.bus, parts.register);
  }

  /** Runs a use case in its namespace's turn in the whole cluster, and lets every node carry out its steps. */
  async inTurn<Reply>(namespaceId: string, useCase: () => Promise<Outcome<Reply>>): Promise<Reply> {
    const { register, delivery, directory } = this.#parts;
    const turn = await register.takeTurn(namespaceId);
    this.#turns.set(namespaceId, turn);
    try {
      const { reply, steps } = await useCase();
      // First the others: here people would answer what they hear before who caused it has its own answer. And
      // who is whose is asked before the steps change it.
      const told = await settled(this.#tell(namespaceId, turn.others, steps));
      const carriedOut = await settled(delivery.carryOut(steps));
      for (const one of [told, carriedOut]) if (one?.status === 'rejected') throw one.reason;
      return reply;
    } finally {
      this.#turns.delete(namespaceId);
      // If it cannot be given back it runs out by itself; where this node is, it says at the next one.
      await turn.end(directory.everyoneIn(namespaceId).size > 0).catch(() => {});
    }
  }

  /**
   * This node is about to have a client in this namespace: should it die before the turn has ended, others
   * know where to look for what it leaves (SPEC CLUSTER-3). In the namespace's turn only.
   */
  async stay(namespaceId: string): Promise<void> {
    if (this.#parts.directory.everyoneIn(namespaceId).size > 0) return;
    await this.#turns.get(namespaceId)?.stay();
  }

  /** Who is connected to any node. In the namespace's turn only. */
  async connectedIn(namespaceId: string): Promise<(clientId: string) => boolean> {
    const { data, directory } = this.#parts;
    if (this.#turns.get(namespaceId)?.others.length === 0) return directory.isConnected;
    const clients = await data.clientsOf(namespaceId);
    const there = new Set(clients.flatMap(({ id, leaseUntil }) => (leaseUntil === null ? id : [])));
    return (id) => (directory.get(id) === undefined ? there.has(id) : directory.isConnected(id));
  }

  /** How the other nodes are (SPEC OPS-5). @throws SignalingError `store-unavailable` */
  async howOthersAre(): Promise<Omit<LiveNode, 'isThis'>[]> {
    const others = await this.#parts.register.others();
    const all = await Promise.all(
      others.map(async (id) => {
        const asked = await this.#inquiry.one(id, 'howItIs', {}).catch(() => undefined);
        // It has gone in the meantime.
        if (asked?.outcome === 'gone') return [];
        return [{ id, figures: asked?.outcome === 'answered' ? asked.answer : null }];
      }),
    );
    return all.flat();
  }

  /** What this node is called on the bus. */
  get node(): string {
    return this.#parts.bus.node;
  }

  /** The node that has this client, as far as this one remembers. */
  nodeOf(clientId: string): string | undefined {
    return this.#whereabouts.of(clientId);
  }

  note(clientId: string, node: string): void {
    this.#whereabouts.note(clientId, node);
  }

  /**
   * Sends a message to a client at a node that had it; undefined if it is not there any more, or may not
   * be reached.
   * @throws SignalingError `store-unavailable`: whether it was delivered is not known
   */
  async relayTo(node: string, sender: Session, message: Message): Promise<Delivered | undefined> {
    const asked = await this.#inquiry.one(node, 'relay', { ...message, sender: senderOf(sender) });
    if (asked.outcome === 'silent') throw new SignalingError('store-unavailable');
    const answer = asked.outcome === 'answered' ? asked.answer : null;
    if (answer !== null && answer !== 'refused') return answer;
    this.#whereabouts.forget(message.peerId);
    return undefined;
  }

  /**
   * Sends a message to a client wherever it is; undefined if it is nowhere or may not be reached, of
   * which nobody learns which. In the namespace's turn only: so it does not move meanwhile.
   * @throws SignalingError `store-unavailable`: whether it was delivered is not known
   */
  async relayAnywhere(sender: Session, message: Message): Promise<Delivered | undefined> {
    const { data, directory, register } = this.#parts;
    const { peerId } = message;
    const others = await this.#othersIn(sender.namespaceId);
    // It is looked up whoever it is: how long that takes tells nobody whether it exists.
    const [found, there] = await Promise.all([
      data.findClient(peerId).then(
        (client) => ({ client }),
        (error: unknown) => ({ error }),
      ),
      this.#relayToAll(others, sender, message),
    ]);
    // Whoever got it need not be looked up, and who may not be reached counts as nobody.
    if (there !== undefined && there !== 'refused') return there;
    if ('error' in found) throw found.error;
    if (there === 'refused') return undefined;
    const { client } = found;
    const isKnown = client?.namespaceId === sender.namespaceId;
    if (!isKnown || directory.get(peerId) !== undefined) return undefined;
    // The node that has it may not have said so yet, since Redis has lost what it knew.
    const rest = (await register.others()).filter((node) => !others.includes(node));
    const elsewhere = await this.#relayToAll(rest, sender, message);
    if (elsewhere !== undefined) return elsewhere === 'refused' ? undefined : elsewhere;
    // Nobody has it: its node has died.
    if (!mayReach(sender, await sessionFromStore(data, client))) return undefined;
    await this.#parts.delivery.keep(peerId, message.event, { ...message.sent, from: sender.id });
    return 'held';
  }

  /** What became of it at the node that has its addressee; undefined if none of these has. */
  async #relayToAll(
    nodes: readonly string[],
    sender: Session,
    message: Message,
  ): Promise<Delivered | 'refused' | undefined> {
    const all = await this.#inquiry.all(nodes, 'relay', { ...message, sender: senderOf(sender) });
    for (const [n, asked] of all.entries()) {
      if (asked.outcome !== 'answered' || asked.answer === null) continue;
      this.#whereabouts.note(message.peerId, nodes[n] ?? '');
      return asked.answer;
    }
    await this.#inquiry.assertNoneIsSilent(nodes, all);
    return undefined;
  }

  /**
   * Brings a client here that goes on at this node, with what another one had of it. In the namespace's
   * turn only.
   * @param heard how many messages it heard on its last connection, if it counts
   */
  async bring(client: Client, heard: number | undefined): Promise<Session> {
    const { data, limits } = this.#parts;
    const others = await this.#othersIn(client.namespaceId);
    const asks = { clientId: client.id, heard: heard ?? null };
    const all = await Promise.all(others.map((node) => this.#inquiry.handOver(node, asks)));
    const behind = all.flatMap((one) => (one.outcome === 'answered' && one.answer) || [])[0];
    const bounds: OutboxBounds = { messages: limits.heldMessages, bytes: limits.heldBytes };
    return sessionFromStore(data, client, behind ? { bounds, heard, behind } : null);
  }

  /** Whether a client has given a sign of life since its last `welcome`; undefined if nobody has it. */
  async isHeardFrom({ id, namespaceId }: Client): Promise<boolean | undefined> {
    const others = await this.#othersIn(namespaceId);
    const all = await this.#inquiry.sureOf(others, 'isHeardFrom', { clientId: id });
    return all.flatMap((one) =>
      one.outcome === 'answered' && one.answer !== null ? one.answer : [],
    )[0];
  }

  /**
   * Clients of a namespace that no node has. In its turn only.
   * @throws SignalingError `store-unavailable`: a node that lives did not say whom it has
   */
  async nobodys(namespaceId: string): Promise<Client[]> {
    const others = await this.#othersIn(namespaceId);
    const all = await this.#inquiry.all(others, 'whoIsHere', { namespaceId });
    await this.#inquiry.assertNoneLives(others.filter((_, n) => all[n]?.outcome !== 'answered'));
    return this.#clientsWithout(namespaceId, all);
  }

  /**
   * This node is back: of its clients, those that are connected to others now are not its own.
   * @throws SignalingError `store-unavailable`: a node that lives did not say whom it has
   */
  async takeBack(namespaceId: string, clientIds: string[]): Promise<Set<string>> {
    const others = await this.#othersIn(namespaceId);
    const all = await this.#inquiry.sureOf(others, 'giveBack', { clientIds });
    return new Set(all.flatMap((one) => (one.outcome === 'answered' ? one.answer : [])));
  }

  async #tell(
    namespaceId: string,
    inNamespace: readonly string[],
    steps: readonly Step[],
  ): Promise<void> {
    const { register, memory } = this.#parts;
    const rooms = memory.takeChanged(namespaceId);
    const told = steps.filter((step) => this.#concernsOthers(step));
    if (told.length === 0 && rooms.length === 0) return;
    // Nodes without clients in it know of the namespace, too.
    const isClosing = told.some((step) => 'close' in step);
    const nodes = isClosing ? await register.others() : inNamespace;
    if (nodes.length === 0) return;
    const all = await this.#inquiry.all(nodes, 'carryOut', { namespaceId, steps: told, rooms });
    if (isClosing) {
      // Nobody has clients there any more.
      for (const node of inNamespace) await register.strike(node, namespaceId);
      return;
    }
    if (all.every(({ outcome }) => outcome === 'answered')) return;
    await this.#keepSteps(namespaceId, nodes, told);
  }

  #concernsOthers(step: Step): boolean {
    const isElsewhere = (id: string) => this.#parts.directory.get(id) === undefined;
    if ('to' in step) return 'clients' in step.to ? step.to.clients.some(isElsewhere) : true;
    if ('enter' in step) return isElsewhere(step.client);
    if ('leave' in step) return step.clients.some(isElsewhere);
    if ('forget' in step) return isElsewhere(step.forget);
    if ('release' in step) return isElsewhere(step.release);
    return !('audit' in step);
  }

  /** A node did not take it: what was for its clients is kept for when they, or it, are back. */
  async #keepSteps(
    namespaceId: string,
    nodes: readonly string[],
    steps: readonly Step[],
  ): Promise<void> {
    const all = await this.#inquiry.all(nodes, 'whoIsHere', { namespaceId });
    const lost = await this.#clientsWithout(namespaceId, all);
    for (const step of steps) {
      if (!('to' in step)) continue;
      const { to, event, data } = step;
      const isMeant = ({ id, atDesk }: Client) => {
        if ('clients' in to) return to.clients.includes(id);
        return 'everyoneIn' in to || (atDesk && ![to.except].flat().includes(id));
      };
      for (const { id } of lost.filter(isMeant)) await this.#parts.delivery.keep(id, event, data);
    }
  }

  /** The namespace's clients that neither this node has nor any of those that have said so. */
  async #clientsWithout(namespaceId: string, said: AskedFor<'whoIsHere'>[]): Promise<Client[]> {
    const { data, directory } = this.#parts;
    const had = new Set(said.flatMap((one) => (one.outcome === 'answered' ? one.answer : [])));
    const clients = await data.clientsOf(namespaceId);
    return clients.filter(({ id }) => !had.has(id) && directory.get(id) === undefined);
  }

  async #othersIn(namespaceId: string): Promise<readonly string[]> {
    const turn = this.#turns.get(namespaceId);
    return turn?.others ?? this.#parts.register.othersIn(namespaceId);
  }
}

const settled = async (work: Promise<unknown>) => (await Promise.allSettled([work]))[0];

const senderOf = ({ id, namespaceId, role, identity, rooms }: Session): Sender => ({
  id,
  namespaceId,
  role,
  onlyRoom: identity.room,
  rooms: [...rooms],
});
