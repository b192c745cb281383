import { expect, it } from 'vitest';
import { transportOf } from './check-relay.ts';
import { problemOf } from './media-problem.ts';

it.each([
  ['turn:host:3478', 'udp'],
  ['turn:host:3478?transport=udp', 'udp'],
  ['turn:host:3478?transport=tcp', 'tcp'],
  ['turns:host:5349', 'tls'],
  ['stun:host', undefined],
])('CALL-8 %s goes over %s', (url, transport) => {
  expect(transportOf(url)).toBe(transport);
});

it.each([
  ['NotAllowedError', 'blocked'],
  ['NotFoundError', 'missing'],
  ['NotReadableError', 'busy'],
  ['SomethingElse', 'other'],
])('CALL-8 %s means: %s', (name, kind) => {
  expect(problemOf(Object.assign(new Error(), { name })).kind).toBe(kind);
});
