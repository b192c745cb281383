import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { SOON } from './call-page.ts';
import { Clinic } from './clinic.ts';
import { deskPage, expectAccessible, goIn, patientPage, press, see } from './ui-page.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let clinic: Clinic;

beforeAll(async () => {
  clinic = await Clinic.open();
});
afterEach(() => clinic.closePages());
afterAll(() => clinic.close());

test('PAGE-1 UI-1 a consultation on the pages of this server, each screen good for everybody', async () => {
  const doctor = await clinic.visit(`${clinic.server.url}/doctor/ui-1#name=Dr.+Grace+Hopper`);
  await expectAccessible(doctor);
  await press(doctor, 'Open my practice');
  await see(doctor, 'Nobody is waiting.');
  await expectAccessible(doctor);

  const ada = await clinic.visit(`${clinic.server.url}/patient/ui-1#name=Ada+Lovelace`);
  await expectAccessible(ada);
  await press(ada, 'Turn on camera and microphone');
  await ada.page.getByRole('button', { name: 'Enter the waiting room' }).waitFor();
  await expectAccessible(ada);
  await press(ada, 'Enter the waiting room');
  await see(ada, 'You are next.');
  await see(ada, 'The doctor is here.');
  await expectAccessible(ada);

  await see(doctor, 'AL');
  await see(doctor, 'Ready');
  await press(doctor, 'More about AL');
  await expectAccessible(doctor);
  expect(await doctor.page.title()).toContain('(1)');
  expect(await doctor.page.getByText('Ada Lovelace').count()).toBe(0);

  await press(doctor, 'Call next patient');
  await Promise.all([doctor.expectMediaToFlow(), ada.expectMediaToFlow()]);
  await see(ada, 'Dr. Grace Hopper');
  await Promise.all([expectAccessible(doctor), expectAccessible(ada)]);

  await press(ada, 'End for all');
  await press(ada, 'Yes, end the call');
  await see(ada, 'You ended the consultation.');
  await see(doctor, 'The patient ended the consultation.');
  await expectAccessible(ada);
  expect([...doctor.errors, ...ada.errors]).toEqual([]);
});

test('UI-21 five wait: urgent first, message, decline, hold and continue, back, transfer', async () => {
  const doctor = await deskPage(clinic, 'ui-2');
  const other = await deskPage(clinic, 'ui-3');
  const names = ['Ada Alpha', 'Ben Beta', 'Cid Gamma', 'Dora Delta', 'Eli Epsilon'];
  const patients = [];
  for (const name of names) patients.push(await patientPage(clinic, 'ui-2', name));
  const [ada, ben, cid, dora] = patients as [
    typeof doctor,
    typeof doctor,
    typeof doctor,
    typeof doctor,
  ];
  const inLine = () => doctor.page.locator('.patient .name').allTextContents();
  await expect.poll(inLine, SOON).toEqual(['AA', 'BB', 'CG', 'DD', 'EE']);

  await press(doctor, 'More about CG');
  await press(doctor, 'Mark as urgent');
  await expect.poll(inLine, SOON).toEqual(['CG', 'AA', 'BB', 'DD', 'EE']);
  await see(cid, 'You are next.');

  await press(doctor, 'More about DD');
  await press(doctor, 'Send a message');
  await doctor.page.getByRole('textbox').fill('Ten minutes more, sorry.');
  await doctor.page.keyboard.press('Enter');
  await see(dora, 'Ten minutes more, sorry.');

  await press(doctor, 'More about BB');
  await press(doctor, 'Decline');
  await press(doctor, 'Yes, turn away');
  await see(ben, 'The doctor cannot see you now.');
  await expect.poll(inLine, SOON).toEqual(['CG', 'AA', 'DD', 'EE']);

  await press(doctor, 'Call AA');
  await ada.expectMediaToFlow();
  await press(doctor, 'Put on hold');
  await see(ada, 'The doctor will be back in a moment');
  await Promise.all([expectAccessible(ada), expectAccessible(doctor)]);
  await press(doctor, 'Continue');
  await ada.expectMediaToFlow();
  await press(doctor, 'Back to waiting room');
  await see(ada, 'You are in the waiting room');
  await expect.poll(inLine, SOON).toEqual(['CG', 'AA', 'DD', 'EE']);

  await press(doctor, 'More about AA');
  await press(doctor, 'Transfer');
  await doctor.page.getByRole('textbox').fill('ui-3');
  await doctor.page.keyboard.press('Enter');
  await see(ada, 'You were sent on to another practice.');
  await press(other, 'Call next patient');
  await Promise.all([other.expectMediaToFlow(), ada.expectMediaToFlow()]);
});

