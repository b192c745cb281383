import { PROTOCOL_VERSION } from '@telemedicine-signaling/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRANSPORTS } from '../support/clients.ts';
import { fullHouse } from '../support/full-house.ts';
import { MATRIX } from '../support/matrix.ts';
import { freshRoom, granted, Practice, turnedAway } from '../support/practice.ts';
import { Service } from '../support/service.ts';

const PAGE = 'https://clinic.example';
const OTHER_PAGE = 'https://elsewhere.example';

let service: Service;

beforeAll(async () => {
  service = await Service.start({ ALLOWED_ORIGINS: PAGE });
});

afterAll(() => service.stop());

describe.each(MATRIX)('with socket.io-client $version over $transport', (combination) => {
  it('GATE-4 ID-2 RESUME-2 welcome comes first and says who the client is', async () => {
    const practice = await Practice.open(service, combination);
    const client = await practice.visitor();
    await practice.settled();
    expect(client.heard).toEqual([{ event: 'welcome', data: client.welcome }]);
    expect(client.welcome).toEqual({
      'client-id': client.socket.id,
      role: 'guest',
      'namespace-id': practice.id,
      'resume-token': expect.stringMatching(/^[\w-]{43}$/),
      resumed: false,
      'window-seconds': 60,
      protocol: PROTOCOL_VERSION,
      features: expect.arrayContaining(['resume']),
      'ice-servers': expect.any(Array),
      'ice-expires-at': null,
      polite: 'greater-client-id',
      limits: expect.objectContaining({
        'message-bytes': 65_536,
        'metadata-bytes': 16_384,
        'payload-depth': 32,
        'namespaces-per-connection': 5,
        'rooms-per-client': 10,
      }),
    });
  });

  it('GATE-3 a namespace can be connected to once it is made, and not before', async () => {
    const namespaceId = `made-late-${combination.version}-${combination.transport}`;
    await turnedAway(service.join(namespaceId, combination), 'namespace-not-found');
    await service.call('create-namespace', { namespaceId });
    const client = await service.join(namespaceId, combination);
    expect(client.welcome['namespace-id']).toBe(namespaceId);
  });
});

it('ID-1 GATE-3 every well-formed namespace id can be connected to', async () => {
  for (const namespaceId of ['A-z.0_9~@:', 'n'.repeat(128), '1', '__proto__', 'constructor']) {
    await service.call('create-namespace', { namespaceId });
    const client = await service.join(namespaceId);
    expect(client.welcome['namespace-id']).toBe(namespaceId);
  }
});

it.each(['', 'toString', 'hasOwnProperty', '...'])(
  'GATE-3 namespace "%s" is not there: connect_error',
  async (namespaceId) => {
    await turnedAway(service.join(namespaceId), 'namespace-not-found');
  },
);

it.each(['a/b', 'a b', 'n'.repeat(129), '%61', '../etc'])(
  'ID-1 GATE-3 namespace "%s" is malformed: connect_error',
  async (namespaceId) => {
    await expect(service.join(namespaceId)).rejects.toThrow('Invalid namespace');
  },
);

it('GATE-3 who connects while the namespace is being made is turned away, or there with all', async () => {
  for (let round = 0; round < 10; round += 1) {
    const namespaceId = `in-the-making-${round}`;
    const attempt = () => service.join(namespaceId).catch(() => undefined);
    const early = [attempt(), attempt(), attempt()];
    const made = service.call('create-namespace', { namespaceId });
    const clients = (await Promise.all([...early, attempt(), made.then(attempt)])).slice(0, 5);
    const there = clients.filter((client) => client !== undefined);
    const doctor = await service.doctor(namespaceId);
    for (const client of there) await granted(client.say('create', { 'room-id': client.id }));
    const ids = new Set(there.map(({ id }) => id));
    for (const id of ids) await doctor.first('new-patient', ({ from }) => from === id);
    await service.call('remove-namespace', { namespaceId });
    for (const client of there) expect(await client.ended()).toBe('io server disconnect');
  }
});

