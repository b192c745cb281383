import { expect, it } from 'vitest';
import { initialsOf } from './avatar.ts';

it.each([
  ['Ada Lovelace', 'AL'],
  ['Ada', 'A'],
  ['maría del carmen ruiz', 'MR'],
  ['अदिति शर्मा', 'अश'],
  ['  ', ''],
  ['𝒜da 𝓁ove', '𝒜𝓁'],
])('UI-3 the initials of "%s"', (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});
