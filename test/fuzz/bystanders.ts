import { expect } from 'vitest';
import { TestClient } from '../support/clients.ts';
import { granted } from '../support/practice.ts';
import { NEGOTIATIONS } from '../support/sdp-fixtures.ts';
import { type Practice, tokenFor } from './practices.ts';

/** Stands in what the honest ones send, so that it shows where it comes out. */
export const CANARY = 'canary-of-the-honest';

const [offer, answer] = NEGOTIATIONS.get('chromium-call')?.descriptions ?? [];

/** The board tells a doctor at the desk within a second that nobody waits any more. */
const isNews = ({ event, data }: TestClient['heard'][number]): boolean =>
  event !== 'queue' || data.waiting.length > 0;

/** A doctor and a patient in a consultation: they must not notice that others misbehave. */
export class Bystanders {
  readonly practice: Practice;
  readonly ids: { doctor: string; patient: string };
  readonly #doctor: TestClient;
  readonly #patient: TestClient;
  #round = 0;

  private constructor(practice: Practice, doctor: TestClient, patient: TestClient) {
    this.practice = practice;
    this.ids = { doctor: doctor.id, patient: patient.id };
    this.#doctor = doctor;
    this.#patient = patient;
  }

  /** `isAtDesk`: whether the doctor hears of the practice's waiting room. */
  static async meet(
    url: string,
    practice: Practice,
    { isAtDesk }: { isAtDesk: boolean },
  ): Promise<Bystanders> {
    const connect = (role: string) => {
      const token = tokenFor(role, `honest ${role}`, [practice]);
      return new TestClient(url, practice, { auth: { token } }).ready();
    };
    const [doctor, patient] = await Promise.all([connect('doctor'), connect('patient')]);
    if (isAtDesk) await granted(doctor.say('doctor-joined', {}));
    const room = { 'room-id': `${CANARY}-${practice}` };
    await granted(patient.say('create', { ...room, patientID: 'p-honest', name: CANARY }));
    await granted(doctor.say('join', room));
    const pair = new Bystanders(practice, doctor, patient);
    await patient.first('room-joined');
    await Promise.all([doctor.caughtUp(), patient.caughtUp()]);
    for (const { heard } of [doctor, patient]) heard.splice(0);
    return pair;
  }

  /** They exchange something, and hear nothing else. */
  async goOn(): Promise<void> {
    this.#round += 1;
    const [doctor, patient] = [this.#doctor, this.#patient];
    const sent = { name: CANARY, round: this.#round };
    const isThis = ({ round }: { round?: number }) => round === this.#round;
    await Promise.all([
      granted(doctor.say('offer', { ...sent, 'peer-id': this.ids.patient, offer })),
      granted(patient.say('answer', { ...sent, 'peer-id': this.ids.doctor, answer })),
      patient.first('offer', isThis),
      doctor.first('answer', isThis),
    ]);
    await Promise.all([doctor.caughtUp(), patient.caughtUp()]);
    const heard = [doctor, patient].map(({ heard }) => heard.splice(0).filter(isNews));
    const names = heard.map((all) => all.map(({ event }) => event));
    expect(names, `heard in ${this.practice}`).toEqual([['answer'], ['offer']]);
  }

  close(): void {
    this.#doctor.close();
    this.#patient.close();
  }
}
