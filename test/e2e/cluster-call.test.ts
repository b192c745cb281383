import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { FaultProxy } from '../support/fault-proxy.ts';
import { ServerProcess } from '../support/process.ts';
import { RedisServer } from '../support/redis-server.ts';
import { SOON } from './call-page.ts';
import { Clinic } from './clinic.ts';
import { enter, expectCall, openDesk, phaseOfVisit, sdkPage } from './sdk-page.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let redis: RedisServer;
let clinic: Clinic;
const others: ServerProcess[] = [];
const ways: FaultProxy[] = [];

beforeAll(async () => {
  redis = await RedisServer.start();
  clinic = await Clinic.open({ REDIS_URL: redis.url });
});
afterEach(async () => {
  await clinic.closePages();
  await Promise.all(ways.splice(0).map((way) => way.stop()));
  await Promise.all(others.splice(0).map((other) => other.clear()));
});
afterAll(async () => {
  await clinic.close();
  await redis.stop();
});

async function otherNode(): Promise<ServerProcess> {
  const other = await ServerProcess.start({ REDIS_URL: redis.url, LOG_LEVEL: 'warn' });
  others.push(other);
  return other;
}

/** What a load balancer is to one client: the way to a node of its own, and from there to the clinic's. */
async function wayToOwnNode() {
  const node = await otherNode();
  let leadsTo: { readonly url: string } = node;
  const way = await FaultProxy.start(() => leadsTo.url);
  ways.push(way);
  const kill = async (): Promise<void> => {
    leadsTo = clinic.server;
    const { accepted } = way;
    await node.signal('SIGKILL');
    await expect.poll(() => way.accepted, SOON).toBeGreaterThan(accepted);
  };
  return { url: way.url, kill };
}

test('CLUSTER-4 CLUSTER-6 doctor and patient at two nodes hold a call, which goes on while the doctor’s node is killed', async () => {
  const transports = 'polling,websocket';
  const other = await otherNode();
  const doctor = await clinic.doctor('clinic-7', transports);
  const ada = await clinic.patient('clinic-7', transports, 'Ada', other);
  await doctor.page.getByRole('button', { name: 'Call' }).click();
  await Promise.all([doctor.expectMediaToFlow(), ada.expectMediaToFlow()]);

  await clinic.server.signal('SIGKILL');
  await Promise.all([doctor.expectMediaToFlow(), ada.expectMediaToFlow()]);
  // The other node goes on meanwhile.
  await clinic.patient('clinic-7', 'websocket', 'Ben', other);

  await clinic.server.start();
  const names = () => doctor.page.locator('#waiting strong').allTextContents();
  await expect.poll(names, SOON).toEqual(['Ben']);
  await Promise.all([doctor.expectMediaToFlow(), ada.expectMediaToFlow()]);
  await doctor.expectConnectionStates('connected');
  await ada.expectConnectionStates('connected');
});

test('CLUSTER-6 SDK-1 doctor and patient at two nodes of three hold a call, which goes on while both nodes are killed: both resume at the third, and the doctor ends it', async () => {
  const [doctorsWay, adasWay] = [await wayToOwnNode(), await wayToOwnNode()];
  const [doctor, ada] = [await sdkPage(clinic), await sdkPage(clinic)];
  const [namespaceId, metadata] = ['clinic-8', { name: 'Ada' }];
  await openDesk(doctor, namespaceId, doctorsWay.url);
  await enter(ada, { namespaceId, server: adasWay.url, metadata });
  await doctor.page.evaluate(() => window.desk.callNext());
  await expectCall(doctor, ada);

  await doctorsWay.kill();
  await Promise.all([doctor.expectMediaToFlow(), ada.expectMediaToFlow()]);
  await expect
    .poll(() => doctor.page.evaluate(() => window.desk.state.connection), SOON)
    .toBe('online');
  await adasWay.kill();
  await Promise.all([doctor.expectMediaToFlow(), ada.expectMediaToFlow()]);
  await expect
    .poll(() => ada.page.evaluate(() => window.visit.state.connection), SOON)
    .toBe('online');

  await expectCall(doctor, ada);
  await doctor.expectConnectionStates('connected');
  await ada.expectConnectionStates('connected');
  await doctor.page.evaluate(() => window.desk.end());
  await expect.poll(() => phaseOfVisit(ada), SOON).toBe('ended');
  const outcome = await ada.page.evaluate(() => window.visit.state.outcome);
  expect(outcome).toMatchObject({ reason: 'doctor-ended', by: 'doctor' });
});
