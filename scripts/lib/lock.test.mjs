import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { missingOptionals } from './lock.mjs';
import { ROOT } from './project.mjs';

test('package-lock.json names all that `npm ci` will ask for (else: npm run complete-lock)', () => {
  const { packages } = JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8'));
  expect(Object.keys(missingOptionals(packages))).toEqual([]);
});

describe('missingOptionals', () => {
  it('tells version and platform of what is missing', () => {
    const packages = {
      'node_modules/tool': {
        dev: true,
        optionalDependencies: { '@tool/linux-x64-gnu': '1.2.3', '@tool/darwin-arm64': '1.2.3' },
      },
      'node_modules/@tool/linux-x64-gnu': { version: '1.2.3' },
    };
    expect(missingOptionals(packages)).toEqual({
      'node_modules/@tool/darwin-arm64': {
        version: '1.2.3',
        cpu: ['arm64'],
        os: ['darwin'],
        dev: true,
        optional: true,
      },
    });
  });

  it('knows the C library where the name tells it', () => {
    const packages = {
      'node_modules/tool': { optionalDependencies: { 'tool-linux-x64-musl': '1.0.0' } },
    };
    expect(missingOptionals(packages)).toMatchObject({
      'node_modules/tool-linux-x64-musl': { libc: ['musl'], os: ['linux'], cpu: ['x64'] },
    });
  });

  it('finds what lies within the one that asks, or on its way up', () => {
    const packages = {
      'node_modules/a': { optionalDependencies: { inner: '1.0.0' } },
      'node_modules/a/node_modules/inner': {
        version: '1.0.0',
        optionalDependencies: { outer: '1.0.0' },
      },
      'node_modules/a/node_modules/outer': { version: '1.0.0' },
    };
    expect(missingOptionals(packages)).toEqual({});
  });
});
