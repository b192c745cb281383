import { randomUUID } from 'node:crypto';
import { ERRORS, type ErrorCode } from '@telemedicine-signaling/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { TestClient } from '../support/clients.ts';
import { HonestPair } from '../support/honest-pair.ts';
import { HttpCaller } from '../support/http.ts';
import { granted } from '../support/practice.ts';
import { type Process, ServerProcess } from '../support/process.ts';
import { RawPolling, RawWebSocket, SEPARATOR } from '../support/raw-socket.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const MIB = 1024 * 1024;
/** With so little to live on, whoever can make the server keep things kills it. */
const HEAP = '--max-old-space-size=96';
const LONG = 'x'.repeat(10_000);
const DESK = 'desk';
/** How much somebody may say is another matter: LIMIT-2. */
const NO_HURRY = { EVENT_BURST: '10000', EVENTS_PER_SECOND: '1000' };
/** What a client writes must not be in the log. */
const PATIENT = 'Jane Roe, born 1970';

let server: ServerProcess;
let running: Process;
let pair: HonestPair;
let early: { over: string; closed: Promise<unknown> }[];

beforeAll(async () => {
  server = await ServerProcess.make({ NODE_OPTIONS: HEAP, LOG_LEVEL: 'debug', ...NO_HURRY });
  running = await server.start();
  await fetch(`${server.url}/create-namespace?namespaceId=${DESK}`);
  pair = await HonestPair.begin(server.url, DESK);
  early = await sayNothing();
});

afterEach(async () => {
  await pair.isUnharmed();
  const newcomer = await new TestClient(server.url, DESK).ready();
  await granted(newcomer.say('create', { 'room-id': randomUUID() }));
  await granted(newcomer.say('patient-left', {}));
  newcomer.close();
  expect(`${running.stdout}${running.stderr}`).not.toContain(PATIENT);
});

afterAll(async () => {
  await pair?.end();
  await server.clear();
});

const enter = () => RawWebSocket.in(server.url, DESK);

/** The text of an event packet; with `id`, of one that asks for an acknowledgement. */
const packet = (args: string, id: number | '' = '') => `42/${DESK},${id}${args}`;

/** What answers a packet: the acknowledgement, or `signaling-error`. */
const answer = async (raw: RawWebSocket, id: number | ''): Promise<unknown> => {
  const start = id === '' ? packet('["signaling-error",') : `43/${DESK},${id}[`;
  const frame = await raw.first((one) => one.startsWith(start));
  return JSON.parse(frame.slice(frame.indexOf('['))).at(-1);
};

const refusal = (code: ErrorCode) =>
  expect.objectContaining({ code, retry: ERRORS[code].retry, msg: expect.any(String) });

/** Both ways: the error comes as the acknowledgement, and without one as an event. */
async function refuses(args: string, code: ErrorCode): Promise<void> {
  const raw = await enter();
  raw.send(packet(args, 7));
  expect(await answer(raw, 7)).toEqual(refusal(code));
  raw.send(packet(args));
  expect(await answer(raw, '')).toEqual(refusal(code));
  expect(raw.isOpen).toBe(true);
  raw.close();
}

async function isCut(frames: readonly (string | Buffer)[]): Promise<void> {
  const raw = await enter();
  for (const frame of frames) raw.send(frame);
  await raw.closed;
  expect(raw.isOpen).toBe(false);
}

async function isLeftAlone(frames: readonly (string | Buffer)[]): Promise<void> {
  const raw = await enter();
  for (const frame of frames) raw.send(frame);
  raw.send(packet('["still-there",{}]', 9));
  expect(await answer(raw, 9)).toEqual(refusal('unknown-event'));
  raw.close();
}

const arrays = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const objects = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

describe('what is no payload', () => {
  it.each([
    ['nothing', ''],
    ['null', ',null'],
    ['a number', ',7'],
    ['a text', `,"${PATIENT}"`],
    ['true', ',true'],
    ['a list', ',[{"room-id":"r"}]'],
    ['a payload in second place', ',null,{"room-id":"r"}'],
    ['lists 30,000 levels deep', `,${arrays(30_000)}`],
    ['lists 30,000 levels deep under a key', `,{"room-id":"r","a":${arrays(30_000)}}`],
    ['objects 10,000 levels deep', `,{"room-id":"r","a":${objects(10_000)}}`],
    ['one level too many', `,{"room-id":"r","a":${objects(32)}}`],
    ['__proto__', ',{"room-id":"r","__proto__":{"isAdmin":true}}'],
    ['__proto__ inside', ',{"room-id":"r","a":[{"__proto__":{"isAdmin":true}}]}'],
    ['__proto__ that is no object', ',{"room-id":"r","a":{"__proto__":null}}'],
  ])('IN-2 %s', async (_what, rest) => {
    await refuses(`["create"${rest}]`, 'invalid-payload');
  });
});

