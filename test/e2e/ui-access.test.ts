import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { Hospital } from '../support/hospital.ts';
import { CallPage } from './call-page.ts';
import { goIn, press, see } from './ui-page.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let hospital: Hospital;
let browser: Browser;

beforeAll(async () => {
  hospital = await Hospital.open();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await hospital.close();
});

/** What a backend sends to a patient: the end of a link that is good once, for this room. */
async function invitation(namespaceId: string, room: string): Promise<string> {
  const token = await hospital.token({ role: 'service', namespaces: ['*'] });
  const answer = await fetch(`${hospital.url}/api/v1/invitations`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ role: 'patient', subject: 'p-1', namespaces: [namespaceId], room }),
  });
  return ((await answer.json()) as { fragment: string }).fragment;
}

test('PAGE-2 PAGE-3 AUTH-8 with access tokens: the doctor by a token, the patient by an invitation, over a reload too', async () => {
  const token = await hospital.token({ role: 'doctor', subject: 'd-1', namespaces: ['ward-1'] });
  const doctor = await CallPage.open(browser, `${hospital.url}/doctor/ward-1#token=${token}`);
  await press(doctor, 'Open my practice');
  await see(doctor, 'Nobody is waiting.');

  const link = `${hospital.url}/patient/ward-1${await invitation('ward-1', 'room-of-ada')}`;
  const ada = await CallPage.open(browser, link);
  await goIn(ada);
  await see(ada, 'You are next.');
  await ada.page.reload();
  await goIn(ada);
  await see(ada, 'You are next.');
  await press(doctor, 'Call next patient');
  await Promise.all([doctor.expectMediaToFlow(), ada.expectMediaToFlow()]);
  expect((await hospital.service.call('join-room', { roomId: 'room-of-ada' })).code).toBe(
    'token-missing',
  );

  const stranger = await CallPage.open(browser, link);
  await press(stranger, 'Turn on camera and microphone');
  await press(stranger, 'Enter the waiting room');
  await see(stranger, 'You cannot come in with this link');
});

test('PAGE-2 without a token nobody opens a desk, and it says why', async () => {
  const page = await CallPage.open(browser, `${hospital.url}/doctor/ward-2`);
  await press(page, 'Open my practice');
  await see(page, 'This practice cannot be opened.');
  expect(await page.page.getByRole('alert').textContent()).toContain('An access token is needed');
});