test('DESK-8 two devices of a doctor: one takes the patient, the other is told', async () => {
  const [desk, tablet] = [await deskPage(clinic, 'ui-4'), await deskPage(clinic, 'ui-4')];
  await patientPage(clinic, 'ui-4', 'Ada Alpha');
  await Promise.all([see(desk, 'AA'), see(tablet, 'AA')]);
  await press(desk, 'Call AA');
  await desk.expectMediaToFlow();
  await see(tablet, 'Nobody is waiting.');
});

test('SDK-3 UI-22 the doctor reloads with three waiting: the list is back, in order', async () => {
  const doctor = await deskPage(clinic, 'ui-5');
  for (const name of ['Ada Alpha', 'Ben Beta', 'Cid Gamma'])
    await patientPage(clinic, 'ui-5', name);
  await doctor.page.reload();
  await press(doctor, 'Open my practice');
  const inLine = () => doctor.page.locator('.patient .name').allTextContents();
  await expect.poll(inLine, SOON).toEqual(['AA', 'BB', 'CG']);
});

test('SDK-3 UI-23 a patient who reloads is in the same place', async () => {
  const doctor = await deskPage(clinic, 'ui-6');
  const ada = await patientPage(clinic, 'ui-6', 'Ada Alpha');
  await patientPage(clinic, 'ui-6', 'Ben Beta');
  await ada.page.reload();
  await goIn(ada);
  await see(ada, 'You are next.');
  const inLine = () => doctor.page.locator('.patient .name').allTextContents();
  await expect.poll(inLine, SOON).toEqual(['AA', 'BB']);
});

test('UI-40 the banners of a call say what is true, and chat and mute cross over', async () => {
  const doctor = await deskPage(clinic, 'ui-7');
  const ada = await patientPage(clinic, 'ui-7', 'Ada Alpha');
  await press(doctor, 'Call next patient');
  await Promise.all([doctor.expectMediaToFlow(), ada.expectMediaToFlow()]);
  const lost = 'The connection to the server is lost. The call goes on.';
  expect(await ada.page.getByText(lost).count()).toBe(0);

  await press(ada, 'Turn microphone off');
  await doctor.page.getByText('Microphone is off').waitFor({ state: 'attached' });
  await press(doctor, 'Chat');
  await doctor.page.getByRole('textbox', { name: 'Write a message' }).fill('You are muted.');
  await doctor.page.keyboard.press('Enter');
  await press(ada, 'Chat, 1 new message');
  await see(ada, 'You are muted.');

  await clinic.server.signal('SIGKILL');
  await Promise.all([see(ada, lost), see(doctor, lost)]);
  await Promise.all([doctor.expectMediaToFlow(), ada.expectMediaToFlow()]);
  await clinic.server.start();
  await Promise.all(
    [doctor, ada].map(({ page }) => page.getByText(lost).first().waitFor({ state: 'detached' })),
  );
  await press(doctor, 'End for all');
  await see(ada, 'The consultation is over.');
});