describe('what is no value', () => {
  const text = JSON.stringify(LONG);
  it.each<[event: string, payload: string, code: ErrorCode]>([
    ['create', '{}', 'invalid-room-id'],
    ['create', '{"room-id":7}', 'invalid-room-id'],
    ['create', '{"room-id":{"toString":"r"}}', 'invalid-room-id'],
    ['create', '{"room-id":["r"]}', 'invalid-room-id'],
    ['create', '{"room-id":""}', 'invalid-room-id'],
    ['create', '{"room-id":"a\\u0000b"}', 'invalid-room-id'],
    ['create', '{"room-id":"../etc"}', 'invalid-room-id'],
    ['create', `{"room-id":${text}}`, 'invalid-room-id'],
    ['create', `{"room-id":"r","namespace-id":${text}}`, 'invalid-namespace-id'],
    ['create', '{"room-id":"r","namespace-id":"other"}', 'namespace-mismatch'],
    ['create', '{"room-id":"r","patientID":{"$gt":""}}', 'invalid-payload'],
    ['create', `{"room-id":"r","patientID":${text}}`, 'invalid-payload'],
    ['create', '{"room-id":"r","patientID":1e999}', 'invalid-payload'],
    ['create', `{"room-id":"r","client-id":${text}}`, 'invalid-payload'],
    ['join', '{"room-id":"r","init":"yes"}', 'invalid-payload'],
    ['doctor-rejected', '{}', 'invalid-room-id'],
    ['doctor-rejected', `{"roomID":${text}}`, 'invalid-room-id'],
    ['leave', '{"roomID":"r"}', 'invalid-room-id'],
    ['offer', '{}', 'invalid-payload'],
    ['offer', '{"peer-id":7}', 'invalid-payload'],
    ['offer', `{"peer-id":${text}}`, 'invalid-payload'],
    ['offer', '{"peer-id":"__proto__"}', 'peer-unreachable'],
    ['offer', '{"peer-id":"constructor"}', 'peer-unreachable'],
    ['ice-candidate', '{"peer-id":""}', 'invalid-payload'],
    ['ack-doctor-entered', '{"client-id":[]}', 'invalid-payload'],
  ])('IN-2 ID-1 %s %s', async (event, payload, code) => {
    await refuses(`["${event}",${payload}]`, code);
  });

  it('IN-3 keys that only look dangerous go through to the peer, and no further', async () => {
    const doctor = await new TestClient(server.url, DESK).ready();
    await granted(doctor.say('doctor-joined', {}));
    const patient = await new TestClient(server.url, DESK).ready();
    const sent = JSON.parse(
      '{"room-id":"looks-dangerous","constructor":{"prototype":{"isAdmin":true}},"toString":1,"then":2,"toJSON":3,"hasOwnProperty":4,"length":-1,"from":"somebody-else"}',
    );
    await granted(patient.say('create', sent));
    const heard = await doctor.first('new-patient', (one) => one['room-id'] === 'looks-dangerous');
    expect(heard).toEqual({ ...sent, from: patient.id, 'client-id': patient.id });
    await granted(patient.say('patient-left', {}));
    doctor.close();
    patient.close();
  });
});

describe('what is no event', () => {
  it.each([
    'no-such-event',
    '',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'welcome',
    'new-patient',
    'error',
    'message',
    LONG,
  ])('IN-4 %s', async (name) => {
    await refuses(JSON.stringify([name, { who: PATIENT }]), 'unknown-event');
  });

  it.each(['[7,{}]', '[1e308,{}]', '[-0]', ''])(
    'IN-4 an event without a name: «%s»',
    async (args) => {
      await refuses(args, 'unknown-event');
    },
  );

  it('IN-1 of the name of an unknown event no more comes back than can be recognised', async () => {
    const raw = await enter();
    raw.send(packet(`["${LONG}"]`));
    expect(await answer(raw, '')).toMatchObject({ event: LONG.slice(0, 64) });
    raw.close();
  });

  it.each([
    'connect',
    'connect_error',
    'disconnect',
    'disconnecting',
    'newListener',
    'removeListener',
  ])(
    'GATE-5 the connection that says what only Socket.IO itself may say is cut: %s',
    async (name) => {
      await isCut([packet(`["${name}",{}]`, 7)]);
    },
  );
});

