import { expect, it } from 'vitest';
import { Keepsake } from './keepsake.ts';

function tab() {
  const held = new Map<string, string>();
  return {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => void held.set(key, value),
    removeItem: (key: string) => void held.delete(key),
    copy: () => {
      const other = tab();
      for (const [key, value] of held) other.setItem(key, value);
      return other;
    },
  };
}

it('SDK-3 a page that is reloaded finds its resume token', () => {
  const storage = tab();
  const before = new Keepsake(storage, 'clinic-7');
  before.note({ resume: 'secret', roomId: 'r1' });
  before.lay();
  expect(new Keepsake(storage, 'clinic-7').kept).toEqual({ resume: 'secret', roomId: 'r1' });
  expect(new Keepsake(storage, 'clinic-8').kept).toEqual({});
});

it('SDK-3 a duplicated tab finds the room, and no token', () => {
  const storage = tab();
  new Keepsake(storage, 'clinic-7').note({ resume: 'secret', roomId: 'r1' });
  expect(new Keepsake(storage.copy(), 'clinic-7').kept).toEqual({ roomId: 'r1' });
});

it('SDK-3 a token that was found is not found a second time', () => {
  const storage = tab();
  const first = new Keepsake(storage, 'clinic-7');
  first.note({ resume: 'secret' });
  first.lay();
  expect(new Keepsake(storage, 'clinic-7').kept.resume).toBe('secret');
  expect(new Keepsake(storage, 'clinic-7').kept.resume).toBeUndefined();
});
