import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type CallPage, SOON } from './call-page.ts';
import { Clinic } from './clinic.ts';
import {
  callPhase,
  expectCall,
  expectWaiting,
  phaseOfVisit,
  sdkDoctor,
  sdkPatient,
} from './sdk-page.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

/** A connection that is silent for two seconds counts as lost: soon enough for a test to wait for it. */
const SWIFT = { PING_INTERVAL_MS: '1000', PING_TIMEOUT_MS: '1000' };

let clinic: Clinic;
let phone: Clinic;

beforeAll(async () => {
  clinic = await Clinic.open(SWIFT);
  phone = await clinic.anotherDevice();
});
afterAll(async () => {
  await phone?.closeBrowser();
  await clinic?.close();
});

const isReachable = (doctor: CallPage): Promise<boolean | undefined> =>
  doctor.page.evaluate(() => window.desk.state.waiting[0]?.connected);

test('SDK-1 RESUME-3 a page that is frozen while it waits keeps its place, and is back when thawed', async () => {
  const doctor = await sdkDoctor(clinic, 'frozen-1');
  const ada = await sdkPatient(phone, 'frozen-1', 'Ada');
  await sdkPatient(clinic, 'frozen-1', 'Ben');
  await expectWaiting(doctor, 'Ada', 'Ben');
  const roomId = await ada.page.evaluate(() => window.visit.state.roomId);

  await phone.freezePages();
  await expect.poll(() => isReachable(doctor), SOON).toBe(false);
  await expectWaiting(doctor, 'Ada', 'Ben');
  await phone.thawPages();

  await expect.poll(() => isReachable(doctor), SOON).toBe(true);
  await expectWaiting(doctor, 'Ada', 'Ben');
  expect(await ada.page.evaluate(() => window.visit.state)).toMatchObject({ roomId, position: 1 });
  expect(ada.welcomes).toMatchObject([{ resumed: false }, { resumed: true }]);
});

test('SDK-1 CALL-4 a page that is frozen in the midst of a call: the call comes back by itself', async () => {
  const doctor = await sdkDoctor(clinic, 'frozen-2');
  const ada = await sdkPatient(phone, 'frozen-2', 'Ada');
  await doctor.page.evaluate(() => window.desk.callNext());
  await expectCall(doctor, ada);

  await phone.freezePages();
  await expect.poll(() => callPhase(doctor), SOON).toBe('reconnecting');
  await phone.thawPages();

  await expectCall(doctor, ada);
  await doctor.page.evaluate(() => window.desk.end());
  await expect.poll(() => phaseOfVisit(ada), SOON).toBe('ended');
});
