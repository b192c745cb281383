/**
 * What vitest's JSON reporter writes, as far as it is read here.
 *
 * @typedef {object} Report
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {readonly { status: string, assertionResults: readonly unknown[] }[]} testResults
 */

/**
 * The last line of `npm test`: what ran, in numbers. A file that could not be loaded holds tests that
 * did not run: it counts as one that failed.
 *
 * @param {Report} report
 */
export function summaryOf(report) {
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  const skipped = report.numPendingTests + report.numTodoTests;
  const line = `${report.numPassedTests} passed, ${report.numFailedTests + unloaded.length} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}
