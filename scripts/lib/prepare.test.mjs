import { expect, test } from 'vitest';
import { assertNodeVersion } from './prepare.mjs';
import { Failure } from './project.mjs';

test.each(['20.19.0', '20.20.2', '22.0.0'])('Node %s will do', (running) => {
  expect(() => assertNodeVersion(running)).not.toThrow();
});

test.each(['18.20.8', '20.18.3'])('Node %s is told off', (running) => {
  expect(() => assertNodeVersion(running)).toThrow(Failure);
});
