import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ROOT } from '../support/process.ts';
import { SOON } from './call-page.ts';
import { Clinic } from './clinic.ts';
import { deskPage, press } from './ui-page.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let clinic: Clinic;

beforeAll(async () => {
  clinic = await Clinic.open();
});
afterAll(() => clinic.close());

test('the pages in the SDK’s README hold a call', async () => {
  const readme = readFileSync(`${ROOT}packages/client/README.md`, 'utf8');
  const [patientHtml, doctorHtml] = [...readme.matchAll(/^```html\n(.*?)^```$/gms)].map(
    ([, html]) =>
      (html ?? '')
        .replaceAll('http://127.0.0.1:3000', clinic.server.url)
        .replace('telemedicine-client.js', '/packages/client/dist/browser/telemedicine-client.js'),
  );
  clinic.pages.add('/sdk-patient.html', patientHtml ?? '');
  clinic.pages.add('/sdk-doctor.html', doctorHtml ?? '');
  await fetch(`${clinic.server.url}/create-namespace?namespaceId=clinic-7`);
  const doctor = await clinic.visit(`${clinic.pages.url}/sdk-doctor.html`);
  const patient = await clinic.visit(`${clinic.pages.url}/sdk-patient.html`);
  await patient.expectText('#state', 'Place 1');
  await expect.poll(() => doctor.page.locator('li').allTextContents(), SOON).toEqual(['Ada']);
  await doctor.page.click('#next');
  await Promise.all([doctor.expectMediaToFlow(), patient.expectMediaToFlow()]);
  await doctor.page.click('#end');
  await patient.expectText('#state', 'ended');
});

test('the Vite example is built, and holds a call', async () => {
  const outDir = await mkdtemp(join(tmpdir(), 'sdk-vite-'));
  try {
    await build({
      root: `${ROOT}examples/sdk-vite`,
      logLevel: 'error',
      configFile: false,
      base: './',
      build: { outDir, emptyOutDir: true },
    });
    const [script = ''] = await readdir(join(outDir, 'assets'));
    clinic.pages.add('/vite/index.html', readFileSync(join(outDir, 'index.html'), 'utf8'));
    clinic.pages.add(
      `/vite/assets/${script}`,
      readFileSync(join(outDir, 'assets', script), 'utf8'),
    );
  } finally {
    await rm(outDir, { recursive: true });
  }
  const doctor = await deskPage(clinic, 'vite-1');
  const query = new URLSearchParams({ server: clinic.server.url, namespace: 'vite-1' });
  const patient = await clinic.visit(`${clinic.pages.url}/vite/index.html?${query}`);
  await press(patient, 'Come in');
  await patient.expectText('#state', 'You wait at place 1.');
  await press(doctor, 'Call next patient');
  await Promise.all([doctor.expectMediaToFlow(), patient.expectMediaToFlow()]);
});