describe('what is too large', () => {
  it('QUEUE-3 what create carries, which is kept', async () => {
    await refuses(`["create",{"room-id":"r","a":"${'x'.repeat(17_000)}"}]`, 'payload-too-large');
  });

  it('GATE-5 a message', async () => {
    const raw = await enter();
    raw.send(packet(`["offer",{"peer-id":"p","a":"${'x'.repeat(70_000)}"}]`, 7));
    expect(await raw.closed).toBe(1009);
  });

  it('GATE-5 a message of many frames, each of which is small', async () => {
    const raw = await enter();
    const frame = (first: boolean) =>
      Buffer.concat([
        Buffer.from([first ? 0x01 : 0x00, 0xfe]),
        Buffer.from('00c800000000', 'hex'),
        Buffer.alloc(200, 120),
      ]);
    for (let n = 0; n < 1000; n += 1) raw.sendBytes(frame(n === 0));
    expect(await raw.closed).toBe(1009);
  });

  it('GATE-5 a message over long-polling, announced or not', async () => {
    const announced = await RawPolling.open(server.url);
    expect(await announced.post('x'.repeat(70_000))).toSatisfy(isNoSuccess);
    const polling = await RawPolling.open(server.url);
    expect(await polling.post('4'.repeat(5 * MIB))).toSatisfy(isNoSuccess);
  });

  it('HTTP-16 headers', async () => {
    const http = new HttpCaller(() => server.url);
    for (const path of [
      '/',
      '/socket.io/?EIO=4&transport=polling',
      '/socket.io/?EIO=4&transport=websocket',
    ]) {
      const heard = await http.raw(
        `GET ${path} HTTP/1.1\r\nHost: h\r\nX-A: ${'x'.repeat(40_000)}\r\n\r\n`,
      );
      expect(heard).toMatch(/^HTTP\/1\.1 4(13|31) /);
    }
  });
});

const isNoSuccess = (status: number | undefined): boolean => status === undefined || status >= 400;

describe('binary', () => {
  const attached = (args: string) => `451-/${DESK},7${args}`;
  const file = '["create",{"room-id":"r","file":{"_placeholder":true,"num":0}}]';

  it('IN-2 a payload with a binary part is refused', async () => {
    for (const bytes of [Buffer.from([1, 2, 3]), Buffer.alloc(60_000, 7)]) {
      const raw = await enter();
      raw.send(attached(file));
      raw.send(bytes);
      expect(await answer(raw, 7)).toEqual(refusal('invalid-payload'));
      raw.close();
    }
  });

  it('IN-2 a payload that is nothing but a binary part is refused', async () => {
    const raw = await enter();
    raw.send(attached('["create",{"_placeholder":true,"num":0}]'));
    raw.send(Buffer.from('{"room-id":"r"}'));
    expect(await answer(raw, 7)).toEqual(refusal('invalid-payload'));
    raw.close();
  });

  it('IN-4 an event whose name is a binary part is none', async () => {
    await isCut([attached('[{"_placeholder":true,"num":0},{}]'), Buffer.from('create')]);
  });

  it('IN-3 what looks like a binary part and is none is a key like others', async () => {
    const raw = await enter();
    raw.send(
      packet('["create",{"room-id":"looks-binary","file":{"_placeholder":true,"num":0}}]', 7),
    );
    expect(await answer(raw, 7)).toMatchObject({ status: 'ok' });
    raw.send(packet('["patient-left",{}]', 8));
    expect(await answer(raw, 8)).toMatchObject({ status: 'ok' });
    raw.close();
  });

  it.each<[what: string, frames: (string | Buffer)[]]>([
    ['bytes out of nowhere', [Buffer.from([1, 2, 3])]],
    ['a part that never comes', [attached(file), packet('["leave",{}]', 8)]],
    ['a part that is none of its parts', [attached(file.replace(':0', ':9')), Buffer.from([1])]],
    ['a part before the first', [attached(file.replace(':0', ':-1')), Buffer.from([1])]],
    ['a part by name', [attached(file.replace(':0', ':"length"')), Buffer.from([1])]],
    ['a thousand million parts', [attached(file).replace('451-', '451000000000-')]],
    ['eleven parts', [attached(file).replace('451-', '4511-')]],
    ['no part', [attached(file).replace('451-', '450-')]],
    ['half a part', [attached(file).replace('451-', '450.5-')]],
    [
      '30,000 levels around a part',
      [attached(`["create",${arrays(30_000)},{"_placeholder":true,"num":0}]`), Buffer.from([1])],
    ],
  ])('GATE-5 the connection that sends %s is cut', async (_what, frames) => {
    await isCut(frames);
  });

  it('GATE-5 an acknowledgement with binary parts is nothing', async () => {
    await isLeftAlone([`461-/${DESK},7[{"_placeholder":true,"num":0}]`, Buffer.from([1])]);
  });
});

