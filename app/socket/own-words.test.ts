import { expect, it } from 'vitest';
import { EventDecoder } from './decoder.ts';
import { OwnWords, withFrom } from './own-words.ts';

/** The payload of a frame, as a handler gets it. */
function payloadOf(frame: string): Record<string, unknown> {
  const decoder = new EventDecoder();
  const payloads: unknown[] = [];
  decoder.take('/ns', ([, payload]) => payloads.push(payload));
  decoder.add(frame);
  return payloads[0] as Record<string, unknown>;
}

/** What a page would read there. */
const read = (frame: string) => JSON.parse(JSON.stringify(payloadOf(frame)));

const relayed = (frame: string) => withFrom(payloadOf(frame), 'sender');

it.each([
  ['2/ns,["offer",{"peer-id":"a","offer":{"type":"offer","sdp":"v=0\\r\\n"}}]'],
  ['2/ns,17["offer",{"peer-id":"a","offer":{"type":"offer","sdp":"v=0\\r\\n"}}]'],
  ['2/ns,["ice-candidate",{"peer-id":"a","candidates":[{"candidate":"x"},{"candidate":"y"}]}]'],
  ['2/ns,["send-metadata",{ "peer-id" : "a",\n"n" : [1, {"b" : null}] }]'],
  ['2/ns,["ack-doctor-entered",{"client-id":"a"}]'],
])('RELAY-1 WHO-2 %j goes on in the sender’s own words, and from with it', (frame) => {
  const words = relayed(frame);
  expect(words).toBeInstanceOf(OwnWords);
  const { pieces } = words as OwnWords;
  expect(frame).toContain(pieces[0]);
  expect(JSON.parse(pieces.join(''))).toEqual({ ...read(frame), from: 'sender' });
});

it.each([
  ['a key that stands twice', '2/ns,["offer",{"peer-id":"a","offer":1,"offer":2}]'],
  ['one of them with a space', '2/ns,["offer",{"peer-id":"a","offer" :1,"offer":2}]'],
  ['one that is spelt otherwise', '2/ns,["offer",{"peer-id":"a","\\u006fffer":1,"offer":2}]'],
  ['one deep within', '2/ns,["offer",{"peer-id":"a","offer":{"sdp":"x","sdp":"y"}}]'],
  ['JSON within a text', '2/ns,["offer",{"peer-id":"a","offer":"{\\"type\\":\\"offer\\"}"}]'],
  ['a from of the sender’s', '2/ns,["offer",{"peer-id":"a","from":"somebody else"}]'],
  ['an argument more', '2/ns,["offer",{"peer-id":"a"},{"b":1}]'],
  ['a name that is spelt otherwise', '2/ns,["\\u006fffer",{"peer-id":"a"}]'],
  ['another event', '2/ns,["create",{"peer-id":"a"}]'],
])('RELAY-1 WHO-2 with %s the message is written anew', (_, frame) => {
  const data = relayed(frame);
  expect(data).not.toBeInstanceOf(OwnWords);
  expect(JSON.parse(JSON.stringify(data))).toEqual({ ...read(frame), from: 'sender' });
});
