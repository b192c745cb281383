import { expect, test } from 'vitest';
import { Line } from './line.ts';
import { Tally } from './tally.ts';

/** What becomes of messages with these numbers, all acknowledged, that arrive so. */
async function tallyOf(said: number, arrives: readonly number[]) {
  const tally = new Tally();
  tally.calls.asked = 1;
  tally.calls.ended = 1;
  const line = new Line('line', tally);
  for (let n = 0; n < said; n += 1) {
    expect(line.next()).toBe(n);
    line.sent(n);
    line.answered(n, 'now');
  }
  for (const n of arrives) line.heard(n, 0);
  await line.complete(0);
  return { ...tally.messages, isWell: tally.isWell };
}

test.each([
  ['all that came once and in order is well', [0, 1, 2], {}, true],
  ['what never came is lost', [0, 2], { lost: 1 }, false],
  ['what came again came twice', [0, 1, 1, 2], { duplicated: 1 }, false],
  ['what came after a later one is out of order', [0, 2, 1], { reordered: 1 }, false],
] as const)('CLI-6 %s', async (_, arrives, counts, isWell) => {
  const none = { lost: 0, duplicated: 0, reordered: 0, sent: 3 };
  expect(await tallyOf(3, arrives)).toMatchObject({ ...none, ...counts, isWell });
});

test('CLI-6 what was not acknowledged may come or not', async () => {
  const tally = new Tally();
  const line = new Line('line', tally);
  for (const n of [0, 1]) {
    line.sent(n);
    line.answered(n, 'unanswered');
  }
  line.heard(1, 0);
  await line.complete(0);
  expect(tally.messages).toMatchObject({ sent: 0, received: 1, unanswered: 2, lost: 0 });
});

test('CLI-6 an answer may come after the message itself, and complete waits for no more', async () => {
  const tally = new Tally();
  const line = new Line('line', tally);
  line.sent(0);
  line.heard(0, 0);
  line.answered(0, 'held');
  await line.complete();
  expect(tally.messages).toMatchObject({ sent: 1, held: 1, lost: 0 });
});
