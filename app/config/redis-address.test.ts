import { expect, test } from 'vitest';
import { redisAddress } from './redis-address.ts';

test('one Redis, with or without TLS, is what it was', () => {
  for (const url of ['redis://redis', 'rediss://user:word@redis.clinic.example:6380/2']) {
    expect(redisAddress(url)).toEqual({ kind: 'one', url });
  }
});

test('sentinels: hosts, what the primary is called, and passwords for either', () => {
  const url =
    'rediss+sentinel://app:p%40ss@s-1.clinic.example,10.0.0.2:5000,[::1]:5001/desks?sentinel-password=other';
  expect(redisAddress(url)).toEqual({
    kind: 'sentinel',
    seeds: [
      { host: 's-1.clinic.example', port: 26_379 },
      { host: '10.0.0.2', port: 5000 },
      { host: '::1', port: 5001 },
    ],
    name: 'desks',
    tls: true,
    login: { username: 'app', password: 'p@ss' },
    sentinelLogin: { password: 'other' },
  });
});

test('a cluster: hosts', () => {
  expect(redisAddress('redis+cluster://:word@redis-1,redis-2:7000')).toEqual({
    kind: 'cluster',
    seeds: [
      { host: 'redis-1', port: 6379 },
      { host: 'redis-2', port: 7000 },
    ],
    name: '',
    tls: false,
    login: { password: 'word' },
    sentinelLogin: {},
  });
});

test.each([
  'http://redis',
  'redis:6379',
  'redis://',
  'redis+sentinel://one,two',
  'redis+sentinel://one,two/',
  'redis+sentinel:///name',
  'redis+sentinel://one,/name',
  'redis+sentinel://one:port/name',
  'redis+sentinel://one/na/me',
  'redis+sentinel://%zz@one/name',
  'redis+cluster://one/name',
  'redis+other://one',
])('%s is none', (url) => {
  expect(redisAddress(url)).toBeUndefined();
});
