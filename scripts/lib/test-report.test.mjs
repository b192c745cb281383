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
  ['3 passed, 0 failed', {}],
  ['3 passed, 2 failed', { numFailedTests: 2 }],
  ['3 passed, 0 failed, 3 skipped', { numPendingTests: 1, numTodoTests: 2 }],
  ['3 passed, 1 failed', { testResults: [RAN, { status: 'failed', assertionResults: [] }] }],
  ['3 passed, 1 failed', { numFailedTests: 1, testResults: [{ ...RAN, status: 'failed' }] }],
])('%s', (line, difference) => {
  expect(summaryOf({ ...REPORT, ...difference })).toBe(line);
});
