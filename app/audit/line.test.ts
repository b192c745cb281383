import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type AuditFact, EMPTY_HEAD } from '../data/audit-log.ts';
import { canonical } from './canonical.ts';
import { linesAfter, readLine } from './line.ts';

const at = Date.UTC(2030, 0, 1, 8, 0, 0, 7);
const joined: AuditFact = { action: 'joined', role: 'doctor', subject: 'dr Åsa "A"' };

const textOf = (fact: AuditFact): string =>
  linesAfter(EMPTY_HEAD, [{ at, fact }]).lines[0]?.line ?? '';

describe('canonical JSON', () => {
  it('AUDIT-3 is one text for one content, whatever the order of keys', () => {
    const one = { b: [1, 'x', { d: null, c: true }], a: 'é\u2028"' };
    const other = { a: 'é\u2028"', b: [1, 'x', { c: true, d: null }] };
    expect(canonical(one)).toBe('{"a":"é\u2028\\"","b":[1,"x",{"c":true,"d":null}]}');
    expect(canonical(other)).toBe(canonical(one));
  });
});

describe('a line', () => {
  it('AUDIT-3 carries its number, the time, the hash before it and its own', () => {
    const { hash, ...rest } = JSON.parse(textOf(joined));
    expect(rest).toEqual({
      ...joined,
      seq: 1,
      at: '2030-01-01T08:00:00.007Z',
      result: 'ok',
      prev: '0'.repeat(64),
    });
    const sorted = JSON.stringify(rest, Object.keys(rest).sort());
    expect(hash).toBe(createHash('sha256').update(sorted).digest('hex'));
  });

  it('AUDIT-3 follows from the one before it', () => {
    const facts = [joined, { action: 'ended' } as const].map((fact) => ({ at, fact }));
    const { lines, head } = linesAfter({ seq: 41, hash: 'a'.repeat(64) }, facts);
    const [first, second] = lines.map(({ line }) => JSON.parse(line));
    expect([first.seq, second.seq]).toEqual([42, 43]);
    expect(first.prev).toBe('a'.repeat(64));
    expect(second.prev).toBe(first.hash);
    expect(head).toEqual({ seq: 43, hash: second.hash });
  });

  it('AUDIT-2 says nothing but what is on the list', () => {
    const chatty = { ...joined, room: null, metadata: { name: 'Ada' }, sdp: 'v=0', token: 'x' };
    expect(textOf(chatty)).toBe(textOf(joined));
  });

  it('AUDIT-3 is read as it was written, and in no other form', () => {
    const text = textOf(joined);
    expect(readLine(text)).toEqual(JSON.parse(text));
    const others = [
      '',
      'null',
      '[]',
      text.slice(0, -1),
      ` ${text}`,
      text.replace('doctor', 'patient'),
      text.replace('"result":"ok",', ''),
      text.replace('{', '{"action":"ended",'),
      `${'['.repeat(100_000)}`,
    ];
    for (const other of others) expect(readLine(other), other.slice(0, 99)).toBeUndefined();
  });
});
