import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError, HttpCaller, type Json } from '../support/http.ts';
import { Service } from '../support/service.ts';

const LIMIT = 65_536;

let service: Service;
const http = new HttpCaller(() => service.url);
const { GET, POST } = http;

beforeAll(async () => {
  service = await Service.start({ MAX_MESSAGE_BYTES: String(LIMIT) });
});
afterAll(() => service.stop());

describe('HTTP-8 addresses that lead nowhere', () => {
  it.each([
    ['GET', '/nothing'],
    ['GET', '/api'],
    ['GET', '/api/api/create-room'],
    ['GET', '/create-room/'],
    ['GET', '//create-room'],
    ['GET', '/Create-Room'],
    ['GET', '/%E0%A4%A'],
    ['GET', '/create-room%00'],
    ['GET', '/__proto__'],
    ['POST', '/'],
    ['PUT', '/create-room'],
    ['PATCH', '/create-room'],
    ['DELETE', '/remove-namespace?namespaceId=demo'],
    ['PROPFIND', '/create-room'],
  ])('HTTP-8 %s %s is 404', async (method, path) => {
    expectError(await http.ask(path, { method }), 'not-found');
  });

  it('HTTP-8 an address of 8,000 characters is 404', async () => {
    expectError(await http.ask(`/${'x'.repeat(8000)}`), 'not-found');
  });

  it('HTTP-8 no body is wrong where there is nothing', async () => {
    expectError(await http.send('/nothing', '{'), 'not-found');
    expectError(await http.send('/nothing', 'x', 'text/plain'), 'not-found');
    expectError(await http.send('/nothing', 'x'.repeat(LIMIT + 1)), 'not-found');
  });

  it('HTTP-8 a browser gets a page, which repeats nothing of the address', async () => {
    const response = await service.get('/<script>alert(1)</script>', { Accept: 'text/html' });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).not.toContain('alert');
  });
});

