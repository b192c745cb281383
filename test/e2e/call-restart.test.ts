import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { SOON } from './call-page.ts';
import { Clinic } from './clinic.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let clinic: Clinic;

beforeAll(async () => {
  clinic = await Clinic.open();
});
afterAll(() => clinic.close());

test('RESUME-8 a call goes on while the server is killed and started again', async () => {
  const { server } = clinic;
  const doctor = await clinic.doctor('clinic-7', 'polling,websocket');
  const ada = await clinic.patient('clinic-7', 'polling,websocket', 'Ada');
  await doctor.page.getByRole('button', { name: 'Call' }).click();
  await Promise.all([doctor.expectMediaToFlow(), ada.expectMediaToFlow()]);

  expect((await server.signal('SIGKILL')).signal).toBe('SIGKILL');
  await Promise.all([doctor.expectMediaToFlow(), ada.expectMediaToFlow()]);

  await server.start();
  await clinic.patient('clinic-7', 'websocket', 'Ben');
  const names = () => doctor.page.locator('#waiting strong').allTextContents();
  await expect.poll(names, SOON).toEqual(['Ben']);
  await Promise.all([doctor.expectMediaToFlow(), ada.expectMediaToFlow()]);
  await doctor.expectConnectionStates('connected');
  await ada.expectConnectionStates('connected');
});
