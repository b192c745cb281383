import { expect, it } from 'vitest';
import { CHAT_CHARACTERS, parsed } from './side-channel.ts';

it('CALL-6 takes what it knows and leaves the rest aside', () => {
  expect(parsed('{"type":"chat","text":"hello","more":1}')).toEqual({
    type: 'chat',
    text: 'hello',
  });
  const state = { type: 'state', microphone: true, camera: false };
  expect(parsed(JSON.stringify(state))).toEqual(state);
  for (const junk of ['', '{', 'null', '[]', '{"type":"chat"}', '{"type":"state","camera":1}', 7]) {
    expect(parsed(junk)).toBeUndefined();
  }
});

it('CALL-6 cuts a chat message that is too long', () => {
  const text = 'x'.repeat(CHAT_CHARACTERS + 1);
  expect(parsed(JSON.stringify({ type: 'chat', text }))).toEqual({
    type: 'chat',
    text: text.slice(1),
  });
});
