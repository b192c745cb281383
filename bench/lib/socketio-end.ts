import type { End } from './contestant.ts';
import { BODIES, type Kind } from './messages.ts';
import { RawSocket, sentAt } from './raw-socket.ts';

// biome-ignore lint/suspicious/noExplicitAny: what a server says is looked at by who asked
type Heard = Record<string, any>;

/** One connection to a Socket.IO server, frame by frame. */
export class SocketIoEnd implements End {
  onHeard: (at: number) => void = () => {};
  /** Called at every event that is no relayed message. */
  onEvent: (event: string, data: Heard) => void = () => {};
  peer = '';
  readonly id: string;
  /** What it comes back with as the same client. */
  readonly resumeToken: string;
  readonly hasResumed: boolean;
  readonly #socket: RawSocket;
  readonly #prefix: string;
  readonly #asked = new Map<number, (answer: Heard) => void>();
  #asks = 0;

  private constructor(socket: RawSocket, namespaceId: string, welcome: Heard) {
    this.id = welcome['client-id'];
    this.resumeToken = welcome['resume-token'];
    this.hasResumed = welcome.resumed === true;
    this.#socket = socket;
    this.#prefix = `42/${namespaceId},`;
    socket.onText = (text) => this.#take(text);
  }

  static async open(url: string, namespaceId: string, auth: object = {}): Promise<SocketIoEnd> {
    const address = `${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
    const welcome = `42/${namespaceId},["welcome",`;
    let said: Heard = {};
    const socket = await RawSocket.open(address, (text, self) => {
      if (text.startsWith('0')) self.send(`40/${namespaceId},${JSON.stringify(auth)}`);
      if (!text.startsWith(welcome)) return false;
      said = JSON.parse(text.slice(welcome.length, -1));
      return true;
    });
    return new SocketIoEnd(socket, namespaceId, said);
  }

  say(kind: Kind, at: number): void {
    const addresses = `"peer-id":"${this.peer}","client-id":"${this.id}"`;
    this.#socket.send(`${this.#prefix}["${kind}",{${addresses},"at":${at},${BODIES[kind]}}]`);
  }

  /** Sends an event, and resolves with the acknowledgement. @throws Error if it is a refusal */
  ask(event: string, payload: object): Promise<Heard> {
    this.#asks += 1;
    const number = this.#asks;
    this.#socket.send(`${this.#prefix}${number}${JSON.stringify([event, payload])}`);
    return new Promise((resolve, reject) => {
      this.#asked.set(number, (answer) => {
        if (answer.status === 'error') reject(new Error(`${event}: ${answer.code} ${answer.msg}`));
        else resolve(answer);
      });
    });
  }

  close(): void {
    this.#socket.close();
  }

  #take(text: string): void {
    if (text === '2') this.#socket.send('3');
    else if (text.startsWith('43')) this.#acknowledged(text);
    else if (text.startsWith('42')) this.#hear(text);
  }

  #hear(text: string): void {
    const at = sentAt(text);
    if (at !== undefined) {
      this.onHeard(at);
      return;
    }
    const [event, data] = JSON.parse(text.slice(this.#prefix.length)) as [string, Heard];
    this.onEvent(event, data);
  }

  #acknowledged(text: string): void {
    const [, number, answer] = /^(\d+)(.*)$/s.exec(text.slice(this.#prefix.length)) ?? [];
    this.#asked.get(Number(number))?.(JSON.parse(answer ?? '[]')[0]);
    this.#asked.delete(Number(number));
  }
}
