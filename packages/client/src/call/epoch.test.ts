import { expect, it } from 'vitest';
import { judge } from './epoch.ts';

it('CALL-3 tells what belongs to the connection of now, what is stale, and what begins anew', () => {
  expect(judge(3, 3)).toBe('current');
  expect(judge(3, 2)).toBe('stale');
  expect(judge(3, 4)).toBe('newer');
});

it('CALL-3 a page that knows no epochs means the connection of now', () => {
  for (const none of [undefined, null, '4', 4.5, Number.NaN])
    expect(judge(3, none)).toBe('current');
});
