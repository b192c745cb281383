import type { Socket } from 'socket.io';
import type { Client } from '../data/session-data.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { disconnectReason } from '../ops/metrics/table.ts';
import type { Perform, Step } from '../outcome.ts';
import { type ArrivalParts, arrive, depart } from './arrival.ts';
import { noteRefusedConnection } from './audited.ts';
import { EventDecoder } from './decoder.ts';
import { type InboxParts, receive } from './inbox.ts';
import { connectionOf, noteArrival, noteRefusal } from './notes.ts';
import { movedOn } from './resumption.ts';
import { sendOn } from './send-on.ts';
import type { Session } from './session.ts';
import { send } from './wire.ts';

export interface SocketParts extends ArrivalParts, InboxParts {
  perform: Perform;
  /** True once the server is about to stop: who is disconnected then is not lost. */
  isDraining: () => boolean;
  limits: ArrivalParts['limits'] & InboxParts['limits'];
}

/** A connection's life: it arrives, what it says is taken in the order in which it came, it is lost. */
export function serve(parts: SocketParts, socket: Socket, namespaceId: string): void {
  let session: Session | undefined;
  /** Which connection of its client this is. */
  let generation = 0;
  let isListening = false;
  /** The client that this connection is of, if it does not belong here any more. */
  let elsewhere: Client | undefined;
  const early: unknown[][] = [];

  // A malformed packet, whose connection Socket.IO cuts; or an event of that name, answered below. Both
  // are the client's doing and nothing for the log, but without a listener either would end the process.
  socket.on('error', () => {});
  const hear = (heard: unknown[]) => {
    if (!isListening) early.push(heard);
    else take(heard);
  };
  socket.onAny((...heard: unknown[]) => hear(heard));
  EventDecoder.hand(socket, (heard, number) => {
    if (number !== undefined) heard.push(acknowledging(socket, number));
    hear(heard);
  });
  socket.on('disconnect', (reason) => {
    parts.counts.disconnects.add(disconnectReason(reason));
    const connection = connectionOf(socket);
    parts.log.debug({ connection, reason: disconnectReason(reason) }, 'a connection ended');
    // From here on what is sent to this client is kept for it, even before its turn in the lane comes.
    if (session?.socket === socket) session.socket = null;
    // After a restart everybody counts as lost, and has the whole window from then on (SPEC RESUME-8).
    if (parts.isDraining()) return;
    inTurn(async () => {
      if (session === undefined) return [];
      // A client that has come back on another connection meanwhile, or that has moved on, is not lost.
      const isHere = parts.directory.get(session.id) === session;
      return isHere && session.generation === generation ? depart(parts, session) : [];
    });
  });

  inTurn(async () => {
    if (!socket.connected) return [];
    const { identity } = socket.data;
    elsewhere = await movedOn(parts, socket, identity);
    if (elsewhere !== undefined) return [];
    const arrival = await arrive(parts, socket, namespaceId, identity);
    session = arrival.session;
    generation = session.generation;
    noteArrival(parts.log, socket, session);
    // It may have been lost on its way.
    if (!socket.connected && session.socket === socket) session.socket = null;
    return arrival.steps;
  }, begin);

  function begin(): void | Promise<void> {
    if (elsewhere !== undefined) return sendOn(parts, socket, elsewhere);
    listen();
  }

  /** What a page sent right after connecting waited until it was welcome. */
  function listen(): void {
    isListening = true;
    for (const heard of early.splice(0)) take(heard);
  }

  /** What a superseded connection still says does not count. */
  function take(heard: unknown[]): void {
    if (session?.socket === socket) receive(parts, session, heard, connectionOf(socket));
  }

  function inTurn(job: () => Promise<Step[]>, then: () => void | Promise<void> = () => {}): void {
    parts
      .perform(namespaceId, async () => ({ reply: {}, steps: await job() }))
      .then(then)
      .catch(refuse);
  }

  function refuse(error: unknown): void {
    const known = error instanceof SignalingError ? error : new SignalingError('internal');
    if (known !== error) parts.onFault('connection', error, connectionOf(socket));
    noteRefusedConnection(parts, socket, namespaceId, error);
    noteRefusal(parts, socket, known.code);
    const { code, message: msg, retry } = known;
    socket.emit('signaling-error', { event: 'connection', code, msg, retry });
    socket.disconnect();
  }
}

/** What answers one event, once (Socket.IO protocol 5, ACK). */
function acknowledging(socket: Socket, number: number): (answer: object) => void {
  return (answer) => {
    if (socket.connected) send(socket, [`3${socket.nsp.name},${number}`, JSON.stringify([answer])]);
  };
}
