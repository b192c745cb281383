import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { Nginx } from '../support/nginx.ts';
import { SOON } from './call-page.ts';
import { Clinic } from './clinic.ts';
import { goIn, press, see } from './ui-page.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** No authority stands behind the certificate of this test. */
const TRUSTING = { ignoreHTTPSErrors: true };

let clinic: Clinic;
let proxy: Nginx;

beforeAll(async () => {
  clinic = await Clinic.open({
    TRUSTED_PROXIES: 'loopback',
    NODE_ENV: 'production',
    AUTH: 'open',
    // That it listens is a line of the log in production.
    LOG_LEVEL: 'info',
  });
  proxy = await Nginx.start(`127.0.0.1:${clinic.server.port}`);
});
afterEach(() => clinic.closePages());
afterAll(async () => {
  await proxy.stop();
  await clinic.close();
});

test.each([
  { transports: 'polling,websocket', used: ['polling', 'websocket'] },
  { transports: 'polling', used: ['polling'] },
])(
  'PROXY-1 pages as they are deployed hold a call through the proxy over $transports',
  async ({ transports, used }) => {
    const namespaceId = `proxy-${transports.replace(',', '-')}`;
    const doctor = await clinic.doctor(namespaceId, transports, proxy);
    const ada = await clinic.patient(namespaceId, transports, 'Ada', proxy);
    const ben = await clinic.patient(namespaceId, transports, 'Ben', proxy);
    const callNext = () =>
      doctor.page.locator('#waiting li').first().getByRole('button', { name: 'Call' }).click();
    const names = () => doctor.page.locator('#waiting strong').allTextContents();
    await expect.poll(names, SOON).toEqual(['Ada', 'Ben']);

    await callNext();
    await Promise.all([doctor.expectMediaToFlow(), ada.expectMediaToFlow()]);
    await doctor.page.click('#end');
    await ada.expectText('#state', 'The consultation has ended.');

    await callNext();
    await Promise.all([doctor.expectMediaToFlow(), ben.expectMediaToFlow()]);
    await ben.page.click('#leave');
    await doctor.expectText('#state', 'The patient has ended the consultation.');

    for (const page of [doctor, ada, ben]) {
      expect([...page.transports].sort()).toEqual(used);
      expect(page.errors).toEqual([]);
    }
  },
);

test('PROXY-1 PAGE-1 the pages of this server hold a call over HTTPS', async () => {
  const doctor = await clinic.visit(`${proxy.url}/doctor/proxy-pages#name=Dr.+Hopper`, TRUSTING);
  await press(doctor, 'Open my practice');
  const patient = await clinic.visit(`${proxy.url}/patient/proxy-pages#name=Ada`, TRUSTING);
  await goIn(patient);
  await press(doctor, 'Call next patient');
  await Promise.all([doctor.expectMediaToFlow(), patient.expectMediaToFlow()]);
  await press(patient, 'End for all');
  await press(patient, 'Yes, end the call');
  await see(doctor, 'The patient ended the consultation.');
  expect([...doctor.errors, ...patient.errors]).toEqual([]);
});
