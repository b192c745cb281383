import { ERRORS, type ErrorCode } from '@telemedicine-signaling/protocol';
import { expect } from 'vitest';
import type { Answer, ConnectOptions, TestClient } from './clients.ts';
import type { Service } from './service.ts';

let count = 0;

const freshId = (kind: string): string => {
  count += 1;
  return `${kind}-${count}`;
};

/** A room id that no test has used yet. */
export const freshRoom = (): string => freshId('room');

/** A fresh namespace of a running service, with the clients that a test brings into it. */
export class Practice {
  readonly id = freshId('practice');
  readonly #service: Service;
  readonly #options: ConnectOptions;
  readonly #clients: TestClient[] = [];

  private constructor(service: Service, options: ConnectOptions) {
    this.#service = service;
    this.#options = options;
  }

  /** `options`: how its clients connect, unless one says otherwise. */
  static async open(service: Service, options: ConnectOptions = {}): Promise<Practice> {
    const practice = new Practice(service, options);
    await service.call('create-namespace', { namespaceId: practice.id });
    return practice;
  }

  /** A client that was welcomed and has said nothing: in open access a guest. */
  async visitor(options: ConnectOptions = {}): Promise<TestClient> {
    const visitor = await this.#service.join(this.id, { ...this.#options, ...options });
    this.#clients.push(visitor);
    return visitor;
  }

  async doctor(options: ConnectOptions = {}): Promise<TestClient> {
    const doctor = await this.visitor(options);
    await granted(doctor.say('doctor-joined', { 'namespace-id': this.id, 'client-id': doctor.id }));
    return doctor;
  }

  /** A patient who waits in this room. */
  async patient(
    roomId: string,
    metadata: Record<string, unknown> = {},
    options: ConnectOptions = {},
  ): Promise<TestClient> {
    const patient = await this.visitor(options);
    const sent = { 'room-id': roomId, 'client-id': patient.id, ...metadata };
    await granted(patient.say('create', sent));
    return patient;
  }

  /** A guest who has come into this room. */
  async companion(roomId: string): Promise<TestClient> {
    const companion = await this.visitor();
    await granted(companion.say('join', { 'room-id': roomId }));
    return companion;
  }

  /** The same client on a new connection, with its resume token. */
  resume(client: TestClient, options: ConnectOptions = {}): Promise<TestClient> {
    return this.visitor({ ...options, auth: { resume: client.welcome['resume-token'] } });
  }

  /**
   * Whatever its clients had said when this was called has taken effect, and has been heard by all of
   * them, when it resolves: each sends a message through the namespace's turn, then each catches up.
   */
  async settled(): Promise<void> {
    const connected = this.#clients.filter(({ socket }) => socket.connected);
    const nowhere = { 'room-id': 'nobody-was-ever-here' };
    await Promise.all(connected.map((client) => client.say('leave', nowhere)));
    await Promise.all(connected.map((client) => client.caughtUp()));
  }
}

/** The connection ends in `connect_error`, which carries this error (SPEC GATE-3). */
export async function turnedAway(connecting: Promise<TestClient>, code: ErrorCode): Promise<void> {
  const { retry } = ERRORS[code];
  const error = await connecting.then(
    () => 'welcomed',
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ message: code, data: { code, msg: expect.any(String), retry } });
}

/** The acknowledgement says `ok`. Answers its fields. */
export async function granted(answer: Promise<Answer>): Promise<Answer> {
  const said = await answer;
  expect(said).toMatchObject({ status: 'ok' });
  return said;
}

/** The acknowledgement is this error, in the words of the one table, and nothing more (SPEC IN-1). */
export async function refused(answer: Promise<Answer>, code: ErrorCode): Promise<void> {
  const { retry } = ERRORS[code];
  expect(await answer).toEqual({ status: 'error', code, msg: expect.any(String), retry });
}
