import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ROOT } from '../support/process.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const run = promisify(execFile);
let folder: string;
/** The packed packages, as a registry would hand them out. */
let tarballs: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sdk-package-'));
  const packages = ['protocol', 'client'].map((name) => `${ROOT}packages/${name}`);
  await run('npm', ['pack', '--silent', '--pack-destination', folder, ...packages], { cwd: ROOT });
  tarballs = (await readdir(folder)).map((name) => join(folder, name)).sort();
});
afterAll(() => rm(folder, { recursive: true }));

test('SDK: publint and attw find nothing wrong with the package', async () => {
  const [client = ''] = tarballs;
  expect(client).toContain('client');
  const publint = await run('npx', ['publint', '--strict', client], { cwd: ROOT });
  expect(publint.stdout).toContain('All good!');
  const attw = await run('npx', ['attw', client, '--profile', 'esm-only', '--no-color'], {
    cwd: ROOT,
  });
  expect(attw.stdout).toMatch(/node16 \(from ESM\) │ 🟢/u);
  expect(attw.stdout).toMatch(/bundler +│ 🟢/u);
});

test('SDK: a Vite build of a stranger uses the packed package', async () => {
  const app = join(folder, 'app');
  await mkdir(app);
  await writeFile(join(app, 'package.json'), '{ "private": true, "type": "module" }');
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--silent'];
  await run('npm', ['install', ...options, ...tarballs], { cwd: app });
  await writeFile(
    join(app, 'index.html'),
    '<!doctype html><script type="module" src="/main.js"></script>',
  );
  await writeFile(
    join(app, 'main.js'),
    "import { openDesk } from '@telemedicine-signaling/client';\nwindow.openDesk = openDesk;\n",
  );
  await build({ root: app, logLevel: 'error', configFile: false });
  const [script = ''] = await readdir(join(app, 'dist/assets'));
  const text = await readFile(join(app, 'dist/assets', script), 'utf8');
  expect(text).toContain('doctor-joined');
  expect(text).not.toContain('ZodError');
});
