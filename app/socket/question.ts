import type { LiveFigures, Passed, RelayEvent } from '@telemedicine-signaling/protocol';
import type { Room } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { Step } from '../outcome.ts';
import type { Delivery } from './delivery.ts';
import type { Directory } from './directory.ts';
import { type LeftBehind, leave } from './hand-over.ts';
import type { Delivered } from './relay.ts';
import { mayReach, type Session } from './session.ts';

/** A sender as the node of its peer has to know it to decide whether it may be heard (SPEC CLUSTER-4). */
export interface Sender {
  id: string;
  namespaceId: string;
  role: Session['role'];
  /** The room that its token is pinned to. */
  onlyRoom: string | null;
  rooms: string[];
}

/** What one node asks another, and what that answers. */
export interface Questions {
  /** Steps that concern this node's clients, too. */
  carryOut: { asks: { namespaceId: string; steps: Step[]; rooms: Room[] }; answers: boolean };
  /** A message for a client: how it was delivered; `refused` if it may not be reached, `null` if it is not here. */
  relay: {
    asks: {
      sender: Sender;
      event: RelayEvent | 'ack-doctor-entered';
      peerId: string;
      sent: Passed;
    };
    answers: Delivered | 'refused' | null;
  };
  /** The client goes on at the asker's: what this node has of it, which has it no longer; `null`: nothing. */
  handOver: { asks: { clientId: string; heard: number | null }; answers: LeftBehind | null };
  /** Whether the client has given a sign of life since its last `welcome`; `null` if it is not here. */
  isHeardFrom: { asks: { clientId: string }; answers: boolean | null };
  /** The clients of a namespace that this node has. */
  whoIsHere: { asks: { namespaceId: string }; answers: string[] };
  /** The asker is back and has these clients: this node keeps those that it has a connection of. */
  giveBack: { asks: { clientIds: string[] }; answers: string[] };
  /** This node in figures, for an operator at another one (SPEC OPS-5). */
  howItIs: { asks: Record<string, never>; answers: LiveFigures };
}

export type Asking = keyof Questions;

/** A question on the bus. */
export type Question = { [Q in Asking]: { ask: Q } & Questions[Q]['asks'] }[Asking];

export interface AnswerParts {
  directory: Directory;
  delivery: Delivery;
  /** What was handed over shortly: an answer may not have come through, and be asked for again. */
  leaving: Map<string, Promise<LeftBehind | null>>;
  /** Something has changed in a namespace at another node. */
  onChange: (namespaceId: string, rooms: readonly Room[]) => void;
  /** A client has said something, and this is the node that has it. */
  onSender: (clientId: string, node: string) => void;
  figures: () => LiveFigures;
  /** False while this node has to find out what it missed: something may be kept for its clients there. */
  isHomeIn: (namespaceId: string) => boolean;
}

/** How long what was handed over is remembered, in milliseconds. */
const REMEMBERED_MS = 10_000;

type Answers = {
  [Q in Asking]: (
    parts: AnswerParts,
    asked: Questions[Q]['asks'],
    from: string,
  ) => Questions[Q]['answers'] | Promise<Questions[Q]['answers']>;
};

const ANSWERS: Answers = {
  async carryOut({ delivery, onChange }, { namespaceId, steps, rooms }) {
    onChange(namespaceId, rooms);
    await delivery.carryOut(steps);
    return true;
  },
  relay({ directory, delivery, onSender, isHomeIn }, { sender, event, peerId, sent }, from) {
    onSender(sender.id, from);
    const peer = directory.get(peerId);
    const { onlyRoom: room, rooms } = sender;
    const reach = { ...sender, identity: { room }, rooms: new Set(rooms) };
    if (peer === undefined) return null;
    if (!mayReach(reach, peer)) return 'refused';
    const data = { ...sent, from: sender.id };
    if (peer.socket === null) return delivery.send(peer, event, data).then(() => 'held');
    // What was kept for it while this node was away comes before (SPEC RELAY-5).
    if (!isHomeIn(sender.namespaceId)) throw new SignalingError('store-unavailable');
    delivery.emit(peer, peer.socket, event, data);
    return 'now';
  },
  handOver({ directory, leaving }, { clientId, heard }) {
    if (directory.get(clientId) === undefined) return leaving.get(clientId) ?? null;
    const left = leave(directory, clientId, heard ?? undefined);
    leaving.set(clientId, left);
    setTimeout(() => leaving.delete(clientId), REMEMBERED_MS).unref();
    return left;
  },
  isHeardFrom: ({ directory }, { clientId }) => directory.get(clientId)?.isHeardFrom ?? null,
  whoIsHere: ({ directory }, { namespaceId }) =>
    [...directory.everyoneIn(namespaceId)].map(({ id }) => id),
  giveBack({ directory }, { clientIds }) {
    const own = clientIds.filter((id) => directory.isConnected(id));
    for (const id of clientIds) if (!own.includes(id)) directory.remove(id);
    return own;
  },
  howItIs: ({ figures }) => figures(),
};

/** The namespaces in which this node does not know how things stand if it could not take this question. */
export function namespacesIn(directory: Directory, question: Question): string[] {
  if (question.ask === 'carryOut') return [question.namespaceId];
  const of = (id: string): string[] => {
    const session = directory.get(id);
    return session === undefined ? [] : [session.namespaceId];
  };
  if (question.ask === 'handOver') return of(question.clientId);
  // What was only asked, and what was not delivered, is the asker's to know.
  return question.ask === 'giveBack' ? [...new Set(question.clientIds.flatMap(of))] : [];
}

/** A fault here must not look like silence: the asker would see to things as if this node were gone. */
export async function answerTo(
  parts: AnswerParts,
  from: string,
  question: Question,
): Promise<object> {
  try {
    const answer = ANSWERS[question.ask] as Answers['carryOut'];
    return { answer: await answer(parts, question as Questions['carryOut']['asks'], from) };
  } catch (error) {
    return { error: error instanceof SignalingError ? error.code : 'internal' };
  }
}
