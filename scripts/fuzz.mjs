// `npm run fuzz`: the nightly form of the tests in test/fuzz, with the machine to itself: 200,000 cases, or
// FUZZ_CASES. FUZZ_SEED and FUZZ_PATH replay what failed; arguments go to vitest (`-t candidate`).
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare } from './lib/prepare.mjs';
import { main } from './lib/project.mjs';
import { runPackage } from './lib/run.mjs';

const CASES = '200000';

await main(prepare);
const folder = mkdtempSync(join(tmpdir(), 'telemedicine-signaling-'));
try {
  const report = join(folder, 'report');
  const { ok } = await runPackage(
    'vitest/vitest.mjs',
    ['run', 'test/fuzz', '--no-file-parallelism', ...process.argv.slice(2)],
    { show: true, env: { FUZZ_CASES: CASES, ...process.env, FUZZ_REPORT: report } },
  );
  console.log(summaryOf(existsSync(report) ? readFileSync(report, 'utf8') : ''));
  process.exitCode = ok ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * What was tried, a line a kind, and all of it.
 *
 * @param {string} report A line of JSON for each kind, and one for the server's longest stall.
 */
function summaryOf(report) {
  const lines = report.split('\n').filter(Boolean);
  /** @type {{ kind?: string, cases?: number, seconds?: number, longestStallMs?: number }[]} */
  const reported = lines.map((line) => JSON.parse(line));
  const kinds = reported.filter(({ kind }) => kind !== undefined);
  const sum = (/** @type {'cases' | 'seconds'} */ what) =>
    kinds.reduce((total, one) => total + (one[what] ?? 0), 0);
  const all = { kind: 'all', cases: sum('cases'), seconds: sum('seconds') };
  const stall = reported.find(({ longestStallMs }) => longestStallMs !== undefined);
  return [
    ...[...kinds, all].map(({ kind = '', cases = 0, seconds = 0 }) =>
      [
        kind.padEnd(12),
        String(cases).padStart(7),
        `cases ${seconds.toFixed(1).padStart(7)} s`,
      ].join(' '),
    ),
    `The server's longest stall: ${stall?.longestStallMs ?? '–'} ms`,
  ].join('\n');
}
