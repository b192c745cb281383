import { expect, it } from 'vitest';
import { sayIn } from './say.ts';

it('UI-2 lengths of time count up through minutes and hours', () => {
  const { clock } = sayIn('en');
  expect([0, 9.9, 65, 3600, 3905].map(clock)).toEqual([
    '0:00',
    '0:09',
    '1:05',
    '1:00:00',
    '1:05:05',
  ]);
});

it('UI-2 plurals and ranges follow the language', () => {
  const english = sayIn('en');
  expect(english.plural(1, { one: 'person', other: 'people' })).toBe('person');
  expect(english.plural(3, { one: 'person', other: 'people' })).toBe('people');
  expect(english.range(5, 12)).toBe('5–12 minutes');
  expect(english.range(5, 5)).toBe('5 minutes');
  expect(sayIn('ar').plural(2, { two: 'شخصان', other: 'أشخاص' })).toBe('شخصان');
});