test('UI-4 a whole consultation with the keyboard alone', async () => {
  const doctor = await clinic.visit(`${clinic.server.url}/doctor/ui-8`);
  const ada = await clinic.visit(`${clinic.server.url}/patient/ui-8#name=Ada+Alpha`);
  const tabTo = async ({ page }: typeof doctor, name: string) => {
    await page.getByRole('button', { name, exact: true }).waitFor();
    for (let stops = 0; stops < 40; stops += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        return element?.getAttribute('aria-label') ?? element?.textContent?.trim();
      });
      if (focused === name) return page.keyboard.press('Enter');
    }
    throw new Error(`${name} cannot be reached by Tab.`);
  };
  await tabTo(doctor, 'Open my practice');
  await see(doctor, 'Nobody is waiting.');
  await tabTo(ada, 'Turn on camera and microphone');
  await tabTo(ada, 'Enter the waiting room');
  await see(ada, 'You are next.');
  await tabTo(doctor, 'Call next patient');
  await Promise.all([doctor.expectMediaToFlow(), ada.expectMediaToFlow()]);
  await ada.page.keyboard.press('Alt+m');
  await ada.page.getByRole('button', { name: 'Turn microphone on' }).waitFor();
  await tabTo(doctor, 'End for all');
  await see(ada, 'The consultation is over.');
});

describe('pages that cannot begin', () => {
  test('PAGE-2 a practice that is not there: the patient’s page waits, and goes on by itself', async () => {
    const ada = await clinic.visit(`${clinic.server.url}/patient/ui-later`);
    await press(ada, 'Turn on camera and microphone');
    await press(ada, 'Enter the waiting room');
    await see(ada, 'This practice is not open yet');
    await expectAccessible(ada);
    await deskPage(clinic, 'ui-later');
    await see(ada, 'You are in the waiting room');
  });

  test('UI-10 a blocked camera: what to do, and going on without', async () => {
    const ada = await clinic.visit(`${clinic.server.url}/patient/ui-9`);
    await deskPage(clinic, 'ui-9');
    await ada.page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException('no', 'NotAllowedError'));
    });
    await press(ada, 'Turn on camera and microphone');
    await see(ada, 'Camera and microphone are blocked for this page.');
    await expectAccessible(ada);
    await press(ada, 'Continue without camera and microphone');
    await see(ada, 'You are next.');
  });
});

test('PAGE-3 what is secret in the address is out of it at once, and reaches no server', async () => {
  const asked: string[] = [];
  const page = await clinic.visit('about:blank');
  page.page.on('request', (request) => asked.push(request.url()));
  await page.page.goto(`${clinic.server.url}/patient/ui-10#token=secret-token&name=Ada`);
  await page.page.getByRole('button').first().waitFor();
  expect(page.page.url()).toBe(`${clinic.server.url}/patient/ui-10`);
  expect(asked.filter((url) => url.includes('secret-token') && !url.includes('#'))).toEqual([]);
});

test('UI-50 the check of a device tells what works, and makes a report', async () => {
  const page = await clinic.visit(`${clinic.server.url}/test`);
  await expectAccessible(page);
  await press(page, 'Start the check');
  await page.page.getByRole('button', { name: 'Check again' }).waitFor();
  await see(page, 'Everything works.');
  await expectAccessible(page);
});

test.each([
  ['hi-IN', 'hi', 'ltr', 'आइए आपके कैमरे और माइक्रोफ़ोन की जाँच करें'],
  ['ar-EG', 'ar', 'rtl', 'لنفحص الكاميرا والميكروفون'],
])('UI-2 in %s', async (locale, lang, dir, title) => {
  const page = await clinic.visit('about:blank');
  await page.page.addInitScript((wanted) => {
    Object.defineProperty(navigator, 'languages', { value: [wanted] });
  }, locale);
  await page.page.goto(`${clinic.server.url}/patient/ui-11`);
  await see(page, title);
  const html = page.page.locator('html');
  expect([await html.getAttribute('lang'), await html.getAttribute('dir')]).toEqual([lang, dir]);
  await expectAccessible(page);
});
