import {
  CLIENT_EVENTS,
  ERROR_CODES,
  HTTP_ROUTES,
  SERVER_EVENTS,
  WEBHOOKS,
} from '@telemedicine-signaling/protocol';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { CallPage } from './call-page.ts';
import { Clinic } from './clinic.ts';
import { expectAccessible } from './ui-page.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let clinic: Clinic;

beforeAll(async () => {
  clinic = await Clinic.open();
});
afterAll(() => clinic.close());

const idsOf = ({ page }: CallPage): Promise<string[]> =>
  page.evaluate(() => [...document.querySelectorAll('[id]')].map(({ id }) => id));

describe.each(['/docs', '/docs/events'])('DESCRIBE-3 the page at %s', (path) => {
  test('DESCRIBE-3 is good for everybody, and asks nobody but this server', async () => {
    const doc = await clinic.visit(clinic.server.url + path);
    await expectAccessible(doc);
    const loaded = await doc.page.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin),
    );
    expect(new Set(loaded)).toEqual(new Set([clinic.server.url]));
    expect(doc.errors).toEqual([]);
  });

  test('DESCRIBE-3 has no link that leads nowhere', async () => {
    const doc = await clinic.visit(clinic.server.url + path);
    const ids = await idsOf(doc);
    expect(new Set(ids).size).toBe(ids.length);
    const links = await doc.page.evaluate(() =>
      [...document.querySelectorAll('a')].map((link) => link.getAttribute('href') ?? ''),
    );
    const within = links.filter((link) => link.startsWith('#')).map((link) => link.slice(1));
    expect(within.filter((id) => !ids.includes(id))).toEqual([]);
    for (const link of new Set(links.filter((one) => !one.startsWith('#')))) {
      expect([link, (await fetch(new URL(link, doc.page.url()))).status]).toEqual([link, 200]);
    }
  });
});

test('DESCRIBE-3 the pages tell of every route, event and error', async () => {
  const http = await clinic.visit(`${clinic.server.url}/docs`);
  const events = await clinic.visit(`${clinic.server.url}/docs/events`);
  for (const name of Object.keys(HTTP_ROUTES)) expect(await idsOf(http)).toContain(`path-${name}`);
  for (const type of Object.keys(WEBHOOKS)) {
    expect(await idsOf(http)).toContain(`webhook-${type.replace('.', '-')}`);
  }
  const rows = await http.page.locator('section:last-of-type tbody code').allTextContents();
  expect(rows).toEqual(expect.arrayContaining([...ERROR_CODES]));
  const ids = await idsOf(events);
  for (const name of Object.keys(CLIENT_EVENTS)) expect(ids).toContain(`send-${name}`);
  for (const name of Object.keys(SERVER_EVENTS)) expect(ids).toContain(`hear-${name}`);
});
