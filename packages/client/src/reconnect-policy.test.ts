import { expect, it } from 'vitest';
import { defaultReconnectPolicy } from './reconnect-policy.ts';

it('SDK-2 tries at once, then less and less often, then every 7 s with jitter', () => {
  expect([0, 1, 2, 3, 4].map(defaultReconnectPolicy)).toEqual([0, 300, 1200, 2700, 4800]);
  const later = Array.from({ length: 50 }, (_, n) => defaultReconnectPolicy(5 + n) as number);
  expect(Math.min(...later)).toBeGreaterThanOrEqual(6500);
  expect(Math.max(...later)).toBeLessThanOrEqual(7500);
  expect(new Set(later).size).toBeGreaterThan(1);
});
