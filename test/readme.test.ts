import { exec } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HTTP_ROUTES } from '@telemedicine-signaling/protocol';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { SOON } from './e2e/call-page.ts';
import { Clinic } from './e2e/clinic.ts';
import { goIn, press } from './e2e/ui-page.ts';
import { TestClient } from './support/clients.ts';
import { Process, ROOT } from './support/process.ts';

const README = readFileSync(`${ROOT}README.md`, 'utf8');
const PLAIN_PAGES = readFileSync(`${ROOT}docs/PLAIN-PAGES.md`, 'utf8');
const SERVER = 'http://127.0.0.1:3000';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** The code blocks of one language, in order. */
const blocks = (language: string, page = README): string[] =>
  [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, name, text]) =>
    name === language ? [text ?? ''] : [],
  );

/** Every line of the shell blocks with what the lines of comment under it say it prints. */
const commands = blocks('sh').flatMap((block) =>
  [...block.matchAll(/^(?!#)(.+)\n((?:# .*\n)*)/gm)].map(([, command = '', comment = '']) => ({
    command,
    prints: comment.replace(/^# /gm, ''),
  })),
);

const starts = ['npm start', 'npx telemedicine-signaling'];
const keys = commands.filter(({ command }) => /^export |^npx .* token /.test(command));
const calls = commands.filter(({ command }) => command.startsWith('curl '));

let clinic: Clinic;
const [deskHtml = '', waitingHtml = ''] = blocks('html');
const [doctorHtml = '', patientHtml = ''] = blocks('html', PLAIN_PAGES);

beforeAll(async () => {
  clinic = await Clinic.open();
  const here = (html: string) => html.replaceAll(SERVER, clinic.server.url);
  clinic.pages.add('/desk.html', here(deskHtml));
  clinic.pages.add('/waiting.html', here(waitingHtml));
  clinic.pages.add('/doctor.html', here(doctorHtml));
  clinic.pages.add('/patient.html', here(patientHtml));
});
afterAll(() => clinic.close());

test('README: the tests know every block and every command', () => {
  const languages = [...README.matchAll(/^```(\w+)$/gm)].map(([, name]) => name);
  expect(new Set(languages)).toEqual(new Set(['sh', 'text', 'html']));
  const run = [...calls, ...keys].map(({ command }) => command);
  // What `npm run cluster` does, test/e2e/cluster.test.ts tells.
  const others = ['npm test', 'npm run cluster'];
  const known = [...starts, ...others, ...run];
  expect(commands.map(({ command }) => command).filter((one) => !known.includes(one))).toEqual([]);
  for (const command of [...starts, ...others]) expect(README).toContain(command);
  expect(calls.length).toBeGreaterThan(0);
});

test('README: `npm test` is what runs this', () => {
  const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
  expect(scripts.test).toBe('node scripts/test.mjs');
  expect(readFileSync(`${ROOT}scripts/test.mjs`, 'utf8')).toContain('vitest');
});

test.each(starts)('README: `%s` serves, and says what is printed there', async (command) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'signaling-readme-'));
  const [program = '', ...args] = command.split(' ');
  const began = performance.now();
  const server = new Process(program, args, ROOT, {
    EXPRESS_PORT: '0',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'warn',
  });
  try {
    const url = await server.listening();
    console.log(`${command} listened after ${Math.round(performance.now() - began)} ms.`);
    expect(await (await fetch(url)).json()).toMatchObject({ status: 200 });

    const shown = (blocks('text')[0] ?? '').trimEnd();
    const here = new URL(url).host;
    const said = server.stdout.replaceAll(here, '127.0.0.1:3000').replace(dataDir, './data');
    expect(said).toContain(shown);
  } finally {
    await server.signal('SIGTERM');
    await rm(dataDir, { recursive: true });
  }
});

test('README: every call of a route answers what stands under it', async () => {
  for (const { command, prints } of calls) {
    const here = command.replace(SERVER, clinic.server.url).replace('curl ', 'curl -sS ');
    const { stdout } = await promisify(exec)(here);
    expect(sameIds(`${stdout}\n`), command).toBe(sameIds(prints));
  }
});

test('README: with the key and the token this doctor gets in, and nobody else', async () => {
  const [secret = '', token = ''] = keys.map(({ command }) => command);
  expect(keys).toHaveLength(2);
  const script = `${secret}\necho "$JWT_SECRET"\n${token}`;
  const { stdout } = await promisify(exec)(script, { cwd: ROOT });
  const [JWT_SECRET = '', doctorToken = ''] = stdout.trim().split('\n');
  const dataDir = await mkdtemp(join(tmpdir(), 'signaling-readme-'));
  const server = new Process('node', ['dist/app/server.js'], ROOT, {
    EXPRESS_PORT: '0',
    DATA_DIR: dataDir,
    JWT_SECRET,
  });
  const auth = { token: doctorToken };
  try {
    const url = await server.listening();
    const headers = { Authorization: `Bearer ${doctorToken}` };
    await fetch(`${url}/create-namespace?namespaceId=clinic-7`, { headers });
    const doctor = await new TestClient(url, 'clinic-7', { auth }).ready();
    expect(doctor.welcome).toMatchObject({ role: 'doctor', 'namespace-id': 'clinic-7' });
    doctor.close();
    await expect(new TestClient(url, 'clinic-7').ready()).rejects.toThrow('token-missing');
    const elsewhere = new TestClient(url, 'clinic-8', { auth });
    await expect(elsewhere.ready()).rejects.toThrow('namespace-not-found');
  } finally {
    await server.signal('SIGTERM');
    await rm(dataDir, { recursive: true });
  }
});

const sameIds = (text: string): string =>
  text.replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'a UUID v4');

test('README: the table holds every route and its fields', () => {
  const rows = [...README.matchAll(/^\| `([a-z-]+)` \| `(\w+)`(, optional)? \|/gm)];
  const expected = Object.entries(HTTP_ROUTES).map(([name, { fields }]) => {
    const [[field = '', schema] = []] = Object.entries(fields.shape);
    return [name, field, schema?.safeParse(undefined).success ? ', optional' : undefined];
  });
  expect(rows.map(([, ...cells]) => cells)).toEqual(expected);
});

test('README: every link leads somewhere', () => {
  const links = [...README.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
  expect(links.length).toBeGreaterThan(0);
  expect(links.filter((target) => !existsSync(ROOT + target))).toEqual([]);
});

test('README PAGE-4: the two tags hold a call in a page of another origin', async () => {
  for (const [name, html] of [['doctor', deskHtml] as const, ['patient', waitingHtml] as const]) {
    expect(readFileSync(`${ROOT}examples/two-tags/${name}.html`, 'utf8')).toBe(html);
  }
  await fetch(`${clinic.server.url}/create-namespace?namespaceId=clinic-9`);
  const doctor = await clinic.visit(`${clinic.pages.url}/desk.html`);
  await press(doctor, 'Open my practice');
  const patient = await clinic.visit(`${clinic.pages.url}/waiting.html`);
  await goIn(patient);
  await press(doctor, 'Call next patient');
  await Promise.all([doctor.expectMediaToFlow(), patient.expectMediaToFlow()]);
});

describe('PLAIN-PAGES: the pages', () => {
  test('hold a call, and the next', async () => {
    const doctor = await clinic.visit(`${clinic.pages.url}/doctor.html`);
    await expect.poll(isDoctorOnline, SOON).toBe(true);
    const ada = await clinic.visit(`${clinic.pages.url}/patient.html`);
    await Promise.all([doctor.expectMediaToFlow(), ada.expectMediaToFlow()]);
    const ben = await clinic.visit(`${clinic.pages.url}/patient.html`);

    await doctor.page.click('button');
    await ada.expectConnectionStates('closed');
    await Promise.all([doctor.expectMediaToFlow(), ben.expectMediaToFlow()]);

    await ben.page.click('button');
    await doctor.expectConnectionStates('closed', 'closed');
    await ben.expectConnectionStates('closed');
    for (const { errors } of [doctor, ada, ben]) expect(errors.filter(isOfPage)).toEqual([]);
  });

  test('of the examples hold a call when they are opened as files', async () => {
    const query = new URLSearchParams({ server: clinic.server.url });
    const folder = `file://${ROOT}examples/old-pages`;
    const doctor = await clinic.visit(`${folder}/doctor.html?${query}`);
    await doctor.expectText('#state', 'Ready');
    const patient = await clinic.visit(`${folder}/patient.html?${query}`);
    await doctor.page.getByRole('button', { name: 'Call' }).click();
    await Promise.all([doctor.expectMediaToFlow(), patient.expectMediaToFlow()]);
  });
});

async function isDoctorOnline(): Promise<unknown> {
  const answer = await fetch(`${clinic.server.url}/check-availability?namespaceId=clinic-7`);
  return ((await answer.json()) as Record<string, unknown>)['doctor-online'];
}

/** A browser asks every page's server for an icon, which these pages do without. */
const isOfPage = (error: string): boolean => !error.includes('favicon.ico');
