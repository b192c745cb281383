import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commandsPage } from './commands-page.mjs';
import { ROOT } from './project.mjs';

test('docs/COMMANDS.md is what `npm run docs` writes', { timeout: 60_000 }, async () => {
  const page = await commandsPage();
  expect(page).toContain('## `telemedicine-signaling audit verify`');
  expect(readFileSync(`${ROOT}docs/COMMANDS.md`, 'utf8')).toBe(page);
});
