import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { SOON } from './call-page.ts';
import { Clinic } from './clinic.ts';
import { deskPage, expectAccessible, patientPage, press, see } from './ui-page.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const TOKEN = 'operator-0123456789abcdef0123456789';

let clinic: Clinic;

beforeAll(async () => {
  clinic = await Clinic.open({ OPERATOR_TOKEN: TOKEN });
});
afterAll(() => clinic.close());

test('OPS-3 OPS-4 UI-1 an operator sees this node, closes a practice, and drains it', async () => {
  await deskPage(clinic, 'ward-7');
  const ada = await patientPage(clinic, 'ward-7', 'Ada Lovelace');
  const page = await clinic.visit(`${clinic.server.url}/ops`);
  await expectAccessible(page, 'ops-01-token');
  await page.page.getByLabel('Operator token').fill('a guess');
  await press(page, 'Open');
  await page.page.locator('.banner.wrong').waitFor();
  await page.page.getByLabel('Operator token').fill(TOKEN);
  await press(page, 'Open');
  const row = () => page.page.locator('tbody td').allTextContents();
  await expect
    .poll(async () => (await row()).slice(0, 6), SOON)
    .toEqual(['ward-7', '1', '1', '0', '0', '0']);
  await page.page.locator('figure rect').first().waitFor({ state: 'attached' });
  await expectAccessible(page, 'ops-02-overview');
  expect(await page.page.content()).not.toContain('Ada');

  await page.page.reload();
  await press(page, 'Close ward-7');
  await expectAccessible(page, 'ops-03-close');
  await press(page, 'Yes, close');
  await see(page, 'The namespace is closed.');
  await see(ada, 'This practice has closed.');

  await press(page, 'Drain this node');
  await press(page, 'Yes, drain');
  expect((await clinic.server.process.end()).code).toBe(0);
});
