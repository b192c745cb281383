import { setTimeout as pause } from 'node:timers/promises';
import {
  type ClientEvent,
  RELAY_EVENTS,
  type ServerEvent,
  type Welcome,
} from '@telemedicine-signaling/protocol';
import { io, type Socket } from 'socket.io-client';
import type { Tally } from './tally.ts';

export type Heard = Record<string, unknown>;

/** The connection was cut before the answer came. */
export const UNANSWERED = Symbol('unanswered');

export interface PersonParts {
  url: string;
  namespaceId: string;
  /** A fresh access token; undefined where none is asked for. */
  token: () => Promise<string | undefined>;
  tally: Tally;
}

/** How long to wait before coming back, in milliseconds: a short outage, or one that is noticed. */
const AWAY_MS = { least: 50, most: 1500 };
/** How long before something that was refused for now is tried again. */
const PATIENCE_MS = 500;
/** How often in a row a connection may fail. */
const TRIES = 30;

/** A WebSocket of Engine.IO's client in Node. */
interface Cuttable {
  ws: { terminate(): void };
}

const isRelay = (event: string): boolean => (RELAY_EVENTS as readonly string[]).includes(event);

/**
 * One doctor or patient over all connections: comes back with the resume token whenever the connection is
 * lost, says how much was heard (SPEC RESUME-10), and waits where the server asks for patience.
 */
export class Person {
  readonly #parts: PersonParts;
  #socket: Socket | undefined;
  #welcome: Welcome | undefined;
  #heard = 0;
  #failures = 0;
  #cameAt = 0;
  #isIn = false;
  #isGone = false;
  #fault: Error | undefined;
  readonly #ears = new Set<(event: string, data: Heard) => void>();
  #wakes: (() => void)[] = [];
  readonly #open = new Set<(answer: typeof UNANSWERED) => void>();

  private constructor(parts: PersonParts) {
    this.#parts = parts;
    void this.#connect();
  }

  /** Resolves when the person was welcomed. @throws Error why the server lets nobody in */
  static async come(parts: PersonParts): Promise<Person> {
    const person = new Person(parts);
    await person.#in();
    return person;
  }

  get id(): string {
    return this.#welcome?.['client-id'] ?? '';
  }

  /** When the connection of now was welcomed, by the process's own clock in milliseconds. */
  get cameAt(): number {
    return this.#cameAt;
  }

  get limits(): Readonly<Record<string, number>> {
    return this.#welcome?.limits ?? {};
  }

  /** Hears every event but `welcome`, in the order in which they come, until `undo` is called. */
  listen(ear: (event: string, data: Heard) => void): () => void {
    this.#ears.add(ear);
    return () => this.#ears.delete(ear);
  }

  /** Resolves with the next event of this name that fits. Listens from now on. */
  next(event: ServerEvent, fits: (data: Heard) => boolean = () => true): Promise<Heard> {
    return new Promise((resolve) => {
      const undo = this.listen((heard, data) => {
        if (heard !== event || !fits(data)) return;
        undo();
        resolve(data);
      });
    });
  }

  /**
   * Sends once there is a connection, again where the server asks for patience, and counts what becomes of
   * it. @throws Error the connection cannot be had
   */
  async say(
    event: ClientEvent,
    payload: object,
    onSend: () => void = () => {},
  ): Promise<Heard | typeof UNANSWERED> {
    const { tally } = this.#parts;
    for (;;) {
      await this.#in();
      const began = performance.now();
      onSend();
      const answer = await this.#ask(event, payload);
      const count = tally.of(event);
      if (answer === UNANSWERED) {
        count.unanswered += 1;
        return answer;
      }
      if (answer.status === 'ok') {
        if (answer.delivered === 'held') count.held += 1;
        else count.ok += 1;
        if (!isRelay(event)) tally.times.change.push(performance.now() - began);
        return answer;
      }
      count.refused += 1;
      if (answer.retry !== true) return answer;
      tally.slow(String(answer.code));
      await pause(PATIENCE_MS * (0.5 + Math.random()));
    }
  }

  /** Says it until there is an answer. Only what does the same when it is said twice. */
  async insist(event: ClientEvent, payload: object): Promise<Heard> {
    for (;;) {
      const answer = await this.say(event, payload);
      if (answer !== UNANSWERED) return answer;
    }
  }

  /** Cuts the connection as a network does, without a word. The person comes back. */
  drop(): void {
    const socket = this.#socket;
    if (!this.#isIn || socket === undefined) return;
    this.#parts.tally.connections.dropped += 1;
    this.#isIn = false;
    // Engine.IO itself would say goodbye.
    const { transport } = socket.io.engine as unknown as { transport: Cuttable };
    transport.ws.terminate();
  }

  /** Goes for good. */
  leave(): void {
    this.#isGone = true;
    this.#socket?.disconnect();
    this.#wake();
  }

  async #in(): Promise<void> {
    while (!this.#isIn) {
      if (this.#fault !== undefined) throw this.#fault;
      if (this.#isGone) throw new Error('the simulation is over');
      await new Promise<void>((resolve) => this.#wakes.push(resolve));
    }
  }

  #wake(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }

  #ask(event: ClientEvent, payload: object): Promise<Heard | typeof UNANSWERED> {
    return new Promise((resolve) => {
      this.#open.add(resolve);
      this.#socket?.emit(event, payload, (answer: Heard) => {
        this.#open.delete(resolve);
        resolve(answer);
      });
    });
  }

  async #connect(): Promise<void> {
    const { url, namespaceId, token, tally } = this.#parts;
    const auth = {
      token: await token(),
      ...(this.#welcome && { resume: this.#welcome['resume-token'], heard: this.#heard }),
    };
    if (this.#isGone) return;
    const began = performance.now();
    const socket = io(`${url}/${namespaceId}`, {
      query: { ns: namespaceId },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth,
    });
    this.#socket = socket;
    socket.onAny((event: string, data: Heard) => {
      if (event !== 'welcome') {
        this.#heard += 1;
        for (const ear of this.#ears) ear(event, data);
        return;
      }
      tally.times.connect.push(performance.now() - began);
      this.#greet(data as Welcome);
    });
    socket.on('disconnect', () => this.#lost());
    socket.on('connect_error', (error: Error & { data?: Heard }) => this.#refused(error));
  }

  #greet(welcome: Welcome): void {
    const { connections } = this.#parts.tally;
    if (this.#welcome === undefined) connections.made += 1;
    else if (welcome.resumed && welcome.resynchronise === undefined) connections.resumed += 1;
    else connections.notResumed += 1;
    this.#welcome = welcome;
    this.#heard = 0;
    this.#failures = 0;
    this.#cameAt = performance.now();
    this.#isIn = true;
    this.#wake();
  }

  #refused(error: Error & { data?: Heard }): void {
    this.#failures += 1;
    const why = typeof error.data?.msg === 'string' ? error.data.msg : error.message;
    if (error.data?.retry === false || this.#failures > TRIES) {
      this.#fault = new Error(`a connection is refused: ${why}`);
      this.#wake();
      return;
    }
    this.#parts.tally.slow(String(error.data?.code ?? 'no connection'));
    this.#lost();
  }

  #lost(): void {
    this.#isIn = false;
    this.#socket?.disconnect();
    for (const settle of this.#open) settle(UNANSWERED);
    this.#open.clear();
    if (this.#isGone) return;
    const { least, most } = AWAY_MS;
    void pause(least + Math.random() * (most - least)).then(() => this.#connect());
  }
}