describe('HTTP-11 where the fields are read', () => {
  it('HTTP-11 a POST is read from its body alone', async () => {
    await POST('/create-namespace?namespaceId=in-query', { namespaceId: 'in-body' });
    expect(await http.exists('in-query')).toBe(false);
    expect(await http.exists('in-body')).toBe(true);
    const queryAlone = await http.ask('/create-namespace?namespaceId=a', { method: 'POST' });
    expectError(queryAlone, 'invalid-namespace-id');
  });

  it('HTTP-11 a GET is read from its query alone', async () => {
    const body = '{"namespaceId":"demo"}';
    const answer = await http.raw(
      `GET /check-availability HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*"code":"invalid-namespace-id"/s);
  });

  it('HTTP-11 unknown fields are left aside', async () => {
    const fields = { namespaceId: 'plain', utm: 'x', constructor: 'y', toString: 'z' };
    expect((await GET('/create-namespace', fields)).status).toBe(200);
    expect((await POST('/create-namespace', { ...fields, deep: { er: [1] } })).status).toBe(200);
    const inQuery = await http.ask('/create-namespace?namespaceId=plain&__proto__=x');
    expect(inQuery.status).toBe(200);
  });
});

const BAD_IDS = [
  '',
  ' ',
  'a b',
  'a/b',
  'ä',
  'a\0',
  'a\n',
  '../x',
  '%',
  'x'.repeat(129),
  'x'.repeat(10_000),
];
const BAD_TYPES: unknown[] = [1, true, null, ['demo'], { demo: 1 }, { toString: 'demo' }];

describe.each([
  ['create-namespace', 'namespaceId', 'invalid-namespace-id'],
  ['remove-namespace', 'namespaceId', 'invalid-namespace-id'],
  ['check-availability', 'namespaceId', 'invalid-namespace-id'],
  ['create-room', 'namespaceId', 'invalid-namespace-id'],
  ['join-room', 'roomId', 'invalid-room-id'],
] as const)('HTTP-12 the fields of %s', (name, field, code) => {
  it('HTTP-12 a malformed id is refused', async () => {
    for (const id of BAD_IDS) {
      expectError(await GET(`/${name}`, { [field]: id }), code);
      expectError(await POST(`/${name}`, { [field]: id }), code);
    }
  });

  it('HTTP-12 a wrong type is refused', async () => {
    for (const value of BAD_TYPES) {
      expectError(await POST(`/${name}`, { [field]: value }), code);
    }
  });

  it('HTTP-12 a field that is given twice or cannot be decoded is refused', async () => {
    expectError(await http.ask(`/${name}?${field}=a&${field}=a`), code);
    expectError(await http.ask(`/${name}?${field}=%E0%A4%A`), code);
  });

  it('HTTP-12 the longest id, with every sign that is allowed, is not', async () => {
    const { body } = await GET(`/${name}`, { [field]: `Az09._~@:-${'x'.repeat(118)}` });
    expect(body.code).not.toBe(code);
  });
});

describe.each([
  ['create-namespace', 'namespaceId', 'invalid-namespace-id'],
  ['remove-namespace', 'namespaceId', 'invalid-namespace-id'],
  ['check-availability', 'namespaceId', 'invalid-namespace-id'],
  ['join-room', 'roomId', 'invalid-room-id'],
] as const)('HTTP-12 the field that %s needs', (name, field, code) => {
  it('HTTP-12 is refused when missing', async () => {
    expectError(await http.ask(`/${name}`), code);
    expectError(await http.ask(`/api/${name}`, { method: 'POST' }), code);
    expectError(await POST(`/${name}`, {}), code);
    expectError(await http.send(`/${name}`, ''), code);
    expectError(await http.ask(`/${name}?${field}[]=a`), code);
  });
});

describe('HTTP-13 bodies that are not a JSON object', () => {
  it.each<[name: string, body: string, type?: string]>([
    ['malformed', '{"namespaceId":'],
    ['an array', '["demo"]'],
    ['a text', '"demo"'],
    ['a number', '1'],
    ['null', 'null'],
    ['__proto__', '{"namespaceId":"demo","__proto__":{"polluted":1}}'],
    ['__proto__ in escapes', '{"namespaceId":"demo","\\u005f_proto__":{"polluted":1}}'],
    ['constructor', '{"namespaceId":"demo","constructor":{"prototype":{"polluted":1}}}'],
    ['10,000 levels', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['plain text', '{"namespaceId":"demo"}', 'text/plain'],
    ['a form', 'namespaceId=demo', 'application/x-www-form-urlencoded'],
    ['a type of nothing', '{"namespaceId":"demo"}', 'x'],
    ['bytes', '\0\u0001', 'application/octet-stream'],
  ])('HTTP-13 %s', async (_name, body, type) => {
    expectError(await http.send('/create-namespace', body, type), 'invalid-payload');
    expect(({} as Json).polluted).toBeUndefined();
    expect(await http.exists('demo')).toBe(false);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded'])(
    'HTTP-13 in place of %s it says what it takes',
    async (type) => {
      const { body } = await http.send('/create-namespace', 'namespaceId=demo', type);
      expect(body.msg).toContain('Content-Type: application/json');
    },
  );

  it('HTTP-13 a body longer than it says changes nothing', async () => {
    const answer = await http.raw(
      'POST /create-namespace HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n{"namespaceId":"demo"}',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*"code":"invalid-payload"/s);
    expect(await http.exists('demo')).toBe(false);
  });
});

describe('HTTP-14 the size of a body', () => {
  const padded = (bytes: number): string => {
    const start = '{"namespaceId":"padded","pad":"';
    return `${start}${'x'.repeat(bytes - start.length - 2)}"}`;
  };

  it('HTTP-14 is fine up to the limit, and refused past it', async () => {
    expectError(await http.send('/create-namespace', padded(LIMIT + 1)), 'payload-too-large');
    expect(await http.exists('padded')).toBe(false);
    expect((await http.send('/create-namespace', padded(LIMIT))).status).toBe(200);
  });

  it('HTTP-14 is counted where it is not announced', async () => {
    const chunk = 'x'.repeat(LIMIT + 1);
    const answer = await http.raw(
      `POST /create-namespace HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.length.toString(16)}\r\n${chunk}\r\n0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 .*"code":"payload-too-large"/s);
  });
});

describe('HTTP-16 what is not a request', () => {
  it.each([
    ['no HTTP', 'HELO there\r\n\r\n'],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    [
      'a length beside chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
    ['a line break in a header', 'GET / HTTP/1.1\r\nHost: x\r\nX: a\nb\r\n\r\n'],
  ])('HTTP-16 %s gets an error in JSON, and the connection closes', async (_name, bytes) => {
    const [head = '', body = ''] = (await http.raw(bytes)).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(head).toContain('Connection: close');
    expect(JSON.parse(body)).toMatchObject({ status: 400, code: 'invalid-payload' });
  });

  it('HTTP-16 a header that is too large is payload-too-large', async () => {
    const answer = await http.raw(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 .*"code":"payload-too-large"/s);
  });

  it('HTTP-16 connections that break off harm nobody', async () => {
    const begun = 'POST /create-namespace HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{';
    await Promise.all(Array.from({ length: 50 }, () => http.breakOff(begun)));
    expect((await http.ask('/')).status).toBe(200);
  });
});

describe('HTTP-17 security headers', () => {
  it.each(['/', '/nothing', '/create-room', '/join-room'])('HTTP-17 of %s', async (path) => {
    const { headers } = await http.ask(path);
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('server')).toBeNull();
  });
});
