import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, ROOT } from './project.mjs';
import { runNpm } from './run.mjs';

/**
 * One package of a package-lock.json.
 *
 * @typedef {{ version?: string, integrity?: string, optional?: boolean,
 *   os?: string[], cpu?: string[], libc?: string[] } & Record<string, unknown>} Locked
 */

const DEPENDENCIES = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
];

/**
 * Installs what package-lock.json says, unless that is what is there. Packages for development are
 * among it, whatever NODE_ENV says: the build needs the compiler.
 * Throws a `Failure` with what npm said.
 */
export async function ensureInstalled() {
  if (isInstalled(ROOT)) return;
  console.error('Installing packages (npm ci), once …');
  const started = Date.now();
  // No package here needs a script of its own at installation, so none gets to run one.
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-progress'];
  const { ok, output } = await runNpm(['ci', '--include=dev', '--loglevel=error', ...options]);
  if (!ok) throw new Failure(`${output}\n\nnpm ci failed: nothing was started.`);
  console.log(`Installed in ${seconds(started)} s.`);
}

/**
 * Whether node_modules holds what package-lock.json asks for on this machine, and that in turn fits
 * every package.json. npm notes what it installed in node_modules/.package-lock.json, after all else:
 * an installation by hand counts, one that was broken off does not.
 *
 * @param {string} root
 */
export function isInstalled(root) {
  const wanted = lockedPackages(join(root, 'package-lock.json'));
  const present = lockedPackages(join(root, 'node_modules/.package-lock.json'));
  return (
    Object.entries(wanted).every(
      ([path, locked]) => path === '' || !isNeeded(locked) || isSame(locked, present[path]),
    ) && workspaces(root).every((path) => fits(join(root, path), wanted[path]))
  );
}

/**
 * @param {string} file
 * @returns {Record<string, Locked>}
 */
function lockedPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {};
}

/** Optional packages are the binaries for one platform each, of which npm leaves out the others. @param {Locked} locked */
function isNeeded({ optional, os, cpu, libc }) {
  if (!optional) return true;
  if (!(os && cpu) || libc) return false;
  return os.includes(process.platform) && cpu.includes(process.arch);
}

/** @param {Locked} locked @param {Locked | undefined} present */
const isSame = (locked, present) =>
  present !== undefined &&
  locked.version === present.version &&
  locked.integrity === present.integrity;

/** The root package (as '') and the folders in packages/. @param {string} root */
const workspaces = (root) => [
  '',
  ...readdirSync(join(root, 'packages'))
    .map((name) => `packages/${name}`)
    .filter((path) => existsSync(join(root, path, 'package.json'))),
];

/** Whether the lock file was made for what package.json now asks for. @param {string} folder @param {Locked | undefined} locked */
function fits(folder, locked) {
  const asked = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return (
    locked !== undefined &&
    DEPENDENCIES.every((kind) => sorted(asked[kind]) === sorted(locked[kind]))
  );
}

/** @param {unknown} versions */
const sorted = (versions) => JSON.stringify(Object.entries(versions ?? {}).sort());

/** @param {number} started */
const seconds = (started) => ((Date.now() - started) / 1000).toFixed(1);
