import { setTimeout as pause } from 'node:timers/promises';
import { RELAY_EVENTS, type RelayEvent } from '@telemedicine-signaling/protocol';
import { Line } from './line.ts';
import { type Heard, type Person, UNANSWERED } from './person.ts';
import type { Tally } from './tally.ts';
import { WORDING } from './wording.ts';

/** How a call goes. */
export interface CallPlan {
  /** That each side sends. */
  messages: number;
  /** Over how long they are spread, in milliseconds. */
  lastsMs: number;
  /** Whether connections are cut in its midst. */
  drops: boolean;
}

/** More than that a browser does not gather in one negotiation. */
const CANDIDATES = 20;
/** How long after a message its sender's connection is cut, in milliseconds: about as long as an answer takes. */
const CUT_WITHIN_MS = 3;

interface Side {
  person: Person;
  peer: Person;
  out: Line;
  opens: RelayEvent;
}

/** The WebRTC set-up of one consultation, and what is said further, without any media. */
export class Call {
  readonly #plan: CallPlan;
  readonly #tally: Tally;
  readonly #sides: readonly [Side, Side];

  constructor(roomId: string, doctor: Person, patient: Person, plan: CallPlan, tally: Tally) {
    this.#plan = plan;
    this.#tally = tally;
    const side = (person: Person, peer: Person, opens: RelayEvent, mark: string): Side => ({
      person,
      peer,
      out: new Line(`${roomId} ${mark}`, tally),
      opens,
    });
    this.#sides = [
      side(doctor, patient, 'offer', 'to the patient'),
      side(patient, doctor, 'answer', 'to the doctor'),
    ];
  }

  /** Resolves when all has been said that is to be said, and has arrived. */
  async run(): Promise<void> {
    const [doctors, patients] = this.#sides;
    const undo = this.#sides.map(({ peer, out }) => listening(peer, out));
    try {
      const began = performance.now();
      const offered = patients.person.next('offer');
      const answered = doctors.person.next('answer');
      await this.#open(doctors, offered);
      await this.#open(patients, answered);
      this.#tally.calls.setUp += 1;
      this.#tally.times.setUp.push(performance.now() - began);
      await Promise.all(this.#sides.map((side) => this.#talk(side)));
      await Promise.all(this.#sides.map(({ out }) => out.complete()));
    } finally {
      for (const stop of undo) stop();
    }
  }

  /** What the other side has to have heard before it goes on: said again if it may be lost. */
  async #open(side: Side, heard: Promise<Heard>): Promise<void> {
    while ((await this.#say(side, side.opens)) === UNANSWERED);
    await heard;
  }

  async #talk(side: Side): Promise<void> {
    const { messages, lastsMs, drops } = this.#plan;
    // One of the two is cut off in each call, and both in some.
    const cutAt = drops && Math.random() < 0.6 ? Math.floor(Math.random() * messages) : -1;
    for (let n = 1; n < messages; n += 1) {
      await pause((lastsMs / messages) * 2 * Math.random());
      const event = n <= CANDIDATES ? 'ice-candidate' : 'send-metadata';
      const said = this.#say(side, event);
      if (n === cutAt) {
        // Before the server has it, or after, or while the answer is under way.
        await pause(Math.random() * CUT_WITHIN_MS);
        side.person.drop();
      }
      await said;
    }
  }

  async #say({ person, peer, out }: Side, event: RelayEvent) {
    const n = out.next();
    const simulated = { line: out.id, n };
    const payload = { 'peer-id': peer.id, ...WORDING[event], simulated };
    const answer = await person.say(event, payload, () => out.sent(n));
    if (answer === UNANSWERED) out.answered(n, 'unanswered');
    else if (answer.status === 'ok') out.answered(n, answer.delivered === 'held' ? 'held' : 'now');
    else throw new Error(`${event} is refused: ${answer.code}`);
    return answer;
  }
}

/** Tells the line what its hearer hears of it. */
function listening(hearer: Person, line: Line): () => void {
  return hearer.listen((event, { simulated }) => {
    if (!(RELAY_EVENTS as readonly string[]).includes(event)) return;
    const { line: id, n } = (simulated ?? {}) as { line?: string; n?: number };
    if (id === line.id && n !== undefined) line.heard(n, hearer.cameAt);
  });
}
