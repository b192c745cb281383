import type { IncomingMessage } from 'node:http';
import type { Socket } from 'socket.io';
import { describe, expect, it } from 'vitest';
import { isAllowedOrigin, NamespaceCount } from './gate.ts';

const from = (origin?: string) => ({ headers: { origin } }) as unknown as IncomingMessage;
const CLINIC = 'https://clinic.example';

describe('where a page comes from', () => {
  it('GATE-1 anywhere, if any origin may use the server', () => {
    for (const origin of [undefined, CLINIC, 'null', 'https://elsewhere.example']) {
      expect(isAllowedOrigin(from(origin), '*')).toBe(true);
    }
  });

  it.each([
    'https://elsewhere.example',
    'http://clinic.example',
    'https://clinic.example:8443',
    'https://clinic.example.elsewhere.example',
    'https://CLINIC.example',
    'null',
    '',
  ])('GATE-1 not from «%s», which is not in the list', (origin) => {
    expect(isAllowedOrigin(from(origin), [CLINIC])).toBe(false);
  });

  it('GATE-1 from the list, and what is no browser', () => {
    expect(isAllowedOrigin(from(CLINIC), ['https://other.example', CLINIC])).toBe(true);
    expect(isAllowedOrigin(from(undefined), [CLINIC])).toBe(true);
  });
});

describe('how many namespaces a connection is in', () => {
  const socketOn = (conn: object) => ({ conn }) as unknown as Socket;

  it('GATE-2 is counted for each connection, while they are open', () => {
    const count = new NamespaceCount();
    const [one, other] = [socketOn({}), socketOn({})];
    expect([1, 2, 3].map(() => count.take(one, 2))).toEqual([true, true, false]);
    expect(count.take(other, 2)).toBe(true);
    count.giveBack(one);
    expect([1, 2].map(() => count.take(one, 2))).toEqual([true, false]);
  });
});
