import { ERROR_CODES } from '@telemedicine-signaling/protocol';
import { RawPolling, RawWebSocket } from '../support/raw-socket.ts';
import type { Arena } from './arena.ts';
import { CANARY } from './bystanders.ts';
import { type Practice, tokenFor } from './practices.ts';

/** Text as it is, or bytes. */
export type Frame = string | { base64: string };

/** What somebody does to the server on a connection. */
export type Attack =
  /** An event: its name and what comes with it, as the JSON of an array, or almost. */
  | { as: VillainName; say: string; isAcknowledged: boolean }
  /** Frames of Engine.IO, one after the other. */
  | { as: VillainName; frames: Frame[] }
  /** Bytes below WebSocket's own framing, in base64. */
  | { as: VillainName; bytes: string }
  /** A body of long-polling, on a connection of its own. */
  | { as: VillainName; posts: string; type: string };

export const CAST = {
  'doctor-0': { role: 'doctor', practice: 'market' },
  'doctor-1': { role: 'doctor', practice: 'market' },
  'patient-0': { role: 'patient', practice: 'market' },
  'patient-1': { role: 'patient', practice: 'market' },
  'patient-2': { role: 'patient', practice: 'market' },
  'guest-0': { role: 'guest', practice: 'market' },
  // Whoever is in the ward is a guest without a room, and knows whom it should not reach.
  'stranger-0': { role: 'guest', practice: 'ward' },
  'stranger-1': { role: 'guest', practice: 'ward' },
} as const satisfies Record<string, { role: string; practice: Practice }>;

export type VillainName = keyof typeof CAST;
export const VILLAINS = Object.keys(CAST) as VillainName[];

/** An event that nobody knows, and so nothing but a question whether anybody is there. */
const PROBE = '["are-we-there-yet",{}]';
const PROBE_AGAIN_MS = 100;

/** Somebody with an access token and bad manners: connects as often as it is cut. */
export class Villain {
  readonly #name: VillainName;
  readonly #arena: Arena;
  /** What stands for `{{name}}` in cases: ids that are new in every run. `{{own}}` is its practice. */
  readonly #known: Map<string, string>;
  readonly #token: string;
  #raw: RawWebSocket | undefined;
  #count = 1_000_000;

  constructor(name: VillainName, arena: Arena, known: Map<string, string>) {
    this.#name = name;
    this.#arena = arena;
    this.#known = known;
    const { role, practice } = CAST[name];
    this.#token = tokenFor(role, `hostile ${name}`, [practice]);
    known.set(`token-${name}`, this.#token);
  }

  /** Comes in; `takesPart`: and is where its role belongs, at the desk, in the waiting room, in a room. */
  async arrive(takesPart: boolean): Promise<void> {
    const { role, practice } = CAST[this.#name];
    const raw = await RawWebSocket.open(this.#arena.url);
    this.#raw = raw;
    raw.send(`40/${practice},${JSON.stringify({ token: this.#token })}`);
    const welcome = await raw.first((frame) => frame.startsWith(`42/${practice},["welcome"`));
    const [, { 'client-id': id, 'resume-token': resume }] = JSON.parse(
      welcome.slice(welcome.indexOf('[')),
    ) as [string, Record<string, string>];
    this.#known.set(this.#name, id ?? '').set(`resume-${this.#name}`, resume ?? '');
    if (!takesPart) return;
    if (role === 'doctor') await this.#say('["doctor-joined",{}]');
    const number = this.#name.slice(-1);
    if (role === 'patient') {
      await this.#say(`["create",{"room-id":"{{room-${number}}}","patientID":"p-${number}"}]`);
    }
    if (role === 'guest') await this.#say('["join",{"room-id":"{{room-0}}"}]');
  }

  /**
   * Does it, and finds out whether the server still answers; that it cuts the connection is fine. Throws
   * if it does neither, or tells what it should not.
   */
  async play(attack: Attack): Promise<'answered' | 'cut'> {
    if ('posts' in attack) return this.#post(attack.posts, attack.type);
    if (this.#raw?.isOpen !== true) await this.arrive('say' in attack);
    const raw = this.#raw as RawWebSocket;
    raw.heard.length = 0;
    if ('say' in attack && attack.isAcknowledged && attack.say.startsWith('[')) {
      return this.#outcome(this.#say(attack.say));
    }
    if ('say' in attack) this.#send(attack.say, '');
    else if ('bytes' in attack) {
      // The server may wait for the rest of a frame: there is no answer to wait for.
      raw.sendBytes(Buffer.from(attack.bytes, 'base64'));
      raw.close();
      return 'cut';
    } else {
      for (const frame of attack.frames) {
        const isText = typeof frame === 'string';
        raw.send(isText ? this.#filledIn(frame) : Buffer.from(frame.base64, 'base64'));
      }
    }
    return this.#outcome(this.#probe());
  }

  close(): void {
    this.#raw?.close();
  }

  async #post(body: string, type: string): Promise<'answered' | 'cut'> {
    const polling = await RawPolling.open(this.#arena.url);
    const status = await polling.post(this.#filledIn(body), { 'Content-Type': type });
    if (status !== undefined && status >= 500) throw new Error(`A fault: ${status}`);
    await polling.post('1');
    return status === 200 ? 'answered' : 'cut';
  }

  /** Sends an event and waits for its acknowledgement. */
  #say(event: string): Promise<string> {
    this.#count += 1;
    const beginning = `43/${CAST[this.#name].practice},${this.#count}[`;
    this.#send(event, this.#count);
    return (this.#raw as RawWebSocket).first((frame) => frame.startsWith(beginning));
  }

  #send(event: string, id: number | '' = this.#count): void {
    this.#raw?.send(`42/${CAST[this.#name].practice},${id}${this.#filledIn(event)}`);
  }

  /** Resolves when the server answers. What comes right behind a DISCONNECT goes unheard: hence again. */
  async #probe(): Promise<string> {
    const answering = this.#say(PROBE);
    const again = setInterval(() => this.#send(PROBE), PROBE_AGAIN_MS);
    return answering.finally(() => clearInterval(again));
  }

  async #outcome(answering: Promise<string>): Promise<'answered' | 'cut'> {
    const raw = this.#raw as RawWebSocket;
    const answer = await answering.catch((error: unknown) => {
      if (raw.isOpen) throw error;
      return undefined;
    });
    for (const frame of raw.heard) assertTellsNothing(frame);
    if (answer === undefined) return 'cut';
    const [said] = JSON.parse(answer.slice(answer.indexOf('['))) as [
      { status: string; code: string },
    ];
    const isKnown = said.status === 'ok' || (ERROR_CODES as string[]).includes(said.code);
    if (!isKnown) throw new Error(`an answer of no form: ${answer}`);
    return 'answered';
  }

  #filledIn(text: string): string {
    const { practice } = CAST[this.#name];
    return text.replace(/\{\{([a-z0-9-]+)\}\}/g, (whole, name) =>
      name === 'own' ? practice : (this.#known.get(name) ?? whole),
    );
  }
}

/** Nothing of those who are honest, and no fault of the server's own. */
export function assertTellsNothing(said: string): void {
  if (said.includes(CANARY)) throw new Error(`It tells of others: ${said}`);
  if (/"code":"internal"|\bat \S+ \(\S+:\d+:\d+\)/.test(said)) throw new Error(`A fault: ${said}`);
}
