import { randomUUID } from 'node:crypto';
import { EXAMPLE, type ServerEvent } from '@telemedicine-signaling/protocol';
import type { TestClient } from './clients.ts';
import type { Hospital } from './hospital.ts';
import { renamed } from './likeness.ts';
import { granted } from './practice.ts';

/** How far the people of the examples have come. */
export type Stage = 'connected' | 'waiting' | 'knocked' | 'consulting';

/**
 * The people and places of the protocol's examples, in a practice of their own on a real server: each
 * name of an example stands for somebody or something real.
 */
export class Scene {
  readonly patient: TestClient;
  readonly doctor: TestClient;
  /** Another doctor of the practice, at the desk. */
  readonly colleague: TestClient;
  readonly #hospital: Hospital;
  readonly #names: ReadonlyMap<string, string>;

  private constructor(
    hospital: Hospital,
    people: { patient: TestClient; doctor: TestClient; colleague: TestClient },
    places: { namespace: string; otherNamespace: string; room: string },
  ) {
    ({ patient: this.patient, doctor: this.doctor, colleague: this.colleague } = people);
    this.#hospital = hospital;
    this.#names = new Map([
      [EXAMPLE.namespace, places.namespace],
      [EXAMPLE.otherNamespace, places.otherNamespace],
      [EXAMPLE.room, places.room],
      [EXAMPLE.doctor, this.doctor.id],
      [EXAMPLE.patient, this.patient.id],
    ]);
  }

  /** Everybody has come, and things stand as they do at that stage. */
  static async set(hospital: Hospital, stage: Stage): Promise<Scene> {
    const [namespace, otherNamespace] = [await hospital.practice(), await hospital.practice()];
    const come = async (role: 'doctor' | 'patient', subject: string): Promise<TestClient> => {
      const token = await hospital.token({
        role,
        subject,
        namespaces: [namespace, otherNamespace],
      });
      return hospital.service.join(namespace, { auth: { token } });
    };
    const people = {
      patient: await come('patient', 'ada'),
      doctor: await come('doctor', 'dr-hopper'),
      colleague: await come('doctor', 'dr-curie'),
    };
    const scene = new Scene(hospital, people, { namespace, otherNamespace, room: randomUUID() });
    await scene.#advance(stage);
    return scene;
  }

  /** An example with what its names stand for here. */
  real(example: unknown): unknown {
    return renamed(example, this.#names);
  }

  /** What was said here, in the names of the examples. */
  inNames(said: unknown): unknown {
    return renamed(said, new Map([...this.#names].map(([name, real]) => [real, name])));
  }

  /** All that these people have heard so far, in the names of the examples. */
  heard(): { event: ServerEvent; data: unknown }[] {
    return [this.patient, this.doctor, this.colleague]
      .flatMap(({ heard }) => heard)
      .map(({ event, data }) => ({ event: event as ServerEvent, data: this.inNames(data) }));
  }

  /** The doctor's later token. */
  laterToken(): Promise<string> {
    const namespaces = [this.#names.get(EXAMPLE.namespace) ?? ''];
    return this.#hospital.token({ role: 'doctor', subject: 'dr-hopper', namespaces });
  }

  /** The patient on a further connection. */
  async comeBack(): Promise<TestClient> {
    const namespace = this.#names.get(EXAMPLE.namespace) ?? '';
    const token = await this.#hospital.token({
      role: 'patient',
      subject: 'ada',
      namespaces: [namespace],
    });
    const resume = this.patient.welcome['resume-token'];
    return this.#hospital.service.join(namespace, { auth: { token, resume } });
  }

  /** The hospital closes the practice. */
  async close(): Promise<void> {
    const namespaceId = this.#names.get(EXAMPLE.namespace) ?? '';
    const token = await this.#hospital.token({ role: 'service', namespaces: ['*'] });
    const headers = { Authorization: `Bearer ${token}` };
    await this.#hospital.service.get(`/remove-namespace?namespaceId=${namespaceId}`, headers);
  }

  async #advance(stage: Stage): Promise<void> {
    if (stage === 'connected') return;
    const { patient, doctor, colleague } = this;
    const room = this.#names.get(EXAMPLE.room);
    const entry = { 'room-id': room, 'client-id': patient.id, name: 'Ada' };
    await granted(patient.say('create', { ...entry, patientID: EXAMPLE.patientId }));
    await granted(colleague.say('doctor-joined', {}));
    await granted(doctor.say('doctor-joined', {}));
    if (stage === 'waiting') return;
    const knock = { 'room-id': room, 'client-id': doctor.id, init: true };
    await granted(doctor.say('join', knock));
    if (stage === 'knocked') return;
    await granted(doctor.say('join', { 'room-id': room }));
  }
}
