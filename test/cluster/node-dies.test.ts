import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TestClient } from '../support/clients.ts';
import { granted } from '../support/practice.ts';
import type { ServerProcess } from '../support/process.ts';
import { ServerCluster } from '../support/server-cluster.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Lease and window together pass before it is over; nothing waits for it to pass. */
const PATIENCE = { timeout: 20_000, interval: 100 };

let cluster: ServerCluster;
const open: TestClient[] = [];

beforeEach(async () => {
  cluster = await ServerCluster.start(2, { LOG_LEVEL: 'warn', WINDOW_PATIENT_SECONDS: '2' });
  await fetch(`${cluster.url()}/create-namespace?namespaceId=desk`);
});
afterEach(async () => {
  for (const client of open.splice(0)) client.close();
  await cluster.clear();
});

async function at(node: ServerProcess | undefined, auth = {}): Promise<TestClient> {
  const client = new TestClient(node?.url ?? '', 'desk', { auth });
  open.push(client);
  return client.ready();
}

it('CLUSTER-6 RESUME-7 whose node died and who does not come back is lost, and gone after a whole window', async () => {
  const [one, two] = cluster.nodes;
  const doctor = await at(one);
  await granted(doctor.say('doctor-joined', {}));
  const patient = await at(two);
  await granted(patient.say('create', { 'room-id': 'r-1', patientID: 'p-1' }));
  await doctor.first('new-patient');
  await cluster.end(two as ServerProcess, 'SIGKILL');
  const lost = { 'client-id': patient.id, 'room-id': 'r-1' };
  await expect.poll(() => doctor.all('client-disconnected'), PATIENCE).toEqual([lost]);
  const removed = { patientID: 'p-1', 'room-id': 'r-1' };
  await expect.poll(() => doctor.all('patient-remove'), PATIENCE).toEqual([removed]);
});

it('CLUSTER-6 RESUME-5 what is said to somebody whose node died is held, and arrives at another node in order', async () => {
  const [one, two] = cluster.nodes;
  const doctor = await at(one);
  await granted(doctor.say('doctor-joined', {}));
  const patient = await at(two);
  await granted(patient.say('create', { 'room-id': 'r-1' }));
  await cluster.end(two as ServerProcess, 'SIGKILL');
  for (const n of [0, 1, 2]) {
    const answer = await doctor.say('offer', { 'peer-id': patient.id, n });
    expect(answer).toEqual({ status: 'ok', delivered: 'held' });
  }
  const back = await at(one, { resume: patient.welcome['resume-token'] });
  expect(back.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
  await back.first('offer', ({ n }) => n === 2);
  expect(back.all('offer').map(({ n }) => n)).toEqual([0, 1, 2]);
});
