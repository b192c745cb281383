import { expect } from 'vitest';
import { TestClient } from './clients.ts';
import { freshRoom, granted } from './practice.ts';

/** Between two messages, in milliseconds: as two browsers do that set up a call. */
const PACE_MS = 20;

/** A doctor and a patient who talk on, whatever others do to the server. */
export class HonestPair {
  readonly #doctor: TestClient;
  readonly #patient: TestClient;
  #sent = 0;
  #isOver = false;
  #talking: Promise<void> = Promise.resolve();
  #turn: Promise<void> = Promise.resolve();

  private constructor(doctor: TestClient, patient: TestClient) {
    this.#doctor = doctor;
    this.#patient = patient;
  }

  /** Brings them together in this namespace, and lets them talk until `end`. */
  static async begin(url: string, namespaceId: string): Promise<HonestPair> {
    const doctor = await new TestClient(url, namespaceId).ready();
    const patient = await new TestClient(url, namespaceId, { transport: 'polling' }).ready();
    const room = { 'room-id': freshRoom() };
    await granted(doctor.say('doctor-joined', {}));
    await granted(patient.say('create', room));
    await granted(doctor.say('join', room));
    const pair = new HonestPair(doctor, patient);
    pair.#talking = pair.#talk();
    return pair;
  }

  /** Lets them exchange a few more messages, and proves that all so far have arrived, once and in order. */
  async isUnharmed(): Promise<void> {
    const until = this.#sent + 3;
    while (this.#sent < until) await this.#exchange();
    await Promise.all([this.#doctor.caughtUp(), this.#patient.caughtUp()]);
    for (const one of [this.#doctor, this.#patient]) {
      const heard = one.all('send-metadata').map(({ n }) => n);
      expect(heard.length).toBeGreaterThanOrEqual(until);
      expect(heard).toEqual(Array.from(heard, (_, n) => n));
      expect(one.socket.connected).toBe(true);
    }
    expect(new Set(this.#patient.names())).toEqual(new Set(['room-joined', 'send-metadata']));
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#talking;
    this.#doctor.close();
    this.#patient.close();
  }

  async #talk(): Promise<void> {
    while (!this.#isOver) {
      await this.#exchange();
      await new Promise((resolve) => setTimeout(resolve, PACE_MS));
    }
  }

  /** One message each way, acknowledged. */
  #exchange(): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      const n = this.#sent;
      const [to, from] = [this.#patient, this.#doctor];
      const said = [
        granted(from.say('send-metadata', { 'peer-id': to.id, n })),
        granted(to.say('send-metadata', { 'peer-id': from.id, n })),
      ];
      await Promise.all(said);
      this.#sent += 1;
    });
    return this.#turn;
  }
}
