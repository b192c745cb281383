// `npm test`: sets up what is needed, runs all checks and every test. Arguments go to vitest.
// The last line of the output says what ran.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecks } from './lib/checks.mjs';
import { prepare } from './lib/prepare.mjs';
import { main } from './lib/project.mjs';
import { runPackage } from './lib/run.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';
import { summaryOf } from './lib/test-report.mjs';

let summary = '0 passed, 0 failed';
process.on('exit', () => console.log(summary));

await main(async () => {
  await prepare();
  await ensureSystemPackages();
});
const areChecksFine = await runChecks();
const areTestsFine = await runTests(process.argv.slice(2));
if (!areChecksFine) console.log('The checks found something: see above.');
process.exitCode = areChecksFine && areTestsFine ? 0 : 1;

/**
 * Runs vitest, which prints as it goes, and notes in `summary` what ran. True if all of it passed.
 *
 * @param {readonly string[]} args
 */
async function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'telemedicine-signaling-'));
  const file = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const { ok, code } = await runPackage('vitest/vitest.mjs', ['run', ...reporters, ...args], {
      show: true,
    });
    if (!existsSync(file)) {
      console.log(`vitest ended with ${code} before it could say what ran.`);
      return false;
    }
    const report = JSON.parse(readFileSync(file, 'utf8'));
    if (!ok && report.numFailedTests === 0) console.log('vitest found errors outside the tests.');
    summary = summaryOf(report, ok);
    return ok && report.numPassedTests > 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
