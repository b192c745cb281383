import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type CallPage, SOON } from './call-page.ts';
import { Clinic } from './clinic.ts';
import {
  enter,
  expectCall,
  expectWaiting,
  phaseOfVisit,
  sdkDoctor,
  sdkPatient,
} from './sdk-page.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const TRANSPORTS = 'polling,websocket';

let clinic: Clinic;

beforeAll(async () => {
  clinic = await Clinic.open();
});
afterEach(() => clinic.closePages());
afterAll(() => clinic.close());

const callFirst = (doctor: CallPage): Promise<void> =>
  doctor.page.locator('#waiting li').first().getByRole('button', { name: 'Call' }).click();

test('SDK-7 an old doctor’s page and a patient’s page with the SDK: call, sound and picture, a reload, end', async () => {
  const doctor = await clinic.doctor('mixed-1', TRANSPORTS);
  const server = clinic.server.url;
  const ada = await sdkPatient(clinic, 'mixed-1', 'Ada', server);
  await callFirst(doctor);
  await doctor.expectMediaToFlow();
  await expectCall(ada);

  await ada.page.reload();
  await enter(ada, { namespaceId: 'mixed-1', server, metadata: { name: 'Ada' } });
  await expectCall(ada);
  await doctor.expectMediaToFlow();

  await doctor.page.click('#end');
  await expect.poll(() => phaseOfVisit(ada), SOON).toBe('ended');
  expect(await ada.page.evaluate(() => window.visit.state.outcome)).toMatchObject({
    reason: 'doctor-ended',
  });
  expect(doctor.errors).toEqual([]);
});

test('SDK-7 a patient with the SDK ends the call: the old doctor’s page says so, and takes the next', async () => {
  const doctor = await clinic.doctor('mixed-2', TRANSPORTS);
  const ada = await sdkPatient(clinic, 'mixed-2', 'Ada');
  const ben = await clinic.patient('mixed-2', TRANSPORTS, 'Ben');
  await callFirst(doctor);
  await doctor.expectMediaToFlow();
  await expectCall(ada);
  await ada.page.evaluate(() => window.visit.leave());
  await doctor.expectText('#state', 'The patient has ended the consultation.');

  await callFirst(doctor);
  await Promise.all([doctor.expectMediaToFlow(), ben.expectMediaToFlow()]);
});

test('SDK-7 a desk with the SDK and an old patient’s page: call, a shared screen, end', async () => {
  const doctor = await sdkDoctor(clinic, 'mixed-3');
  const ada = await clinic.patient('mixed-3', TRANSPORTS, 'Ada');
  await expectWaiting(doctor, 'Ada');
  await doctor.page.evaluate(() => window.desk.admit(window.desk.state.waiting[0]?.roomId ?? ''));
  await expectCall(doctor);
  await ada.expectMediaToFlow();

  // A deployed page shows one picture, and takes no second offer of a call.
  await doctor.page.evaluate(() => window.desk.call?.shareScreen());
  await ada.expectMediaToFlow();
  await doctor.page.evaluate(() => window.desk.call?.stopSharing());
  await ada.expectMediaToFlow();
  await ada.expectConnectionStates('connected');

  await doctor.page.evaluate(() => window.desk.end());
  await ada.expectText('#state', 'The consultation has ended.');
  expect(await doctor.page.evaluate(() => window.desk.state.current)).toBeNull();
  expect(doctor.errors).toEqual([]);
});

test('SDK-7 an old patient’s page leaves the call: the desk with the SDK learns it', async () => {
  const doctor = await sdkDoctor(clinic, 'mixed-4');
  const ada = await clinic.patient('mixed-4', TRANSPORTS, 'Ada');
  await expectWaiting(doctor, 'Ada');
  await doctor.page.evaluate(() => window.desk.admit(window.desk.state.waiting[0]?.roomId ?? ''));
  await expectCall(doctor);
  await ada.page.click('#leave');
  await expect.poll(() => doctor.page.evaluate(() => window.desk.state.current), SOON).toBeNull();
  expect(await doctor.page.evaluate(() => window.desk.state.outcome)).toMatchObject({
    reason: 'patient-ended',
  });
});