describe('what is no packet', () => {
  it.each<[what: string, frame: string | Buffer]>([
    ['an unknown type of Engine.IO', '9'],
    ['text', PATIENT],
    ['an unknown type of Socket.IO', `47/${DESK},`],
    ['no type of Socket.IO', '4'],
    ['a letter for a type', '4x'],
    ['no JSON', packet('["create",{', 7)],
    ['a JSON text', packet('"create"', 7)],
    ['an object for the arguments', packet('{"0":"create"}', 7)],
    ['no arguments', packet('[]', 7)],
    ['null for a name', packet('[null,{}]', 7)],
    ['an object for a name', packet('[{},{}]', 7)],
    ['a list for a name', packet('[["create"],{}]', 7)],
    ['a namespace it is not in', '42/elsewhere,["create",{}]'],
    ['the root namespace', '42["create",{}]'],
    ['a CONNECT_ERROR', `44/${DESK},{"message":"no"}`],
    ['a second CONNECT', `40/${DESK},`],
    ['a CONNECT with a list', '40/other,[]'],
    ['a CONNECT with a text', '40/other,"token"'],
    ['an acknowledgement that is no list', `43/${DESK},7{"a":1}`],
    ['a DISCONNECT with something', `41/${DESK},["bye"]`],
  ])('GATE-5 the connection that sends %s is cut', async (_what, frame) => {
    await isCut([frame]);
  });

  it.each<[what: string, frame: string | Buffer]>([
    ['an acknowledgement that nobody asked for', `43/${DESK},999999["a"]`],
    ['an acknowledgement of a number beyond all', `43/${DESK},${'9'.repeat(400)}["a"]`],
    ['an acknowledgement of nothing', `43/${DESK},["a"]`],
    ['an opening', '0{"sid":"x","pingInterval":1}'],
    ['a pong that nobody asked for', '3'],
    ['an upgrade', '5'],
    ['nothing to do', '6'],
    ['a namespace with a query', '40/other?token=x,'],
    ['a namespace of 10,000 characters', `40/${LONG},`],
    ['a namespace that climbs', '40/../../etc/passwd,'],
  ])('GATE-5 IN-4 %s changes nothing', async (_what, frame) => {
    await isLeftAlone([frame]);
  });

  it('IN-1 the number of an acknowledgement is the client’s own affair', async () => {
    await isLeftAlone([packet('["leave",{}]').replace(',', `,${'9'.repeat(400)}`)]);
  });

  it.each<[what: string, bytes: Buffer]>([
    ['an unmasked frame', Buffer.from([0x81, 0x01, 0x32])],
    ['a reserved opcode', Buffer.from([0x83, 0x80, 0, 0, 0, 0])],
    ['reserved bits', Buffer.from([0xf1, 0x80, 0, 0, 0, 0])],
    ['a long ping', Buffer.from([0x89, 0xfe, 0x01, 0x00, 0, 0, 0, 0])],
    ['a frame of 2^63 bytes', Buffer.from([0x81, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255])],
    ['text that is no UTF-8', Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28])],
    ['a continuation of nothing', Buffer.from([0x80, 0x80, 0, 0, 0, 0])],
  ])('GATE-5 the connection that sends %s is cut', async (_what, bytes) => {
    const raw = await enter();
    raw.sendBytes(bytes);
    await raw.closed;
    expect(raw.isOpen).toBe(false);
  });
});

