import { beforeEach, expect, it } from 'vitest';
import { CallJournal } from './call-journal.ts';

let now: number;
let journal: CallJournal;

beforeEach(() => {
  now = 5000;
  journal = new CallJournal(() => now);
});

it('CALL-9 a call in which nobody ever was has nothing to report', () => {
  now += 60_000;
  expect(journal.report()).toBeNull();
});

it('CALL-9 a call that was given up at once has nothing to report', () => {
  journal.begin();
  now += 9999;
  expect(journal.report()).toBeNull();
});

it('CALL-9 a call that did not come about in ten seconds says so', () => {
  journal.begin();
  now += 10_000;
  expect(journal.report()).toEqual({ 'set-up': false });
});

it('CALL-9 a call says when the first media came, whether it was relayed, and how it mostly was', () => {
  journal.begin();
  now += 640.4;
  journal.connected();
  journal.mediaCame();
  now += 2000;
  journal.mediaCame();
  journal.begin();
  for (const level of ['good', 'fair', 'fair', 'good', 'poor', 'fair'] as const) {
    journal.look({ level, relayed: true });
  }
  journal.look(null);
  expect(journal.report()).toEqual({
    'set-up': true,
    'first-media-ms': 640,
    relayed: true,
    quality: 'fair',
  });
});

it('CALL-9 of two levels that were as frequent the worse one counts', () => {
  journal.begin();
  journal.connected();
  journal.look({ level: 'good', relayed: false });
  journal.look({ level: 'poor', reason: 'loss', relayed: false });
  expect(journal.report()).toEqual({ 'set-up': true, relayed: false, quality: 'poor' });
});

it('CALL-9 a call that ended before anybody looked says only that it was', () => {
  journal.begin();
  journal.connected();
  expect(journal.report()).toEqual({ 'set-up': true });
});
