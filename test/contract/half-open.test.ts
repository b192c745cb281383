import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectOptions, TestClient, TRANSPORTS } from '../support/clients.ts';

import { freshRoom, granted, Practice } from '../support/practice.ts';
import { Service } from '../support/service.ts';

const HEARTBEAT = { PING_INTERVAL_MS: '100', PING_TIMEOUT_MS: '300' };

/** A way to the service that can fall silent: what is sent is swallowed, and neither end is told. */
class Line {
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
    line.#server.listen(0, '127.0.0.1');
    await once(line.#server, 'listening');
    return line;
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

  close(): void {
    this.#server.close();
    for (const end of this.#ends) end.destroy();
  }

  #pass(from: Socket, to: Socket, isHeard: () => boolean): void {
    this.#ends.add(from);
    from.on('error', () => {});
    from.on('data', (chunk) => isHeard() && to.write(chunk));
    from.on('close', () => isHeard() && to.destroy());
  }
}

let service: Service;
const lines: Line[] = [];
const clients: TestClient[] = [];

beforeAll(async () => {
  service = await Service.start();
});

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  for (const line of lines.splice(0)) line.close();
});

afterAll(() => service.stop());

async function lineTo(target: Service): Promise<Line> {
  const line = await Line.to(target);
  lines.push(line);
  return line;
}

/** A client on this line; not welcome yet. */
function on(line: Line, namespaceId: string, options: ConnectOptions): TestClient {
  const client = new TestClient(line.url, namespaceId, options);
  clients.push(client);
  return client;
}

/** How many events this client has heard after `welcome`. */
const countOf = ({ heard }: TestClient): number =>
  heard.length - 1 - heard.findIndex(({ event }) => event === 'welcome');

/** What a page says that counts. */
const counted = (client: TestClient, before = client) => ({
  resume: client.welcome['resume-token'],
  heard: countOf(before),
});

const numbers = (client: TestClient, event: 'offer' | 'ice-candidate'): number[] =>
  client.all(event).map(({ n }) => n);

/** A patient on a line of its own, who waits with a doctor and a guest around. */
async function patientOnLine(options: ConnectOptions = {}, target = service) {
  const practice = await Practice.open(target);
  const room = freshRoom();
  const doctor = await practice.doctor();
  const line = await lineTo(target);
  const patient = await on(line, practice.id, options).ready();
  await granted(patient.say('create', { 'room-id': room, patientID: room }));
  const companion = await practice.companion(room);
  await patient.caughtUp();
  const offer = (n: number) => companion.say('offer', { 'peer-id': patient.id, n });
  return { practice, room, doctor, line, patient, companion, offer };
}

