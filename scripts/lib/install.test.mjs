import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { isInstalled } from './install.mjs';

const ZOD = { version: '4.0.0', integrity: 'sha512-a' };
const FOR_HERE = { version: '1.0.0', optional: true, os: [process.platform], cpu: [process.arch] };
const FOR_ELSEWHERE = { version: '1.0.0', optional: true, os: ['none'], cpu: ['none'] };

/** @type {string} */
let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'install-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'packages/protocol'), { recursive: true });
  mkdirSync(join(root, 'node_modules'));
  write('package.json', { dependencies: { zod: '4.0.0' }, devDependencies: { b: '1', a: '2' } });
  write('packages/protocol/package.json', { dependencies: { zod: '4.0.0' } });
  write('package-lock.json', { packages: locked() });
  write('node_modules/.package-lock.json', { packages: present() });
});

/** @param {string} file @param {unknown} content */
const write = (file, content) => writeFileSync(join(root, file), JSON.stringify(content));

const locked = () => ({
  '': { dependencies: { zod: '4.0.0' }, devDependencies: { a: '2', b: '1' } },
  'packages/protocol': { dependencies: { zod: '4.0.0' } },
  'node_modules/zod': ZOD,
  'node_modules/native-here': FOR_HERE,
  'node_modules/native-elsewhere': FOR_ELSEWHERE,
});

const present = () => {
  const { '': root, 'node_modules/native-elsewhere': elsewhere, ...rest } = locked();
  return rest;
};

describe('isInstalled', () => {
  it('yes, when all that this machine needs is there, however it came', () => {
    expect(isInstalled(root)).toBe(true);
  });

  it('no, when nothing is there, or an installation was broken off', () => {
    rmSync(join(root, 'node_modules/.package-lock.json'));
    expect(isInstalled(root)).toBe(false);
  });

  it('no, when the lock file names another version', () => {
    const newer = { ...locked(), 'node_modules/zod': { version: '4.0.1', integrity: 'sha512-b' } };
    write('package-lock.json', { packages: newer });
    expect(isInstalled(root)).toBe(false);
  });

  it('no, when a package for development was left out', () => {
    const { 'node_modules/zod': zod, ...rest } = present();
    write('node_modules/.package-lock.json', { packages: rest });
    expect(isInstalled(root)).toBe(false);
  });

  it('no, when node_modules is from another platform', () => {
    const { 'node_modules/native-here': native, ...rest } = present();
    write('node_modules/.package-lock.json', { packages: rest });
    expect(isInstalled(root)).toBe(false);
  });

  it('no, when a package.json asks for what is not in the lock file', () => {
    write('packages/protocol/package.json', { dependencies: { zod: '4.0.0', ms: '2.0.0' } });
    expect(isInstalled(root)).toBe(false);
  });

  it('no, when a package came that the lock file does not know', () => {
    mkdirSync(join(root, 'packages/client'));
    write('packages/client/package.json', {});
    expect(isInstalled(root)).toBe(false);
  });
});
