import { expect, test } from 'vitest';
import { summaryOf } from './test-report.mjs';

const RAN = { status: 'passed', assertionResults: [{}] };
const REPORT = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [RAN],
};

test.each([
  ['3 passed, 0 failed', true, {}],
  ['3 passed, 2 failed', false, { numFailedTests: 2 }],
  ['3 passed, 0 failed, 3 skipped', true, { numPendingTests: 1, numTodoTests: 2 }],
  ['3 passed, 1 failed', false, { testResults: [RAN, { status: 'failed', assertionResults: [] }] }],
  ['3 passed, 1 failed', false, { numFailedTests: 1, testResults: [{ ...RAN, status: 'failed' }] }],
  ['3 passed, 1 failed', false, {}],
])('%s, where vitest says %s', (line, isFine, difference) => {
  expect(summaryOf({ ...REPORT, ...difference }, isFine)).toBe(line);
});
