import { readFileSync } from 'node:fs';
import { ensureBuilt } from './build.mjs';
import { endWithNpm } from './end-with-npm.mjs';
import { ensureInstalled } from './install.mjs';
import { Failure, ROOT } from './project.mjs';

/** Brings a fresh clone, or one after a checkout, to where the server can start. Quick if it is there. */
export async function prepare() {
  assertNodeVersion(process.versions.node);
  await ensureInstalled();
  await ensureBuilt();
}

/** Starts the server in this process. Call `prepare` first. */
export async function serve() {
  endWithNpm();
  await import(new URL('../../dist/app/server.js', import.meta.url).href);
}

/** The version of this project. */
export const version = () => readPackage().version;

/**
 * Throws a `Failure` if this Node is older than package.json asks for. npm would say so too, but not
 * before the first lines of its own.
 *
 * @param {string} running
 */
export function assertNodeVersion(running) {
  const [major = 0, minor = 0] = readPackage().engines.node.match(/\d+/g)?.map(Number) ?? [];
  const [runningMajor = 0, runningMinor = 0] = running.split('.').map(Number);
  if (runningMajor > major || (runningMajor === major && runningMinor >= minor)) return;
  throw new Failure(
    `This needs Node ${major}.${minor} or newer; here is ${running}: https://nodejs.org`,
  );
}

/** @returns {{ version: string, engines: { node: string } }} */
const readPackage = () => JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
