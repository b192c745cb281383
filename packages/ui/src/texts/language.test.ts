import { expect, it } from 'vitest';
import { directionOf, languageOf } from './language.ts';

it('UI-2 speaks the first language asked for that it knows', () => {
  expect(languageOf(['', null, 'de-DE', 'hi-IN', 'ar'])).toBe('hi');
  expect(languageOf(['AR'])).toBe('ar');
  expect(languageOf(['xx', undefined])).toBe('en');
});

it('UI-2 Arabic runs from right to left', () => {
  expect([directionOf('en'), directionOf('hi'), directionOf('ar')]).toEqual(['ltr', 'ltr', 'rtl']);
});
