import { describe, expect, it } from 'vitest';
import { Outbox } from './outbox.ts';

const texts = (outbox: Outbox, heard: number) =>
  outbox.after(heard).messages.map(({ data }) => (data as { text: string }).text);

describe('RESUME-10 what may not have arrived', () => {
  it('RESUME-10 is what was sent after the last that was heard, in order', () => {
    const outbox = new Outbox({ messages: 10, bytes: 10_000 });
    for (const text of ['a', 'b', 'c']) outbox.add('offer', { text }, false);
    expect(texts(outbox, 1)).toEqual(['b', 'c']);
    expect(outbox.after(3)).toEqual({ messages: [], isIncomplete: false });
  });

  it('RESUME-10 leaves out how things stood', () => {
    const outbox = new Outbox({ messages: 10, bytes: 10_000 });
    outbox.add('queue', { text: 'stale' }, true);
    outbox.add('offer', { text: 'a' }, false);
    expect(texts(outbox, 0)).toEqual(['a']);
  });

  it.each([
    ['messages', { messages: 3, bytes: 10_000 }, 'x'],
    ['bytes', { messages: 100, bytes: 3_400 }, 'x'.repeat(1_000)],
  ])('RESUME-10 is kept up to a bound of %s', (_, bounds, filler) => {
    const outbox = new Outbox(bounds);
    for (let n = 0; n < 10; n += 1) outbox.add('offer', { text: `${n}${filler}` }, false);
    expect(outbox.after(7).isIncomplete).toBe(false);
    expect(texts(outbox, 7).map(([n]) => n)).toEqual(['7', '8', '9']);
    expect(outbox.after(6).isIncomplete).toBe(true);
  });

  it('RESUME-10 keeps nothing of what is larger than all that may be kept', () => {
    const outbox = new Outbox({ messages: 10, bytes: 100 });
    outbox.add('offer', { text: 'small' }, false);
    outbox.add('offer', { text: 'x'.repeat(200) }, false);
    expect(outbox.after(0)).toEqual({ messages: [], isIncomplete: true });
    outbox.add('offer', { text: 'after' }, false);
    expect(texts(outbox, 2)).toEqual(['after']);
  });

  it('RESUME-10 is let go once a heartbeat has gone back and forth after it, and makes room', () => {
    const outbox = new Outbox({ messages: 10, bytes: 150 });
    outbox.add('offer', { text: 'x'.repeat(100) }, false);
    outbox.confirm();
    expect(outbox.after(0).isIncomplete).toBe(false);
    outbox.confirm();
    expect(outbox.after(0).isIncomplete).toBe(true);
    outbox.add('offer', { text: 'y'.repeat(100) }, false);
    expect(texts(outbox, 1)).toEqual(['y'.repeat(100)]);
  });
});
