import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ID_PATTERN } from '@telemedicine-signaling/protocol';
import type { FastifyInstance } from 'fastify';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_AUDIT } from '../../test/support/no-audit.ts';
import { openAccess } from '../auth/access.ts';
import { systemClock } from '../clock.ts';
import { loadConfig } from '../config.ts';
import type { ConsultationRecords } from '../data/consultation-records.ts';
import type { SessionData } from '../data/session-data.ts';
import { openSqliteStore } from '../data/sqlite-store.ts';
import { FailedAttempts } from '../http/failed-attempts.ts';
import { createIceServers } from '../ice/ice-servers.ts';
import { createApp } from '../index.ts';
import { createCounts } from '../ops/metrics/counts.ts';

let dataDir: string;
let data: SessionData;
let records: ConsultationRecords;
let app: FastifyInstance;
let url: string;
let browser: Browser;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'site-'));
  ({ data, records } = await openSqliteStore({ dataDir }));
  app = createApp({
    config: loadConfig({}),
    data,
    records,
    clock: systemClock,
    perform: async (_namespaceId, useCase) => (await useCase()).reply,
    ids: { uuid: randomUUID },
    readiness: () => ({ ready: true }),
    counts: createCounts(),
    registry: undefined,
    access: openAccess,
    audit: NO_AUDIT,
    ice: createIceServers(loadConfig({}).ice, systemClock),
    mint: undefined,
    addressOf: () => '127.0.0.1',
    failures: new FailedAttempts({ attempts: 10, withinMs: 60_000, blockMs: 60_000 }),
    logger: false,
  });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? 'chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
});
afterAll(async () => {
  await browser.close();
  await app.close();
  await data.close();
  await rm(dataDir, { recursive: true });
});

/** Opens an address, lets `look` look, and expects that the browser had nothing to complain of. */
async function visit(
  path: string,
  look: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => complaints.push(message.text()));
  await page.goto(url + path);
  await look(page);
  expect(complaints.filter((text) => !text.includes('404 (Not Found)'))).toEqual([]);
  await context.close();
}

const formOf = (page: Page, route: string) => page.locator(`form[action="/${route}"]`);

async function tryOut(page: Page, route: string, value?: string): Promise<void> {
  if (value !== undefined) await formOf(page, route).locator('input').fill(value);
  await formOf(page, route).locator('button').click();
}

describe('HTTP-20 the forms of the home page', () => {
  it('HTTP-20 show the answer beside the form, an error too', async () => {
    await visit('/', async (page) => {
      await tryOut(page, 'create-namespace', 'ward');
      await formOf(page, 'create-namespace').getByText('"status": 200').waitFor();
      await tryOut(page, 'check-availability', 'ward');
      await formOf(page, 'check-availability').getByText('"availability": true').waitFor();
      await tryOut(page, 'create-room', 'elsewhere');
      await formOf(page, 'create-room').getByText('namespace-not-found').waitFor();
      await tryOut(page, 'create-room', 'ward');
      await formOf(page, 'create-room').getByText('"room-id"').waitFor();
      // The id that was just made stands in the field of the route that takes one.
      await tryOut(page, 'join-room');
      await formOf(page, 'join-room').getByText('"state": "open"').waitFor();
      expect(page.url()).toBe(`${url}/`);
    });
  });

  it('HTTP-20 go to the answer where scripts do not run', async () => {
    await visit(
      '/',
      async (page) => {
        await tryOut(page, 'create-namespace', 'ward');
        await page.waitForURL('**/create-namespace?namespaceId=ward');
        expect(await page.textContent('body')).toContain('"status":200');
      },
      { javaScriptEnabled: false },
    );
  });

  it('HTTP-20 take the ids that the server takes', async () => {
    await visit('/', async (page) => {
      const given = ['Az09._~@:-', 'a b', 'ä', 'a/b', 'x'];
      for (const id of given) {
        const input = formOf(page, 'join-room').locator('input');
        await input.fill(id);
        const isTaken = await input.evaluate((field: HTMLInputElement) => field.checkValidity());
        expect([id, isTaken]).toEqual([id, ID_PATTERN.test(id)]);
      }
    });
  });
});

describe.each(['/', '/nothing'])('HTTP-21 the page at %s', (path) => {
  it.each([320, 390, 1280])('HTTP-21 fits a screen of %i pixels', async (width) => {
    await visit(
      path,
      async (page) => {
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      },
      { viewport: { width, height: 800 } },
    );
  });

  it('HTTP-21 asks nobody but this server for anything', async () => {
    await visit(path, async (page) => {
      const loaded = await page.evaluate(() =>
        performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin),
      );
      expect(new Set(loaded)).toEqual(new Set([url]));
    });
  });

  it('HTTP-21 tells a patient in one sentence what to do', async () => {
    await visit(path, async (page) => {
      const note = page.getByText(
        'your consultation opens with the link that your clinic gave you',
      );
      expect(await note.isVisible()).toBe(true);
    });
  });
});