describe.each(TRANSPORTS)('over %s', (transport) => {
  it('GATE-1 a page of an allowed origin connects, and so does what is no page', async () => {
    const practice = await Practice.open(service, { transport });
    const page = await practice.visitor({ headers: { Origin: PAGE } });
    const noPage = await practice.visitor();
    expect([page.welcome.resumed, noPage.welcome.resumed]).toEqual([false, false]);
  });

  it('GATE-1 a page of another origin gets no connection', async () => {
    const practice = await Practice.open(service, { transport });
    await expect(practice.visitor({ headers: { Origin: OTHER_PAGE } })).rejects.toThrow();
    await expect(practice.visitor({ headers: { Origin: 'null' } })).rejects.toThrow();
  });

  it('GATE-5 a message that is too large cuts its connection, and no other', async () => {
    const { practice, room, patient, neighbour, heard } = await fullHouse(service);
    const sender = await practice.visitor({ transport });
    await granted(sender.say('join', { 'room-id': room }));
    await heard();
    sender.socket.emit('offer', { 'peer-id': patient.id, filler: 'x'.repeat(65_536) });
    await sender.ended();
    await patient.first('client-disconnected', (data) => data['client-id'] === sender.id);
    expect(await heard()).toEqual({
      patient: ['client-disconnected'],
      companion: ['client-disconnected'],
    });
    expect(neighbour.socket.connected).toBe(true);
  });

  it('GATE-5 a message of almost the limit passes', async () => {
    const practice = await Practice.open(service, { transport });
    const doctor = await practice.doctor();
    const patient = await practice.patient(freshRoom());
    const filler = 'x'.repeat(65_000);
    await granted(doctor.say('offer', { 'peer-id': patient.id, filler }));
    expect((await patient.first('offer')).filler).toBe(filler);
  });
});

it('GATE-2 a connection is in so many namespaces at once and no more', async () => {
  const first = await (await Practice.open(service)).visitor();
  const another = async () => {
    const { id } = await Practice.open(service);
    const socket = first.socket.io.socket(`/${id}`);
    const outcome = await new Promise((resolve) => {
      socket.once('welcome', () => resolve('welcome'));
      socket.once('connect_error', (error) => resolve(error));
    });
    return { socket, outcome };
  };
  const open = [await another(), await another(), await another(), await another()];
  expect(open.map(({ outcome }) => outcome)).toEqual(Array(4).fill('welcome'));
  const sixth = await another();
  expect(sixth.outcome).toMatchObject({
    message: 'limit-reached',
    data: { code: 'limit-reached', msg: expect.any(String), retry: true },
  });
  expect(first.socket.connected).toBe(true);

  open[0]?.socket.disconnect();
  expect((await another()).outcome).toBe('welcome');
});

it('GATE-2 a connection that keeps sending CONNECT packets is cut', async () => {
  const { practice, heard } = await fullHouse(service);
  const eager = await practice.visitor();
  const engine = eager.socket.io.engine as unknown as { write(packet: string): void };
  for (let n = 0; n < 20; n += 1) engine.write(`0/${practice.id},`);
  await eager.ended();
  expect(await heard()).toEqual({});
});

it('GATE-2 who comes and goes on one connection leaves nothing behind on it', async () => {
  const warnings: string[] = [];
  const note = (warning: Error) => warnings.push(warning.message);
  process.on('warning', note);
  const client = await (await Practice.open(service)).visitor();
  for (let n = 0; n < 12; n += 1) {
    const { id } = await Practice.open(service);
    const passing = client.socket.io.socket(`/${id}`);
    await new Promise((resolve) => passing.once('welcome', resolve));
    passing.disconnect();
    await client.caughtUp();
  }
  process.off('warning', note);
  expect(warnings).toEqual([]);
});

it('WHO-1 two namespaces on one connection know nothing of each other', async () => {
  const one = await Practice.open(service);
  const other = await Practice.open(service);
  const doctor = await one.doctor();
  const desk = doctor.socket.io.socket(`/${other.id}`);
  const heardAtDesk: string[] = [];
  desk.onAny((event: string) => heardAtDesk.push(event));
  await new Promise((resolve) => desk.once('welcome', resolve));

  const patient = await one.patient(freshRoom());
  await one.settled();
  await new Promise((resolve) => desk.emit('are-we-there-yet', {}, resolve));
  expect(doctor.all('new-patient').map(({ from }) => from)).toEqual([patient.id]);
  expect(heardAtDesk).toEqual(['welcome']);
  expect(desk.id).not.toBe(doctor.id);
});

it('GATE-3 a namespace of the same name as a removed one starts empty', async () => {
  const practice = await Practice.open(service);
  const room = freshRoom();
  const doctor = await practice.doctor();
  const patient = await practice.patient(room);
  await service.call('remove-namespace', { namespaceId: practice.id });
  await Promise.all([doctor.ended(), patient.ended()]);
  await service.call('create-namespace', { namespaceId: practice.id });

  const newDoctor = await practice.doctor();
  expect(await newDoctor.first('queue')).toEqual({ 'namespace-id': practice.id, waiting: [] });
  const former = await practice.resume(patient);
  expect(former.welcome.resumed).toBe(false);
  const newPatient = await practice.patient(freshRoom());
  expect(await newDoctor.first('new-patient')).toMatchObject({ from: newPatient.id });
});
