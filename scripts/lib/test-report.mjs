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
 * did not run: it counts as one that failed. So does what went wrong outside all tests, such as a
 * worker that died, where no test failed.
 *
 * @param {Report} report
 * @param {boolean} isFine Whether vitest itself found nothing wrong.
 */
export function summaryOf(report, isFine) {
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  const failed = report.numFailedTests + unloaded.length;
  const skipped = report.numPendingTests + report.numTodoTests;
  const line = `${report.numPassedTests} passed, ${isFine ? failed : Math.max(failed, 1)} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}
