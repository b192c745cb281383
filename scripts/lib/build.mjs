import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, ROOT } from './project.mjs';
import { runPackage } from './run.mjs';

/** What the server is made of, relative to the clone. The lock file stands for the compiler's version. */
const SOURCES = ['app', 'packages', 'tsconfig.base.json', 'package-lock.json'];
/** What must be there for the server to start. */
const RESULTS = [
  'dist/app/server.js',
  'packages/protocol/dist/index.js',
  'packages/client/dist/index.js',
  'packages/client/dist/browser/telemedicine-client.js',
  'packages/ui/dist/site/telemedicine-ui.js',
];
const STAMP = 'dist/.built-from';

/**
 * Compiles the server and what it imports, unless dist/ was made from exactly these sources. Their
 * content decides, not their dates, which a checkout changes.
 * Throws a `Failure` with what the compiler said. Says what it does on stderr, beside what a command prints.
 */
export async function ensureBuilt() {
  const fingerprint = fingerprintOf(ROOT, SOURCES);
  const isComplete = RESULTS.every((file) => existsSync(join(ROOT, file)));
  if (isComplete && stampOf(ROOT) === fingerprint) return;
  console.error('Building …');
  const started = Date.now();
  // The compiler trusts its own notes over what is there: files deleted by hand need --force.
  await compile(['app', 'packages/client', ...(isComplete ? [] : ['--force'])]);
  await bundle('packages/client');
  await bundle('packages/ui');
  copyAssets();
  writeFileSync(join(ROOT, STAMP), fingerprint);
  console.error(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

/** @param {readonly string[]} args */
async function compile(args) {
  const { ok, output } = await runPackage('typescript/bin/tsc', ['--build', ...args]);
  if (!ok) throw new Failure(`${output}\n\nThe build failed: nothing was started.`);
}

/** Makes the files that browsers load. @param {string} folder A package with a vite.config.mjs */
async function bundle(folder) {
  const options = ['--config', `${folder}/vite.config.mjs`, '--logLevel', 'warn'];
  const { ok, output } = await runPackage('vite/bin/vite.js', ['build', ...options]);
  if (!ok) throw new Failure(`${output}\n\nThe build failed: nothing was started.`);
}

/** What is not TypeScript (pages, scripts for the store) stands beside the compiled files. */
function copyAssets() {
  cpSync(join(ROOT, 'app'), join(ROOT, 'dist/app'), {
    recursive: true,
    filter: (path) => !/\.ts$|tsconfig\.json$/.test(path),
  });
}

/**
 * A hash over the names and contents of all files in these folders, without tests and results.
 *
 * @param {string} root
 * @param {readonly string[]} paths
 */
export function fingerprintOf(root, paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap((path) => filesIn(root, path)).sort()) {
    const content = readFileSync(join(root, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** @param {string} root @param {string} path @returns {string[]} */
function filesIn(root, path) {
  if (!statSync(join(root, path)).isDirectory())
    return /\.(test|contract)\.ts$/.test(path) ? [] : [path];
  return readdirSync(join(root, path))
    .filter((name) => name !== 'dist' && name !== 'node_modules')
    .flatMap((name) => filesIn(root, `${path}/${name}`));
}

/** @param {string} root */
const stampOf = (root) =>
  existsSync(join(root, STAMP)) ? readFileSync(join(root, STAMP), 'utf8') : undefined;
