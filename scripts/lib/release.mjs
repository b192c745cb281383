import { readFileSync, writeFileSync } from 'node:fs';
import { Failure } from './project.mjs';
import { runPackage } from './run.mjs';

/**
 * Takes up the changesets in a clone's folder: all packages get the next version, CHANGELOG.md says what
 * is new, and the changesets are gone. Throws a `Failure` with what changesets said.
 *
 * @param {string} root With a slash at its end.
 */
export async function takeUpChangesets(root) {
  const { workspaces } = manifest(root);
  // Changesets versions workspaces, and this one is the product; npm takes none that holds itself.
  write(root, { ...manifest(root), workspaces: ['.', ...workspaces] });
  const { ok, output } = await runPackage('@changesets/cli/bin.js', ['version'], { cwd: root });
  write(root, { ...manifest(root), workspaces });
  if (!ok) throw new Failure(output);
  return manifest(root).version;
}

/** @param {string} root @returns {{ version: string, workspaces: string[] }} */
const manifest = (root) => JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

/** @param {string} root @param {object} content */
const write = (root, content) =>
  writeFileSync(`${root}package.json`, `${JSON.stringify(content, null, 2)}\n`);
