import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ServerProcess } from '../support/process.ts';
import { RedisServer } from '../support/redis-server.ts';
import { SOON } from './call-page.ts';
import { Clinic } from './clinic.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let redis: RedisServer;
let clinic: Clinic;
let other: ServerProcess;

beforeAll(async () => {
  redis = await RedisServer.start();
  clinic = await Clinic.open({ REDIS_URL: redis.url });
  other = await ServerProcess.start({ REDIS_URL: redis.url, LOG_LEVEL: 'warn' });
});
afterAll(async () => {
  await clinic.close();
  await other.clear();
  await redis.stop();
});

test('CLUSTER-4 CLUSTER-6 doctor and patient at two nodes hold a call, which goes on while the doctor’s node is killed', async () => {
  const transports = 'polling,websocket';
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
