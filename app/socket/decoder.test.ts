import { Decoder } from 'socket.io-parser';
import { expect, it } from 'vitest';
import { EventDecoder } from './decoder.ts';

/** What comes of a frame: what the taker of `/ns` got, and what went the usual way. */
function decode(...frames: unknown[]) {
  const decoder = new EventDecoder();
  const taken: unknown[] = [];
  const usual: unknown[] = [];
  decoder.take('/ns', (heard, acknowledge) => taken.push({ heard, acknowledge }));
  decoder.on('decoded', (packet) => usual.push(packet));
  for (const frame of frames) decoder.add(frame);
  return { taken, usual };
}

it.each([
  ['2/ns,["create",{"a":1}]', ['create', { a: 1 }], undefined],
  ['2/ns,0["create",{"a":1}]', ['create', { a: 1 }], 0],
  ['2/ns,17["offer"]', ['offer'], 17],
  ['2/ns,["offer",null,{"b":[2]}]', ['offer', null, { b: [2] }], undefined],
  ['2/ns,["newListeners",1]', ['newListeners', 1], undefined],
])('IN-4 %j is handed to who serves the client', (frame, heard, acknowledge) => {
  expect(decode(frame)).toEqual({ taken: [{ heard, acknowledge }], usual: [] });
});

it.each([
  ['another namespace', '2/other,["offer",{}]'],
  ['the root namespace', '2["offer",{}]'],
  ['an acknowledgement', '3/ns,1[{}]'],
  ['a goodbye', '1/ns,'],
  ['nothing after its head', '2/ns,'],
  ['a number as its name', '2/ns,[1,{}]'],
])('IN-4 %s goes the way of Socket.IO', (_, frame) => {
  const packets: unknown[] = [];
  const plain = new Decoder();
  plain.on('decoded', (packet) => packets.push(packet));
  plain.add(frame);
  expect(packets).toHaveLength(1);
  expect(decode(frame)).toEqual({ taken: [], usual: packets });
});

it.each([
  ['no JSON', '2/ns,["offer",{]'],
  ['no list', '2/ns,{"offer":1}'],
  ['an empty list', '2/ns,[]'],
  ['a name that Socket.IO keeps for itself', '2/ns,["disconnect"]'],
  ['an unknown type', '9/ns,["offer",{}]'],
])('IN-4 %s is the error that it is to Socket.IO', (_, frame) => {
  expect(() => new Decoder().add(frame)).toThrow();
  expect(() => decode(frame)).toThrow();
});

it('IN-4 an event amid the binary parts of another is an error', () => {
  expect(() => decode('51-/ns,["offer",{"_placeholder":true,"num":0}]', '2/ns,["a"]')).toThrow();
});
