import { expect, it } from 'vitest';
import { expiryOf, roomOf } from './access.ts';

const token = (claims: object): string =>
  `x.${btoa(JSON.stringify(claims)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')}.y`;

it('AUTH-4 AUTH-6 reads from a token when it expires and which room it is pinned to', () => {
  expect(expiryOf(token({ exp: 1_900_000_000 }))).toBe(1_900_000_000_000);
  expect(roomOf(token({ room: 'r~1' }))).toBe('r~1');
});

it('what is no token, or says nothing of it, is none', () => {
  for (const none of [undefined, '', 'a.b', 'a.!.c', token({ exp: '1', room: 7 })]) {
    expect([expiryOf(none), roomOf(none)]).toEqual([undefined, undefined]);
  }
});
