import { run, runPackage } from './run.mjs';

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {() => Promise<import('./run.mjs').Ran>} start
 * @property {RegExp} [count] The line of its output that tells how much it looked at.
 */

/** @type {readonly Check[]} */
const CHECKS = [
  {
    name: 'format, lint',
    start: () => runPackage('@biomejs/biome/bin/biome', ['check', '--error-on-warnings']),
    count: /Checked .* files/,
  },
  {
    name: 'types',
    start: () => runPackage('typescript/bin/tsc', ['--build']),
  },
  {
    name: 'layers',
    start: () => run(process.execPath, ['scripts/layers.mjs']),
    count: /.*/,
  },
  {
    name: 'dead code',
    start: () =>
      runPackage('knip/bin/knip.js', ['--treat-config-hints-as-errors', '--no-progress']),
  },
];

/** Runs all checks at once and prints what they found. True if that is nothing. */
export async function runChecks() {
  const results = await Promise.all(
    CHECKS.map(async (check) => ({ ...check, ...(await check.start()) })),
  );
  for (const { name, ok, output } of results) {
    if (!ok) console.log(`── ${name} ──\n${output}\n`);
  }
  for (const { name, ok, output, count } of results) {
    const detail = (ok && count?.exec(output)?.[0]) || '';
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(14)}${detail}`.trimEnd());
  }
  return results.every(({ ok }) => ok);
}
