import { readFileSync } from 'node:fs';
import { ERRORS } from '@telemedicine-signaling/protocol';
import { expect, test } from 'vitest';
import { errorsPage } from './errors-page.mjs';
import { ROOT } from './project.mjs';

test('ERR-1 docs/ERRORS.md is what `npm run docs` writes', () => {
  expect(readFileSync(`${ROOT}docs/ERRORS.md`, 'utf8')).toBe(errorsPage(ERRORS));
});

test('a bar in a sentence does not end its cell', () => {
  const page = errorsPage({ 'some-code': { http: 400, retry: false, msg: 'this|that' } });
  expect(page).toContain('| `some-code` | 400 | no | this\\|that |');
});
