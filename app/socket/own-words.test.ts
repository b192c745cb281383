import { Encoder } from 'socket.io-parser';
import { expect, it } from 'vitest';
import { OwnWords, RememberingDecoder, withFrom } from './own-words.ts';

/** The payload of a frame, as a handler gets it. */
function payloadOf(frame: string): Record<string, unknown> {
  const decoder = new RememberingDecoder();
  const payloads: unknown[] = [];
  decoder.on('decoded', ({ data }) => payloads.push((data as unknown[])[1]));
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
  const { text } = words as OwnWords;
  expect(frame).toContain(text.slice(0, text.indexOf(',"from"')));
  expect(JSON.parse(text)).toEqual({ ...read(frame), from: 'sender' });
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

it.each(['2/ns,', '2/ns,["offer"]', '2/ns,["offer",null]', '2/ns,["offer",[1]]', '2/ns,[1,{}]'])(
  'IN-4 %j goes to the handlers as it is',
  (frame) => {
    const heard: unknown[] = [];
    const decoder = new RememberingDecoder();
    decoder.on('decoded', (packet) => heard.push(packet));
    decoder.add(frame);
    expect(heard).toHaveLength(1);
  },
);

it('RESUME-10 what is kept and sent again says the same', () => {
  const frame = '2/ns,["offer",{"peer-id":"a","offer":{"type":"offer","sdp":"v=0\\r\\n"}}]';
  const data = ['offer', relayed(frame)];
  const [again] = new Encoder().encode({ type: 2, nsp: '/ns', data } as never);
  expect(again).toBe(frame.replace('}]', ',"from":"sender"}]'));
});
