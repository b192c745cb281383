import { describe, expect, it } from 'vitest';
import { SignalingError } from '../errors/signaling-error.ts';
import { eachText } from './carried-text.ts';

/** Every text of a payload, as `key=text`. */
function textsIn(payload: unknown): string[] {
  const texts: string[] = [];
  eachText(payload, (key, text) => texts.push(`${key}=${text}`));
  return texts;
}

const nested = (levels: number): unknown => (levels === 0 ? 'x' : { in: nested(levels - 1) });

describe('MEDIA-1 MEDIA-5 the texts of a payload', () => {
  it('MEDIA-1 those at the top and those within, with their keys', () => {
    const payload = { 'peer-id': 'p', offer: { type: 'offer', sdp: 's', more: { deep: 'd' } } };
    expect(textsIn(payload)).toEqual(['peer-id=p', 'type=offer', 'sdp=s', 'deep=d']);
  });

  it('MEDIA-1 those of a list, with the key of the list', () => {
    expect(textsIn({ candidate: ['a', ['b'], { candidate: 'c' }] })).toEqual([
      'candidate=a',
      'candidate=b',
      'candidate=c',
    ]);
  });

  it('MEDIA-1 those in a text that is JSON', () => {
    const offer = JSON.stringify({ type: 'offer', sdp: 's' });
    expect(textsIn({ offer })).toEqual(['type=offer', 'sdp=s']);
    expect(textsIn({ offer: ` \n${offer}` })).toEqual(['type=offer', 'sdp=s']);
    expect(textsIn({ candidate: JSON.stringify(['a']) })).toEqual(['candidate=a']);
  });

  it('MEDIA-1 a text that only looks like JSON is a text', () => {
    expect(textsIn({ note: '{not JSON' })).toEqual(['note={not JSON']);
  });

  it('MEDIA-1 JSON within JSON is a text', () => {
    const twice = JSON.stringify({ sdp: JSON.stringify({ sdp: 's' }) });
    expect(textsIn({ offer: twice })).toEqual(['sdp={"sdp":"s"}']);
  });

  it('MEDIA-1 nothing else', () => {
    expect(textsIn({ a: 1, b: null, c: true, d: undefined, e: [], f: {} })).toEqual([]);
    expect(textsIn(undefined)).toEqual([]);
  });

  it('MEDIA-1 down to 32 levels, and no further', () => {
    expect(textsIn(nested(32))).toEqual(['in=x']);
    expect(() => textsIn(nested(33))).toThrow(SignalingError);
    expect(() => textsIn({ sdp: '['.repeat(30_000) + ']'.repeat(30_000) })).toThrow(SignalingError);
  });
});
