import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VARIABLES } from '../../app/config/variables.ts';
import { configurationPage } from './configuration-page.mjs';
import { ROOT } from './project.mjs';

test('docs/CONFIGURATION.md is what `npm run docs` writes', () => {
  expect(readFileSync(`${ROOT}docs/CONFIGURATION.md`, 'utf8')).toBe(configurationPage(VARIABLES));
});

test('a bar in a cell does not end it', () => {
  const variable = { description: 'a|b', allowed: 'x', fallbackText: 'y' };
  expect(configurationPage({ NAME: variable })).toContain('| `NAME` | a\\|b |  | x | y |');
});
