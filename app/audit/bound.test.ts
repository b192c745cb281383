import { describe, expect, it } from 'vitest';
import type { AuditFact } from '../data/audit-log.ts';
import { Bound } from './bound.ts';

const MINUTE_MS = 60_000;
const refused = (client: string, result: 'not-allowed' | 'token-invalid' = 'not-allowed') =>
  ({ action: 'refused', result, 'client-id': client, asked: 'offer' }) satisfies AuditFact;

describe('a flood', () => {
  it('AUDIT-6 the first few of a kind are written, the rest is one line a minute', () => {
    const bound = new Bound({ perSource: 3, sources: 10 });
    const written = Array.from({ length: 100 }, (_, n) => bound.take(1000 + n, refused('a')));
    expect(written.flat().map(({ at }) => at)).toEqual([1000, 1001, 1002]);
    expect(bound.sums(MINUTE_MS)).toEqual([]);
    expect(bound.sums(1000 + MINUTE_MS)).toEqual([
      {
        at: 1000 + MINUTE_MS,
        fact: {
          action: 'refused',
          result: 'not-allowed',
          'client-id': 'a',
          count: 97,
          since: '1970-01-01T00:00:01.000Z',
        },
      },
    ]);
  });

  it('AUDIT-6 the minute after it is a new one', () => {
    const bound = new Bound({ perSource: 1, sources: 10 });
    bound.take(0, refused('a'));
    bound.take(1, refused('a'));
    const facts = bound.take(MINUTE_MS, refused('a')).map(({ fact }) => fact.count);
    expect(facts).toEqual([1, undefined]);
    expect(bound.take(MINUTE_MS + 1, refused('a'))).toEqual([]);
  });

  it('AUDIT-6 one who floods takes nothing from others, nor one error from another', () => {
    const bound = new Bound({ perSource: 1, sources: 10 });
    for (let n = 0; n < 9; n += 1) bound.take(0, refused('a'));
    expect(bound.take(0, refused('b'))).toHaveLength(1);
    expect(bound.take(0, refused('a', 'token-invalid'))).toHaveLength(1);
  });

  it('AUDIT-6 from ever new sources it is bounded, too', () => {
    const bound = new Bound({ perSource: 5, sources: 4 });
    const written = Array.from({ length: 1000 }, (_, n) => bound.take(0, refused(`c-${n}`)));
    expect(written.flat()).toHaveLength(4);
    const sums = bound.sums(MINUTE_MS).map(({ fact }) => fact);
    expect(sums).toMatchObject([{ action: 'refused', result: 'not-allowed', count: 996 }]);
    expect(sums[0]).not.toHaveProperty('client-id');
  });

  it('AUDIT-6 what was counted is written when the server stops', () => {
    const bound = new Bound({ perSource: 1, sources: 10 });
    bound.take(0, refused('a'));
    bound.take(0, refused('a'));
    expect(bound.sums(1, true)).toHaveLength(1);
    expect(bound.sums(1, true)).toEqual([]);
  });
});
