import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'vitest';
import type { ConnectOptions, TestClient } from './clients.ts';
import { freshRoom, granted, Practice } from './practice.ts';
import type { Service } from './service.ts';

/** A way to the service that can fall silent: what is sent is swallowed, and neither end is told. */
export class Line {
  static readonly #open = new Set<Line>();
  readonly #server: Server;
  readonly #ends = new Set<Socket>();
  #hears = { client: true, service: true };

  private constructor(target: URL) {
    this.#server = createServer((near) => {
      const far = connect(Number(target.port), target.hostname);
      this.#pass(near, far, () => this.#hears.service);
      this.#pass(far, near, () => this.#hears.client);
    });
  }

  static async to(service: Service): Promise<Line> {
    const line = new Line(new URL(service.url));
    Line.#open.add(line);
    line.#server.listen(0, '127.0.0.1');
    await once(line.#server, 'listening');
    return line;
  }

  static closeAll(): void {
    for (const line of Line.#open) {
      line.#server.close();
      for (const end of line.#ends) end.destroy();
    }
    Line.#open.clear();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on nothing arrives at either end. */
  silence(): void {
    this.#hears = { client: false, service: false };
  }

  /** From now on the service hears the client, which hears nothing. */
  deafen(): void {
    this.#hears = { client: false, service: true };
  }

  restore(): void {
    this.#hears = { client: true, service: true };
  }

  #pass(from: Socket, to: Socket, isHeard: () => boolean): void {
    this.#ends.add(from);
    from.on('error', () => {});
    from.on('data', (chunk) => isHeard() && to.write(chunk));
    from.on('close', () => isHeard() && to.destroy());
  }
}

/** A patient on a line of its own, who waits with a doctor and a guest around. */
export async function patientOnLine(service: Service, options: ConnectOptions = {}) {
  const practice = await Practice.open(service);
  const room = freshRoom();
  const doctor = await practice.doctor();
  const line = await Line.to(service);
  const patient = await service.connectTo(line.url, practice.id, options).ready();
  await granted(patient.say('create', { 'room-id': room, patientID: room }));
  const companion = await practice.companion(room);
  await patient.caughtUp();
  const offer = (n: number) => companion.say('offer', { 'peer-id': patient.id, n });
  return { practice, room, doctor, line, patient, companion, offer };
}

/** What a page says that counts what it hears after `welcome` (SPEC RESUME-10). */
export const counted = ({ heard, welcome }: TestClient) => ({
  resume: welcome['resume-token'],
  heard: heard.length - 1 - heard.findIndex(({ event }) => event === 'welcome'),
});

/** The `n` of the offers that it heard. */
export const offersTo = (client: TestClient): number[] => client.all('offer').map(({ n }) => n);

/** A client comes back over the line, the service takes it up, and it hears nothing of that. */
export async function returnUnheard(
  service: Service,
  line: Line,
  namespaceId: string,
  auth: Record<string, unknown>,
  witness: TestClient,
): Promise<void> {
  const before = witness.all('client-reconnected').length;
  line.restore();
  const unheard = service.connectTo(line.url, namespaceId, { auth });
  unheard.socket.io.on('open', () => line.deafen());
  await expect.poll(() => witness.all('client-reconnected').length).toBe(before + 1);
  expect(unheard.heard).toEqual([]);
  unheard.drop();
}
