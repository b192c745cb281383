import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { SOON } from './call-page.ts';
import { Clinic } from './clinic.ts';
import { expectCall, sdkPage } from './sdk-page.ts';
import { deskPage, expectAccessible, goIn, patientPage, press, see } from './ui-page.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let clinic: Clinic;

beforeAll(async () => {
  clinic = await Clinic.open();
});
afterEach(() => clinic.closePages());
afterAll(() => clinic.close());

test('UI-41 CALL-1 a third participant comes in: everybody sees two others, and who they are', async () => {
  const doctor = await deskPage(clinic, 'three-ui', 'Dr. Grace Hopper');
  const roomId = 'room-of-three';
  const link = `${clinic.server.url}/patient/three-ui#name=Ada+Lovelace&room=${roomId}`;
  const ada = await clinic.visit(link);
  await goIn(ada);
  await press(doctor, 'Call next patient');
  await Promise.all([doctor.expectMediaToFlow(), ada.expectMediaToFlow()]);

  const interpreter = await sdkPage(clinic);
  await interpreter.page.evaluate(
    async (options) => {
      const media = await window.Telemedicine.openMedia({ audio: true, video: true });
      window.guest = await window.Telemedicine.joinAsGuest({ ...options, media });
    },
    { server: clinic.server.url, namespaceId: 'three-ui', roomId, metadata: { name: 'Ines Diaz' } },
  );
  await expectCall(interpreter);
  for (const page of [doctor, ada]) {
    await expect.poll(() => page.page.locator('.tile:not(.own) video').count(), SOON).toBe(2);
  }
  await Promise.all([see(ada, 'Ines Diaz'), see(ada, 'Dr. Grace Hopper'), see(doctor, 'ID')]);
  await expectAccessible(ada, 'patient-21-three');
  await interpreter.page.evaluate(() => window.guest.leave());
  await expect.poll(() => ada.page.locator('.tile:not(.own) video').count(), SOON).toBe(1);
});

test('UI-42 picture in picture and full screen, on and off', async () => {
  const doctor = await deskPage(clinic, 'pip-ui');
  const ada = await patientPage(clinic, 'pip-ui', 'Ada Lovelace');
  await press(doctor, 'Call next patient');
  await Promise.all([doctor.expectMediaToFlow(), ada.expectMediaToFlow()]);
  const isAlone = () => ada.page.evaluate(() => document.pictureInPictureElement !== null);
  await press(ada, 'Picture in picture');
  await expect.poll(isAlone, SOON).toBe(true);
  await press(ada, 'Picture in picture');
  await expect.poll(isAlone, SOON).toBe(false);
  const isFull = () => ada.page.evaluate(() => document.fullscreenElement !== null);
  await press(ada, 'Full screen');
  await expect.poll(isFull, SOON).toBe(true);
  await press(ada, 'Full screen');
  await expect.poll(isFull, SOON).toBe(false);
});

test('UI-24 a doctor who looks elsewhere is told that somebody came, if so wished', async () => {
  const doctor = await deskPage(clinic, 'notify-ui');
  const { origin } = new URL(doctor.page.url());
  await doctor.page.context().grantPermissions(['notifications'], { origin });
  await doctor.page.evaluate(() => {
    // A page without a window is never out of sight by itself.
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
    window.told = [];
    window.Notification = class extends Notification {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        window.told.push(`${this.title}: ${this.body}`);
      }
    };
  });
  const told = () => doctor.page.evaluate(() => window.told);
  await patientPage(clinic, 'notify-ui', 'Ada Lovelace');
  await see(doctor, 'AL');
  expect(await told()).toEqual([]);

  await press(doctor, 'Settings');
  await doctor.page.getByLabel('Notification when somebody comes').check();
  await patientPage(clinic, 'notify-ui', 'Ben Carter');
  const text = 'Waiting room: A patient has come into your waiting room.';
  await expect.poll(told, SOON).toEqual([text]);

  await doctor.page.getByLabel('Show names').check();
  await see(doctor, 'Ada Lovelace');
  await doctor.page.getByLabel('Number of patients in the title').uncheck();
  await expect.poll(() => doctor.page.title(), SOON).not.toContain('(2)');
});

test('UI-25 DESK-7 a desk that knows its colleagues offers them by name', async () => {
  const doctor = await deskPage(clinic, 'colleagues-ui');
  const other = await deskPage(clinic, 'colleagues-ui-b');
  await doctor.page.evaluate(() => {
    const practices = [{ id: 'colleagues-ui-b', name: 'Dr. Lise Meitner' }];
    document.querySelector('doctor-desk')?.setAttribute('practices', JSON.stringify(practices));
  });
  await patientPage(clinic, 'colleagues-ui', 'Ada Lovelace');
  await press(doctor, 'More about AL');
  await press(doctor, 'Transfer');
  await doctor.page.getByLabel('To which practice?').selectOption('Dr. Lise Meitner');
  await doctor.page.locator('form').getByRole('button', { name: 'Transfer' }).click();
  await see(other, 'AL');
  await see(doctor, 'Nobody is waiting.');
  expect([...doctor.errors, ...other.errors]).toEqual([]);
});

declare global {
  interface Window {
    told: string[];
  }
}
