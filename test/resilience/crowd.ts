import { randomUUID } from 'node:crypto';
import { HttpCaller } from '../support/http.ts';
import { LeanClient, type LeanOptions, UNANSWERED } from './lean-client.ts';

/** What one client says to another, number by number, and what becomes of it. */
export class Line {
  readonly from: LeanClient;
  readonly to: LeanClient;
  #next = 0;
  /** What the server said it had delivered, or would. */
  readonly acknowledged = new Map<number, string>();
  readonly heard: number[] = [];

  constructor(from: LeanClient, to: LeanClient) {
    this.from = from;
    this.to = to;
  }

  async say(): Promise<void> {
    if (!this.from.isIn) return;
    const n = this.#next;
    this.#next += 1;
    const answer = await this.from.say('send-metadata', { 'peer-id': this.to.id, n });
    if (answer !== UNANSWERED && answer.status === 'ok') this.acknowledged.set(n, answer.delivered);
  }

  /** What was acknowledged and never arrived, with the word of the acknowledgement. */
  missing(): string[] {
    const heard = new Set(this.heard);
    return [...this.acknowledged].flatMap(([n, how]) => (heard.has(n) ? [] : [how]));
  }

  /** Whether everything arrived in order, and nothing twice. */
  isInOrder(): boolean {
    return this.heard.every((n, index) => index === 0 || n > (this.heard[index - 1] ?? 0));
  }
}

/** A doctor, patients in consultation, and patients who wait. */
export interface Practice {
  id: string;
  doctor: LeanClient;
  inConsultation: LeanClient[];
  waiting: LeanClient[];
  /** The rooms as the doctor's last `queue` had them. */
  queue: string[];
}

/** Practices full of people, who talk to each other while something happens to their server. */
export class Crowd {
  readonly practices: Practice[] = [];
  readonly lines: Line[] = [];
  readonly #url: () => string;
  readonly #options: LeanOptions;
  #talk: NodeJS.Timeout | undefined;

  private constructor(url: () => string, options: LeanOptions) {
    this.#url = url;
    this.#options = options;
  }

  /** So many practices, each of one doctor, two consultations and `waiting` patients in line. */
  static async gather(
    url: () => string,
    { practices, waiting }: { practices: number; waiting: number },
    options: LeanOptions,
  ): Promise<Crowd> {
    const crowd = new Crowd(url, options);
    await Promise.all(Array.from({ length: practices }, () => crowd.#open(waiting)));
    return crowd;
  }

  get clients(): LeanClient[] {
    return this.practices.flatMap(({ doctor, inConsultation, waiting }) => [
      doctor,
      ...inConsultation,
      ...waiting,
    ]);
  }

  /** Everybody in a consultation says something to the other every so many milliseconds. */
  talk(everyMs: number): void {
    const beats = 20;
    let beat = 0;
    this.#talk = setInterval(() => {
      for (let n = beat; n < this.lines.length; n += beats) void this.lines[n]?.say();
      beat = (beat + 1) % beats;
    }, everyMs / beats);
  }

  fallSilent(): void {
    clearInterval(this.#talk);
  }

  /** Everything that was said when this was called has taken effect and was heard. */
  async settled(): Promise<void> {
    const nothing = { 'room-id': 'nobody-was-ever-here' };
    await Promise.all(this.clients.map((client) => client.say('leave', nothing)));
    await Promise.all(this.clients.map((client) => client.say('are-we-there-yet', {})));
  }

  /** The waiting rooms as they are now, in order. */
  async queues(): Promise<string[][]> {
    await Promise.all(this.practices.map(({ doctor }) => doctor.say('doctor-joined', {})));
    return this.practices.map(({ queue }) => queue);
  }

  /** Resolves when everybody, or `count` of them, has been welcomed more often than `before` says. */
  async back(before: readonly number[], count = before.length): Promise<void> {
    let missing = count;
    await new Promise<void>((resolve) => {
      for (const [index, client] of this.clients.entries()) {
        void client.welcomed((before[index] ?? 0) + 1).then(() => {
          missing -= 1;
          if (missing === 0) resolve();
        });
      }
    });
  }

  welcomes(): number[] {
    return this.clients.map(({ welcomes }) => welcomes.length);
  }

  async close(): Promise<void> {
    this.fallSilent();
    await Promise.all(this.clients.map((client) => client.close()));
  }

  async #open(waiting: number, consultations = 2): Promise<Practice> {
    const id = randomUUID();
    await new HttpCaller(this.#url).GET('/create-namespace', { namespaceId: id });
    const doctor = await this.#enter(id);
    const practice: Practice = { id, doctor, inConsultation: [], waiting: [], queue: [] };
    this.practices.push(practice);
    await doctor.say('doctor-joined', {});
    const hear = new Map<string, Line>();
    this.#listen(doctor, hear, practice);
    for (let n = 0; n < waiting + consultations; n += 1) {
      const patient = await this.#enter(id);
      const room = randomUUID();
      await patient.say('create', { 'room-id': room, patientID: room });
      if (n >= consultations) {
        practice.waiting.push(patient);
        continue;
      }
      practice.inConsultation.push(patient);
      await doctor.say('join', { 'room-id': room });
      const [there, back] = [new Line(doctor, patient), new Line(patient, doctor)];
      this.lines.push(there, back);
      hear.set(patient.id, back);
      this.#listen(patient, new Map([[doctor.id, there]]), practice);
    }
    return practice;
  }

  #enter(namespaceId: string): Promise<LeanClient> {
    return new LeanClient(this.#url, namespaceId, this.#options).welcomed();
  }

  #listen(client: LeanClient, lines: Map<string, Line>, practice: Practice): void {
    client.onEvent = (event, data) => {
      if (event === 'send-metadata') lines.get(data.from)?.heard.push(data.n);
      if (event === 'queue') {
        practice.queue = data.waiting.map((entry: { 'room-id': string }) => entry['room-id']);
      }
    };
  }
}
