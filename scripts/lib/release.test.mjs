import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { ROOT } from './project.mjs';
import { takeUpChangesets } from './release.mjs';

const PACKAGES = readdirSync(`${ROOT}packages`).map((name) => `packages/${name}/package.json`);
const MANIFESTS = ['package.json', ...PACKAGES];

/** A copy of what a release changes. @type {string} */
let root;
beforeEach(() => {
  root = `${mkdtempSync(join(tmpdir(), 'release-'))}/`;
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const path of PACKAGES) mkdirSync(join(root, path, '..'), { recursive: true });
  for (const path of [...MANIFESTS, 'package-lock.json', 'CHANGELOG.md', '.changeset']) {
    cpSync(`${ROOT}${path}`, `${root}${path}`, { recursive: true });
  }
  symlinkSync(`${ROOT}node_modules`, `${root}node_modules`);
  // Changesets asks git when a changeset was added.
  spawnSync('git', ['init', '-q'], { cwd: root });
});

/** @param {string} path */
const read = (path) => readFileSync(`${root}${path}`, 'utf8');
const changesets = () => readdirSync(`${root}.changeset`).filter((name) => name.endsWith('.md'));

test('a release gives all packages one version and says what is new', {
  timeout: 60_000,
}, async () => {
  const before = JSON.parse(read('package.json'));
  const log = read('CHANGELOG.md');
  const news = changesets().map((name) => read(`.changeset/${name}`).split('---\n').at(-1)?.trim());
  expect(news.length).toBeGreaterThan(0);

  const version = await takeUpChangesets(root);

  expect(version).not.toBe(before.version);
  for (const path of MANIFESTS) expect(JSON.parse(read(path)).version).toBe(version);
  const { workspaces, dependencies } = JSON.parse(read('package.json'));
  expect(workspaces).toEqual(before.workspaces);
  expect(dependencies['@telemedicine-signaling/protocol']).toBe(version);
  const after = read('CHANGELOG.md');
  for (const text of news) expect(after).toContain(text);
  expect(after).toContain(`## ${version}`);
  expect(after).toContain(log.slice(log.indexOf('## ')).trim());
  expect(changesets()).toEqual([]);
});

test('the change log ends at the version that this is, or before', () => {
  const [latest] = [...read('CHANGELOG.md').matchAll(/^## (\S+)$/gm)].map(([, version]) => version);
  expect(latest).toBe(JSON.parse(read('package.json')).version);
});
