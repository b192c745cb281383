import { describe, expect, it } from 'vitest';
import { assertPlain } from './payload.ts';

const DEPTH = 4;
const check = (payload: unknown) => () => assertPlain(payload, DEPTH);
const isRefused = expect.objectContaining({ code: 'invalid-payload' });

/** An object that is `levels` deep, with arrays in between. */
const nested = (levels: number): object =>
  levels === 1 ? {} : levels % 2 === 0 ? { a: nested(levels - 1) } : { a: [nested(levels - 2)] };

describe('what is a payload', () => {
  it.each([
    [{}],
    [{ a: null, b: 'text', c: 0, d: false, e: [], f: {} }],
    [{ a: [1, [2, [3]]] }],
    [JSON.parse('{"constructor":{"prototype":{}},"toString":1,"hasOwnProperty":2}')],
    [Object.assign(Object.create(null), { a: 1 })],
  ])('IN-2 %o', (payload) => {
    expect(check(payload)).not.toThrow();
  });

  it.each([
    [undefined],
    [null],
    [0],
    ['text'],
    [true],
    [[]],
    [[{}]],
    [() => {}],
    [Buffer.from('bytes')],
    [new ArrayBuffer(8)],
    [{ a: Buffer.from('bytes') }],
    [{ a: [new Uint8Array(2)] }],
    [{ a: new DataView(new ArrayBuffer(2)) }],
    [JSON.parse('{"__proto__":{"isAdmin":true}}')],
    [JSON.parse('{"__proto__":null}')],
    [JSON.parse('{"a":[{"__proto__":1}]}')],
  ])('IN-2 not %o', (payload) => {
    expect(check(payload)).toThrow(isRefused);
  });

  it('IN-2 as deep as it may be, and no deeper', () => {
    expect(check(nested(DEPTH))).not.toThrow();
    expect(check(nested(DEPTH + 1))).toThrow(isRefused);
    const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
    expect(check(deep)).toThrow(isRefused);
  });
});
