import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { fingerprintOf } from './build.mjs';

/** @type {string} */
let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'build-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  write('app/server.ts', 'one');
  write('app/rooms/room.ts', 'two');
  write('tsconfig.json', '{}');
});

/** @param {string} file @param {string} content */
function write(file, content) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), content);
}

const fingerprint = () => fingerprintOf(root, ['app', 'tsconfig.json']);

describe('the fingerprint of the sources', () => {
  it.each([
    ['a changed file', () => write('app/rooms/room.ts', 'three')],
    ['a changed setting', () => write('tsconfig.json', '{"strict":true}')],
    ['a new file', () => write('app/rooms/claim.ts', '')],
    ['a removed file', () => rmSync(join(root, 'app/rooms'), { recursive: true })],
    [
      'text moved between files',
      () => {
        write('app/server.ts', 'onetwo');
        write('app/rooms/room.ts', '');
      },
    ],
    [
      'a renamed file',
      () => {
        cpSync(join(root, 'app/rooms'), join(root, 'app/halls'), { recursive: true });
        rmSync(join(root, 'app/rooms'), { recursive: true });
      },
    ],
  ])('tells %s', (_, change) => {
    const before = fingerprint();
    change();
    expect(fingerprint()).not.toBe(before);
  });

  it.each([
    ['dates', () => utimesSync(join(root, 'app/server.ts'), 1, 1)],
    ['tests', () => write('app/rooms/room.test.ts', 'x')],
    ['what a build leaves', () => write('app/dist/server.js', 'x')],
  ])('does not look at %s', (_, change) => {
    const before = fingerprint();
    change();
    expect(fingerprint()).toBe(before);
  });
});
