import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { TestClient } from '../support/clients.ts';
import { granted } from '../support/practice.ts';
import { ServerProcess } from '../support/process.ts';
import { RedisServer } from '../support/redis-server.ts';
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

test('OPS-5 UI-1 with several nodes an operator sees each of them, and all together', async () => {
  const redis = await RedisServer.start();
  const env = { OPERATOR_TOKEN: TOKEN, REDIS_URL: redis.url };
  const several = await Clinic.open({ ...env, NODE_ID: 'north' });
  const other = await ServerProcess.start({ ...env, NODE_ID: 'south', LOG_LEVEL: 'silent' });
  try {
    await deskPage(several, 'ward-8');
    await fetch(`${other.url}/create-namespace?namespaceId=ward-9`);
    const patient = await new TestClient(other.url, 'ward-9').ready();
    await granted(patient.say('create', { 'room-id': 'one', name: 'Ada Lovelace' }));
    const page = await several.visit(`${several.server.url}/ops`);
    await page.page.getByLabel('Operator token').fill(TOKEN);
    await press(page, 'Open');
    const table = page.page.getByRole('region', { name: 'Nodes' });
    const rows = async () =>
      (await table.locator('tbody tr, tfoot tr').allInnerTexts()).map((row) => row.split('\t'));
    const [north, south] = [/^north\..+ \(this one\)$/, /^south\.[^ ]+$/].map((name) =>
      expect.stringMatching(name),
    );
    await expect.poll(rows, SOON).toEqual([
      [north, 'yes', expect.any(String), '1', '0', '0', '0'],
      [south, 'yes', expect.any(String), '1', '1', '0', '0'],
      ['Together', '', '', '2', '1', '0', '0'],
    ]);
    await expectAccessible(page, 'ops-04-nodes');
    expect(await page.page.content()).not.toContain('Ada');
    patient.close();
  } finally {
    await other.clear();
    await several.close();
    await redis.stop();
  }
});
