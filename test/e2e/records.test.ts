import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TestClient } from '../support/clients.ts';
import { HttpCaller } from '../support/http.ts';
import { ServerProcess } from '../support/process.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const DESK = 'clinic-7';

let server: ServerProcess;
let http: HttpCaller;
let clients: TestClient[];

beforeEach(async () => {
  server = await ServerProcess.start({ LOG_LEVEL: 'warn' });
  http = new HttpCaller(() => server.url);
  clients = [];
  await http.GET('/create-namespace', { namespaceId: DESK });
});
afterEach(async () => {
  for (const client of clients) client.close();
  await server.clear();
});

async function connect(): Promise<TestClient> {
  const client = new TestClient(server.url, DESK);
  clients.push(client);
  return client.ready();
}

async function said(client: TestClient, event: string, fields: object): Promise<void> {
  expect(await client.say(event, fields)).toMatchObject({ status: 'ok' });
}

/** Today's records, and those of yesterday in case it was midnight meanwhile. */
async function records(): Promise<unknown[]> {
  const found = [];
  for (const ago of [1, 0]) {
    const day = new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
    const { body } = await http.GET('/api/v1/consultations', { namespaceId: DESK, day });
    found.push(...(body.consultations as unknown[]));
  }
  return found;
}

test('RECORD-2 what was acknowledged is in the record after SIGKILL', async () => {
  const patient = await connect();
  const doctor = await connect();
  await said(doctor, 'doctor-joined', {});
  await said(patient, 'create', { 'room-id': 'over' });
  await said(doctor, 'join', { 'room-id': 'over', init: true });
  await said(doctor, 'join', { 'room-id': 'over' });
  await said(doctor, 'doctor-ended', { 'room-id': 'over' });
  await said(patient, 'create', { 'room-id': 'under-way' });
  await said(doctor, 'join', { 'room-id': 'under-way' });
  await server.signal('SIGKILL');
  await server.start();

  const time = expect.stringMatching(/Z$/);
  expect(await records()).toMatchObject([
    {
      'room-id': 'over',
      knocks: 1,
      'admitted-at': time,
      'admitted-by': doctor.id,
      lost: [],
      'ended-at': time,
      'end-reason': 'doctor-ended',
    },
    {
      'room-id': 'under-way',
      'admitted-at': time,
      // Nobody is back yet.
      lost: [
        { role: 'patient', 'client-id': patient.id, 'back-at': null },
        { role: 'doctor', 'client-id': doctor.id, 'back-at': null },
      ],
      'ended-at': null,
    },
  ]);
});