describe('long-polling', () => {
  it.each<[what: string, body: string | Buffer]>([
    ['nothing', ''],
    ['text', PATIENT],
    ['separators', SEPARATOR.repeat(60_000)],
    ['bytes that are no base64', `b${'\u0000'.repeat(100)}`],
    ['bytes out of nowhere', `b${Buffer.from('bytes').toString('base64')}`],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x34, 0x80])],
    ['many unknown packets', `9${SEPARATOR}`.repeat(10_000)],
  ])('GATE-5 a body of %s harms nobody', async (_what, body) => {
    const polling = await RawPolling.open(server.url);
    await polling.post(`40/${DESK},`);
    await polling.post(body);
    const octets = await polling.post(body, { 'Content-Type': 'application/octet-stream' });
    expect(octets).toSatisfy(isNoSuccess);
  });

  it('GATE-5 a connection that was never opened is none', async () => {
    const base = `${server.url}/socket.io/?EIO=4&transport=polling`;
    const methods = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'];
    for (const query of ['&sid=never', '&sid=__proto__', `&sid=${LONG}`, '&sid=a&sid=b']) {
      for (const method of methods.slice(0, 2)) {
        const { status } = await fetch(base + query, { method });
        expect(status).toBe(400);
      }
    }
    for (const address of [
      base.replace('EIO=4', 'EIO=3'),
      base.replace('polling', 'carrier-pigeon'),
    ]) {
      expect((await fetch(address)).status).toBe(400);
    }
    for (const method of methods.slice(2)) await fetch(base, { method });
  });

  it('GATE-5 two who poll the same connection at once lose it', async () => {
    const polling = await RawPolling.open(server.url);
    await polling.post(`40/${DESK},`);
    await polling.poll();
    const [, second] = await Promise.all([polling.poll(), polling.poll()]);
    expect(second).toBeUndefined();
  });
});

describe('CONNECT', () => {
  const connects = (name: (n: number) => string) =>
    Array.from({ length: 20_000 }, (_, n) => `40/${name(n)},`);

  it.each([
    ['many namespaces', (n: number) => `none-${n}`],
    ['one namespace', () => DESK],
    ['one namespace that is not there', () => 'none'],
    ['names that are none', () => '..'],
  ])('GATE-2 20,000 for %s on one connection cut it', async (_what, name) => {
    const before = await running.memory();
    const raw = await RawWebSocket.open(server.url);
    for (const frame of connects(name)) raw.send(frame);
    await raw.closed;
    const polling = await RawPolling.open(server.url);
    const body = connects(name).join(SEPARATOR);
    for (let at = 0; at < body.length; at += 60_000)
      await polling.post(body.slice(at, at + 60_000));
    expect(await polling.poll()).toBeUndefined();
    expect((await running.memory()) - before).toBeLessThan(64 * MIB);
  });

  it('GATE-2 a connection in many namespaces at once is in five of them', async () => {
    const names = Array.from({ length: 8 }, (_, n) => `wing-${n}`);
    for (const name of names) await fetch(`${server.url}/create-namespace?namespaceId=${name}`);
    const raw = await RawWebSocket.open(server.url);
    for (const name of names) raw.send(`40/${name},`);
    const answered = () => raw.heard.filter((frame) => /^4[04]\/wing/.test(frame));
    await raw.first(() => answered().length === names.length);
    expect(answered().filter((frame) => frame.startsWith('40'))).toHaveLength(5);
    for (const frame of answered().filter((one) => one.startsWith('44'))) {
      expect(frame).toContain('limit-reached');
    }
    raw.close();
  });

  it.each([
    ['nothing of what it takes', '{"a":1}'],
    ['a query for a resume token', '{"resume":{"$gt":""}}'],
    ['a number for a resume token', '{"resume":7}'],
    ['a long resume token', `{"resume":"${LONG}"}`],
    ['strange counts', '{"resume":"x","heard":-1e999}'],
    ['a list for a count', '{"heard":[1]}'],
    ['__proto__', '{"__proto__":{"resume":"x"}}'],
    ['30,000 levels', `{"resume":${arrays(30_000)}}`],
  ])('RESUME-3 whoever brings %s is somebody new', async (_what, auth) => {
    const raw = await RawWebSocket.open(server.url);
    raw.send(`40/${DESK},${auth}`);
    const welcome = await raw.first((frame) => frame.includes('["welcome"'));
    expect(welcome).toContain('"resumed":false');
    raw.close();
  });
});

/** Connections that never enter a namespace; opened first, since it takes them ten seconds to be cut. */
async function sayNothing(): Promise<{ over: string; closed: Promise<unknown> }[]> {
  const raw = await RawWebSocket.open(server.url);
  const polling = await RawPolling.open(server.url);
  const refused = await RawWebSocket.open(server.url);
  refused.send('40/none,');
  return [
    { over: 'a WebSocket', closed: raw.closed },
    { over: 'long-polling', closed: polling.poll().then(() => polling.poll()) },
    { over: 'a WebSocket, refused everywhere', closed: refused.closed },
  ];
}

it('GATE-5 a connection that enters no namespace is cut', async () => {
  for (const { over, closed } of early) await expect(closed, over).resolves.not.toThrow();
});

it('GATE-5 the process that took all this is the one that was started, and no larger than it may be', async () => {
  expect(await running.memory()).toBeLessThan(300 * MIB);
  expect(running.stdout.match(/Listening/g)).toHaveLength(1);
});
