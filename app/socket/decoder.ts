import type { Socket } from 'socket.io';
import { Decoder } from 'socket.io-parser';
import { rememberText } from './own-words.ts';

/** An event as a client sent it: its arguments, and the number that its acknowledgement is to have. */
export type TakeEvent = (heard: unknown[], acknowledge: number | undefined) => void;

/**
 * Socket.IO's own decoder, which hands a client's events to whoever serves it in the moment in which they
 * are read, instead of two ticks and some emitters later. All that is not quite ordinary goes the usual way.
 * Everything is parsed and checked all the same.
 */
export class EventDecoder extends Decoder {
  readonly #takers = new Map<string, TakeEvent>();

  /** The events that come over this socket go to `take`, until it is gone. */
  static hand(socket: Socket, take: TakeEvent): void {
    const { decoder } = socket.client as unknown as { decoder: EventDecoder };
    const { name } = socket.nsp;
    decoder.take(name, take);
    socket.once('disconnect', () => decoder.#takers.delete(name));
  }

  /** The same for a namespace of this connection, `/` and its name. */
  take(namespace: string, take: TakeEvent): void {
    this.#takers.set(namespace, take);
  }

  override add(frame: unknown): void {
    if (typeof frame !== 'string' || !this.#isTaken(frame)) super.add(frame);
  }

  /** Socket.IO protocol 5, EVENT: `2/namespace,` and, if it is to be acknowledged, a number, then JSON. */
  #isTaken(frame: string): boolean {
    if (frame.charCodeAt(0) !== EVENT || this.#isAmidBinary) return false;
    const comma = frame.indexOf(',');
    const take = this.#takers.get(frame.slice(1, comma));
    if (take === undefined) return false;
    let start = comma + 1;
    let number = 0;
    for (let digit = digitAt(frame, start); digit >= 0; digit = digitAt(frame, start)) {
      number = number * 10 + digit;
      start += 1;
    }
    const heard = Number.isSafeInteger(number) ? listIn(frame, start) : undefined;
    if (heard === undefined) return false;
    rememberText(heard, frame, start);
    take(heard, start === comma + 1 ? undefined : number);
    return true;
  }

  /** A packet whose binary parts are still to come: a text is an error there. */
  get #isAmidBinary(): boolean {
    return Boolean((this as unknown as { reconstructor?: unknown }).reconstructor);
  }
}

function listIn(frame: string, start: number): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(frame.slice(start));
    return Array.isArray(value) && !isReserved(value[0]) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A name that means something to Socket.IO, or none: its own decoder says what is to be done about it. */
const isReserved = (name: unknown): boolean => typeof name !== 'string' || RESERVED.has(name);

const RESERVED: ReadonlySet<string> = new Set([
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
]);

function digitAt(text: string, at: number): number {
  const digit = text.charCodeAt(at) - ZERO;
  return digit <= 9 ? digit : -1;
}

const EVENT = 0x32;
const ZERO = 0x30;