describe('a half-open connection', () => {
  it.each(TRANSPORTS)(
    'RESUME-10 over %s: what it swallowed arrives, in order, and nothing comes twice',
    async (transport) => {
      const { practice, room, doctor, line, patient, offer } = await patientOnLine({ transport });
      await granted(offer(1));
      await patient.first('offer');
      line.silence();
      for (const n of [2, 3]) expect(await offer(n)).toMatchObject({ delivered: 'now' });
      await granted(doctor.say('join', { 'room-id': room, init: true }));
      await granted(offer(4));
      patient.drop();
      const back = await practice.visitor({ transport, auth: counted(patient) });
      await back.caughtUp();
      expect(back.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
      expect(back.welcome).not.toHaveProperty('resynchronise');
      expect(back.names()).toEqual(['offer', 'offer', 'doctor-entered', 'offer']);
      expect(numbers(back, 'offer')).toEqual([2, 3, 4]);
    },
  );

  it('RESUME-10 what tells how things stand is told as it is now, once', async () => {
    const practice = await Practice.open(service);
    const line = await lineTo(service);
    const doctor = await on(line, practice.id, {}).ready();
    await granted(doctor.say('doctor-joined', {}));
    const rooms = [freshRoom(), freshRoom()];
    await practice.patient(String(rooms[0]));
    await doctor.first('queue', ({ waiting }) => waiting.length === 1);
    line.silence();
    const second = await practice.patient(String(rooms[1]));
    // Sent after the second queue, which the line swallows too.
    await second.first('queue-position');
    doctor.drop();
    const back = await practice.visitor({ auth: counted(doctor) });
    await back.caughtUp();
    expect(back.heard.map(({ event }) => event)).toEqual(['welcome', 'new-patient', 'queue']);
    expect(back.all('new-patient')).toMatchObject([{ from: second.id }]);
    expect(back.all('queue')[0]?.waiting).toHaveLength(2);
  });

  it('RESUME-10 RESUME-5 what was swallowed and what was kept afterwards are one sequence', async () => {
    const quick = await Service.start(HEARTBEAT);
    try {
      const { practice, doctor, line, patient, offer } = await patientOnLine({}, quick);
      line.silence();
      await granted(offer(1));
      await doctor.first('client-disconnected');
      expect(await offer(2)).toMatchObject({ delivered: 'held' });
      await granted(offer(3));
      patient.drop();
      const back = await practice.visitor({ auth: counted(patient) });
      await back.caughtUp();
      expect(numbers(back, 'offer')).toEqual([1, 2, 3]);
    } finally {
      await quick.stop();
    }
  });

  it('RESUME-10 heartbeats that were answered leave nothing to send again', async () => {
    const quick = await Service.start(HEARTBEAT);
    try {
      const { practice, line, patient, offer } = await patientOnLine({}, quick);
      let pings = 0;
      patient.socket.io.on('ping', () => {
        pings += 1;
      });
      await granted(offer(1));
      await expect.poll(() => pings).toBeGreaterThan(3);
      await granted(offer(2));
      await patient.first('offer', ({ n }) => n === 2);
      line.silence();
      await granted(offer(3));
      patient.drop();
      // A count that is too low asks for what was confirmed: it is not there any more.
      const { resume, heard } = counted(patient);
      const back = await practice.visitor({ auth: { resume, heard: heard - 2 } });
      expect(back.welcome).toMatchObject({ resumed: true, resynchronise: true });
      await back.caughtUp();
      expect(numbers(back, 'offer')).not.toContain(1);
    } finally {
      await quick.stop();
    }
  });

  it('RESUME-10 who does not count gets what was kept, and nothing twice', async () => {
    const { practice, doctor, line, patient, companion, offer } = await patientOnLine();
    await granted(offer(1));
    await patient.first('offer');
    patient.drop();
    await doctor.first('client-disconnected');
    await granted(offer(2));
    const back = await practice.resume(patient);
    await back.caughtUp();
    expect(numbers(back, 'offer')).toEqual([2]);
    line.close();
    await granted(companion.say('offer', { 'peer-id': patient.id, n: 3 }));
    expect(await back.first('offer', ({ n }) => n === 3)).toBeDefined();
  });

  it.each([
    ['more than there was', 1000],
    ['nothing', undefined],
    ['a text', '3'],
    ['less', -1],
  ])('RESUME-10 a count that says %s harms nobody', async (_, heard) => {
    const { practice, line, patient, offer } = await patientOnLine();
    line.silence();
    await granted(offer(1));
    patient.drop();
    const resume = patient.welcome['resume-token'];
    const back = await practice.visitor({ auth: { resume, heard } });
    await back.caughtUp();
    expect(back.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
    expect(numbers(back, 'offer')).toEqual([]);
  });

  it('RESUME-5 RESUME-10 swallowed past the bounds: the client is told to resynchronise', async () => {
    const small = await Service.start({ MAX_HELD_MESSAGES: '4' });
    try {
      const { practice, line, patient, offer } = await patientOnLine({}, small);
      line.silence();
      for (let n = 0; n < 5; n += 1) await granted(offer(n));
      patient.drop();
      const back = await practice.visitor({ auth: counted(patient) });
      expect(back.welcome).toMatchObject({ resumed: true, resynchronise: true });
    } finally {
      await small.stop();
    }
  });

  it('RESUME-4 what a client said on it that arrives late does not count', async () => {
    const { practice, room, line, patient, companion } = await patientOnLine();
    line.deafen();
    const back = await practice.visitor({ auth: counted(patient) });
    patient.socket.emit('patient-left', {});
    patient.socket.emit('offer', { 'peer-id': companion.id, n: 13 });
    await granted(back.say('offer', { 'peer-id': companion.id, n: 14 }));
    await practice.settled();
    expect(numbers(companion, 'offer')).toEqual([14]);
    expect(await service.call('join-room', { roomId: room })).toMatchObject({ state: 'waiting' });
  });

  it('RESUME-9 a page of before, which cannot resume, takes its place again', async () => {
    const { practice, room, doctor, line, patient } = await patientOnLine({ version: '4.1' });
    line.silence();
    patient.drop();
    const again = await practice.patient(room, { patientID: room }, { version: '4.1' });
    expect(again.all('queue-position')).toMatchObject([{ position: 1 }]);
    await granted(doctor.say('join', { 'room-id': room }));
    expect(await again.first('room-joined')).toMatchObject({ from: doctor.id });
    await service.pass(60_000);
    await practice.settled();
    expect(again.all('room-ended')).toEqual([]);
  });
});

/** The client comes back over the line, the service takes it up, and the client hears nothing of it. */
async function unheardReturn(
  line: Line,
  namespaceId: string,
  auth: Record<string, unknown>,
  witness: TestClient,
): Promise<void> {
  const before = witness.all('client-reconnected').length;
  line.restore();
  const unheard = on(line, namespaceId, { auth });
  unheard.socket.io.on('open', () => line.deafen());
  await expect.poll(() => witness.all('client-reconnected').length).toBe(before + 1);
  expect(unheard.heard).toEqual([]);
  unheard.drop();
}

describe('a welcome that never arrives', () => {
  it('RESUME-3 RESUME-10 does not spend the token, and costs no message', async () => {
    const { practice, line, patient, companion, offer } = await patientOnLine();
    await granted(offer(1));
    await patient.first('offer');
    const auth = counted(patient);
    line.silence();
    await granted(offer(2));
    patient.drop();
    for (const n of [3, 4, 5]) {
      await unheardReturn(line, practice.id, auth, companion);
      await granted(offer(n));
    }
    const back = await practice.visitor({ auth });
    await back.caughtUp();
    expect(back.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
    expect(numbers(back, 'offer')).toEqual([2, 3, 4, 5]);
    const thief = await practice.visitor({ auth });
    expect(thief.welcome.resumed).toBe(false);
  });

  it('RESUME-3 RESUME-5 nor what was kept meanwhile, for a page that does not count', async () => {
    const { practice, doctor, line, patient, companion, offer } = await patientOnLine();
    const auth = { resume: patient.welcome['resume-token'] };
    patient.drop();
    await doctor.first('client-disconnected');
    for (const n of [1, 2]) expect(await offer(n)).toMatchObject({ delivered: 'held' });
    await unheardReturn(line, practice.id, auth, companion);
    await granted(offer(3));
    const back = await practice.visitor({ auth });
    await back.caughtUp();
    expect(numbers(back, 'offer')).toEqual([1, 2, 3]);
  });

  it('RESUME-3 RESUME-5 that said to resynchronise says so again', async () => {
    const small = await Service.start({ MAX_HELD_MESSAGES: '4' });
    try {
      const { practice, doctor, line, patient, companion, offer } = await patientOnLine({}, small);
      const auth = counted(patient);
      patient.drop();
      await doctor.first('client-disconnected');
      for (let n = 0; n < 5; n += 1) await granted(offer(n));
      await unheardReturn(line, practice.id, auth, companion);
      const back = await practice.visitor({ auth });
      expect(back.welcome).toMatchObject({ resumed: true, resynchronise: true });
    } finally {
      await small.stop();
    }
  });

  it('RESUME-2 RESUME-3 leaves the new token good as well, if it was heard after all', async () => {
    const { practice, line, patient, doctor } = await patientOnLine();
    patient.drop();
    await doctor.first('client-disconnected');
    const back = await on(line, practice.id, { auth: counted(patient) }).ready();
    line.silence();
    const again = await practice.visitor({ auth: counted(back) });
    expect(again.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
  });

  it('RESUME-3 RESUME-7 and its window runs from when it is known to be lost', async () => {
    const quick = await Service.start(HEARTBEAT);
    try {
      const { practice, line, patient, companion, doctor } = await patientOnLine({}, quick);
      const auth = counted(patient);
      patient.drop();
      await doctor.first('client-disconnected');
      await unheardReturn(line, practice.id, auth, companion);
      await expect.poll(() => doctor.all('client-disconnected').length).toBe(2);
      await quick.pass(59_999);
      const back = await practice.visitor({ auth });
      expect(back.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
    } finally {
      await quick.stop();
    }
  });
});
