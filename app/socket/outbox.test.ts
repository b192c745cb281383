import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outbox } from './outbox.ts';

/** As a message goes out. */
const offer = (text: string): Buffer => Buffer.from(JSON.stringify(['offer', { text }]));

const texts = (outbox: Outbox, heard: number) =>
  outbox.after(heard).messages.map(({ data }) => (data as { text: string }).text);

describe('RESUME-10 what may not have arrived', () => {
  it('RESUME-10 is what was sent after the last that was heard, in order', () => {
    const outbox = new Outbox({ messages: 10, bytes: 10_000 });
    for (const text of ['a', 'b', 'c']) outbox.add(offer(text));
    expect(texts(outbox, 1)).toEqual(['b', 'c']);
    expect(outbox.after(3)).toEqual({ messages: [], isIncomplete: false });
  });

  it('RESUME-10 leaves out how things stood', () => {
    const outbox = new Outbox({ messages: 10, bytes: 10_000 });
    outbox.add(null);
    outbox.add(offer('a'));
    expect(texts(outbox, 0)).toEqual(['a']);
  });

  it.each([
    ['messages', { messages: 3, bytes: 10_000 }, 'x'],
    ['bytes', { messages: 100, bytes: 3_400 }, 'x'.repeat(1_000)],
  ])('RESUME-10 is kept up to a bound of %s', (_, bounds, filler) => {
    const outbox = new Outbox(bounds);
    for (let n = 0; n < 10; n += 1) outbox.add(offer(`${n}${filler}`));
    expect(outbox.after(7).isIncomplete).toBe(false);
    expect(texts(outbox, 7).map(([n]) => n)).toEqual(['7', '8', '9']);
    expect(outbox.after(6).isIncomplete).toBe(true);
  });

  it('RESUME-10 keeps nothing of what is larger than all that may be kept', () => {
    const outbox = new Outbox({ messages: 10, bytes: 100 });
    outbox.add(offer('small'));
    outbox.add(offer('x'.repeat(200)));
    expect(outbox.after(0)).toEqual({ messages: [], isIncomplete: true });
    outbox.add(offer('after'));
    expect(texts(outbox, 2)).toEqual(['after']);
  });

  it('RESUME-10 is let go once a heartbeat has gone back and forth after it, and makes room', () => {
    const outbox = new Outbox({ messages: 10, bytes: 150 });
    outbox.add(offer('x'.repeat(100)));
    outbox.confirm();
    expect(outbox.after(0).isIncomplete).toBe(false);
    outbox.confirm();
    expect(outbox.after(0).isIncomplete).toBe(true);
    outbox.add(offer('y'.repeat(100)));
    expect(texts(outbox, 1)).toEqual(['y'.repeat(100)]);
  });
});

/** What can happen on a connection, one after the other. */
const STEP = fc.constantFrom('send', 'tell state', 'arrive', 'ping', 'pong');

/** A connection that keeps its order, between an outbox and a client that counts. */
function talk(steps: readonly string[], outbox: Outbox) {
  const written: ('message' | 'ping')[] = ['ping'];
  const sent: { data: number; isState: boolean }[] = [];
  const pongs: 'under way'[] = [];
  let arrived = 0;
  let heard = 0;
  /** The first ping is out of its turn; the next one waits for the pong. */
  let awaited = 1;
  const act: Record<string, () => void> = {
    send: () => say(false),
    'tell state': () => say(true),
    arrive() {
      const next = written[arrived];
      if (next === undefined) return;
      arrived += 1;
      if (next === 'ping') pongs.push('under way');
      else heard += 1;
    },
    ping() {
      if (awaited > 0) return;
      awaited += 1;
      written.push('ping');
    },
    pong() {
      if (pongs.pop() === undefined) return;
      awaited -= 1;
      outbox.confirm();
    },
  };
  function say(isState: boolean): void {
    outbox.add(isState ? null : Buffer.from(JSON.stringify(['offer', sent.length])));
    sent.push({ data: sent.length, isState });
    written.push('message');
  }
  for (const step of steps) act[step]?.();
  const lost = sent.slice(heard).filter(({ isState }) => !isState);
  return { heard, unheard: sent.length - heard, lost: lost.map(({ data }) => data) };
}

describe('RESUME-10 whatever is sent, arrives and is confirmed before the connection falls silent', () => {
  it('RESUME-10 nothing is lost and nothing comes twice', () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 80 }), (steps) => {
        const outbox = new Outbox({ messages: 1000, bytes: 100_000 });
        const { heard, lost } = talk(steps, outbox);
        const { messages, isIncomplete } = outbox.after(heard);
        expect(messages.map(({ data }) => data)).toEqual(lost);
        expect(isIncomplete).toBe(false);
      }),
    );
  });

  it('RESUME-10 where less is kept, nothing is lost in silence', () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 80 }), (steps) => {
        const outbox = new Outbox({ messages: 3, bytes: 100_000 });
        const { heard, unheard, lost } = talk(steps, outbox);
        const { messages, isIncomplete } = outbox.after(heard);
        const data = messages.map((message) => message.data);
        expect(isIncomplete).toBe(unheard > 3);
        expect(data).toEqual(lost.slice(lost.length - data.length));
        if (!isIncomplete) expect(data).toEqual(lost);
      }),
    );
  });
});
