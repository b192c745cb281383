import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { findProgram, instructions } from './system-packages.mjs';

const WANTED = {
  name: 'Browser',
  why: 'pages are opened in the tests',
  variable: 'BROWSER_PATH',
  commands: /** @type {[string, ...string[]]} */ (['browser-of-choice', 'browser-else']),
  debian: 'browser-deb',
  brew: '--cask browser',
};

/** @type {string} */
let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'programs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

/** @param {string} name */
function program(name) {
  const path = join(folder, name);
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, 0o755);
  return path;
}

describe('findProgram', () => {
  it('takes the best name on PATH', () => {
    program('browser-else');
    const best = program('browser-of-choice');
    expect(findProgram(WANTED, { PATH: `/nowhere:${folder}` })).toBe(best);
  });

  it('takes what the variable names before all others', () => {
    program('browser-of-choice');
    const named = program('my-browser');
    expect(findProgram(WANTED, { PATH: folder, BROWSER_PATH: named })).toBe(named);
  });

  it('finds nothing where there is nothing, or no program', () => {
    writeFileSync(join(folder, 'browser-of-choice'), 'a note');
    expect(findProgram(WANTED, { PATH: folder })).toBeUndefined();
    expect(findProgram(WANTED, {})).toBeUndefined();
  });

  it('does not pass over a variable that names no program', () => {
    program('browser-of-choice');
    expect(() => findProgram(WANTED, { PATH: folder, BROWSER_PATH: `${folder}/gone` })).toThrow(
      `BROWSER_PATH names ${folder}/gone`,
    );
  });
});

describe('instructions', () => {
  it.each([
    [
      'Debian',
      { isDebian: true, isMac: false },
      'sudo apt-get update && sudo apt-get install -y browser-deb',
    ],
    ['macOS', { isDebian: false, isMac: true }, 'brew install --cask browser'],
    [
      'elsewhere',
      { isDebian: false, isMac: false },
      'BROWSER_PATH=/path/to/browser-of-choice npm test',
    ],
  ])('name the command: %s', (_, machine, command) => {
    const text = instructions([WANTED], machine);
    expect(text).toContain('Browser is missing: pages are opened in the tests.');
    expect(text.split('\n').at(-1)?.trim()).toBe(command);
  });
});
