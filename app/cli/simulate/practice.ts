import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Call, type CallPlan } from './call.ts';
import { type Heard, Person, type PersonParts } from './person.ts';
import type { Tally } from './tally.ts';

export interface PracticePlan extends CallPlan {
  /** After which time a call that has not ended counts as stuck, in milliseconds. */
  patienceMs: number;
}

export interface PracticeParts {
  url: string;
  namespaceId: string;
  tokenFor: (role: 'doctor' | 'patient') => Promise<string | undefined>;
  plan: PracticePlan;
  tally: Tally;
  /** No further call begins once it is aborted. */
  signal: AbortSignal;
  onEnded: () => void;
}

/** A patient who waits, or is on the way there. */
interface Visit {
  roomId: string;
  patient: Person;
  cameAt: number;
  /** When the patient hears of the doctor who has come in. */
  admitted: Promise<Heard>;
}

const ASK_AGAIN_MS = 100;

/** One doctor, and the patients who come one after the other: one is in the call, the next one waits. */
export class Practice {
  readonly #parts: PracticeParts;
  readonly #visits = new Map<string, Visit>();
  readonly #people: Person[] = [];

  constructor(parts: PracticeParts) {
    this.#parts = parts;
  }

  /** The doctor sits down. @throws Error the server lets nobody in */
  async open(): Promise<void> {
    const doctor = await this.#come('doctor');
    granted(await doctor.insist('doctor-joined', { 'namespace-id': this.#parts.namespaceId }));
  }

  /** Resolves when so many calls have ended or got stuck. @throws Error patients are not let in */
  async hold(calls: number): Promise<void> {
    const { signal } = this.#parts;
    const [doctor] = this.#people;
    if (doctor === undefined) throw new Error('the practice was not opened');
    let next: Promise<unknown> = this.#visit();
    for (let n = 1; n <= calls && !signal.aborted; n += 1) {
      await next;
      next = n < calls ? this.#visit() : Promise.resolve();
      // What goes wrong there is told when it is waited for.
      next.catch(() => {});
      await this.#inTime(doctor, this.#consult(doctor, n));
    }
    await next;
  }

  /** How many connections one address may have. */
  get connections(): number {
    return this.#people[0]?.limits['connections-per-address'] ?? Infinity;
  }

  leave(): void {
    for (const person of this.#people) person.leave();
  }

  async #come(role: 'doctor' | 'patient'): Promise<Person> {
    const { url, namespaceId, tokenFor, tally } = this.#parts;
    const parts: PersonParts = { url, namespaceId, tally, token: () => tokenFor(role) };
    const person = await Person.come(parts);
    this.#people.push(person);
    return person;
  }

  /** A patient comes, and waits. */
  async #visit(): Promise<void> {
    const { plan, tally } = this.#parts;
    const patient = await this.#come('patient');
    const roomId = randomUUID();
    tally.calls.asked += 1;
    patient.listen((event, data) => {
      if (event !== 'doctor-entered') return;
      patient.insist('ack-doctor-entered', { 'client-id': data.from }).catch(() => {});
    });
    const ofRoom = (data: Heard) => data['room-id'] === roomId;
    const admitted = patient.next('room-joined', ofRoom);
    this.#visits.set(roomId, { roomId, patient, cameAt: performance.now(), admitted });
    const entry = { 'room-id': roomId, 'client-id': patient.id, patientID: `simulated ${roomId}` };
    granted(await patient.insist('create', entry));
    if (plan.drops && Math.random() < 0.3) patient.drop();
  }

  async #consult(doctor: Person, n: number): Promise<void> {
    const { plan, tally } = this.#parts;
    // Who came first is first here, too.
    const [visit] = this.#visits.values();
    if (visit === undefined) throw new Error('nobody came');
    const { roomId, patient, cameAt, admitted } = visit;
    const acked = doctor.next('ack-doctor-entered', ({ from }) => from === patient.id);
    const knock = { 'room-id': roomId, 'client-id': doctor.id };
    granted(await doctor.insist('join', { ...knock, init: true }));
    await acked;
    granted(await doctor.insist('join', knock));
    await admitted;
    tally.times.admission.push(performance.now() - cameAt);
    await new Call(roomId, doctor, patient, plan, tally).run();
    const isDoctors = n % 2 === 0;
    const [ends, other] = isDoctors ? [doctor, patient] : [patient, doctor];
    const ended = other.next('room-ended', (data) => data['room-id'] === roomId);
    await ends.insist(isDoctors ? 'doctor-ended' : 'patient-ended', { 'room-id': roomId });
    await ended;
    patient.leave();
    this.#visits.delete(roomId);
    tally.calls.ended += 1;
  }

  async #inTime(doctor: Person, consultation: Promise<void>): Promise<void> {
    const { plan, tally, signal, onEnded } = this.#parts;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const fail = () => reject(new Error('it did not end in time'));
      timer = setTimeout(fail, plan.patienceMs);
    });
    try {
      await Promise.race([consultation, late]);
    } catch (error) {
      consultation.catch(() => {});
      // What was interrupted was not stuck.
      if (signal.aborted) return;
      tally.calls.stuck += 1;
      tally.reasons.add(error instanceof Error ? error.message : String(error));
      await this.#giveUp(doctor);
    } finally {
      clearTimeout(timer);
      onEnded();
    }
  }

  /** Whoever is left of a call that got stuck goes, so that the next one has a clear way. */
  async #giveUp(doctor: Person): Promise<void> {
    const [stuck] = this.#visits.values();
    if (stuck === undefined) return;
    this.#visits.delete(stuck.roomId);
    stuck.patient.leave();
    await Promise.race([
      doctor.insist('doctor-ended', { 'room-id': stuck.roomId }).catch(() => {}),
      pause(ASK_AGAIN_MS),
    ]);
  }
}

/** @throws Error the server refuses what has to be granted */
function granted({ status, msg }: Heard): void {
  if (status !== 'ok') throw new Error(String(msg));
}
