import type { ClientEvent, ErrorCode } from '@telemedicine-signaling/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRANSPORTS } from '../support/clients.ts';
import { fullHouse } from '../support/full-house.ts';
import { freshRoom, granted, Practice, refused } from '../support/practice.ts';
import { Service } from '../support/service.ts';

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});

afterAll(() => service.stop());

/** An object that is nested so many levels deep. */
const nested = (levels: number): object => (levels === 1 ? {} : { in: nested(levels - 1) });

describe('the answer', () => {
  it('IN-1 without an acknowledgement nothing is said of what went well', async () => {
    const practice = await Practice.open(service);
    const patient = await practice.visitor();
    patient.socket.emit('create', { 'room-id': freshRoom() });
    await practice.settled();
    const heard = patient.heard.map(({ event }) => event);
    expect(heard).toEqual(['welcome', 'queue-position', 'doctor-online']);
  });

  it('IN-1 ERR-1 signaling-error says the same as the acknowledgement, and which event it was', async () => {
    const { patient, room, heard } = await fullHouse(service);
    const cases: [event: string, payload: unknown][] = [
      ['join', { 'room-id': room }],
      ['offer', { 'peer-id': 'nobody' }],
      ['create', { 'room-id': 'a b' }],
      ['create', 'no object'],
      ['no-such-event', {}],
    ];
    for (const [event, payload] of cases) {
      const { status, ...answer } = await patient.say(event, payload);
      expect(status).toBe('error');
      patient.socket.emit(event, payload);
      expect(await patient.next('signaling-error')).toEqual({ ...answer, event });
    }
    expect(await heard()).toEqual({ patient: cases.map(() => 'signaling-error') });
  });

  it('IN-4 of the name of an unknown event, as much comes back as can be recognised', async () => {
    const practice = await Practice.open(service);
    const client = await practice.visitor();
    client.socket.emit('e'.repeat(10_000), {});
    const { event, code } = await client.next('signaling-error');
    expect([event, code]).toEqual(['e'.repeat(64), 'unknown-event']);
  });
});

describe('what is refused', () => {
  it.each([
    ['nothing', []],
    ['null', [null]],
    ['text', ['{}']],
    ['a number', [1]],
    ['an array', [[{}]]],
    ['a boolean', [true]],
    ['bytes', [Buffer.from('{}')]],
  ])('IN-2 a payload that is %s', async (_, args) => {
    const { doctor, heard } = await fullHouse(service);
    await refused(doctor.say('doctor-joined', ...args), 'invalid-payload');
    await refused(doctor.say('offer', ...args), 'invalid-payload');
    expect(await heard()).toEqual({});
  });

  it.each(TRANSPORTS)('IN-2 binary parts, however deep, over %s', async (transport) => {
    const practice = await Practice.open(service, { transport });
    const doctor = await practice.doctor();
    const patient = await practice.patient(freshRoom());
    const bytes = { 'peer-id': patient.id, list: [{ bytes: Buffer.from('hidden') }] };
    await refused(doctor.say('offer', bytes), 'invalid-payload');
    await practice.settled();
    expect(patient.names()).toEqual([]);
  });

  it('IN-2 a payload that is nested too deep', async () => {
    const { doctor, patient, heard } = await fullHouse(service);
    const peer = { 'peer-id': patient.id };
    await granted(doctor.say('offer', { ...peer, in: nested(31) }));
    expect(await heard()).toEqual({ patient: ['offer'] });
    await refused(doctor.say('offer', { ...peer, in: nested(32) }), 'invalid-payload');
    await refused(doctor.say('offer', { ...peer, in: nested(2000) }), 'invalid-payload');
    expect(await heard()).toEqual({});
  });

  it('IN-2 a key named __proto__, at any depth', async () => {
    const { doctor, patient, heard } = await fullHouse(service);
    const evil = JSON.parse('{"__proto__":{"isAdmin":true}}');
    const peer = { 'peer-id': patient.id };
    await refused(doctor.say('offer', Object.assign(evil, peer)), 'invalid-payload');
    await refused(doctor.say('offer', { ...peer, deep: [{ evil }] }), 'invalid-payload');
    expect(await heard()).toEqual({});
    expect({}).not.toHaveProperty('isAdmin');
    await granted(doctor.say('offer', { ...peer, constructor: { prototype: 1 }, toString: 2 }));
    expect(patient.all('offer').at(-1)).toMatchObject({ constructor: { prototype: 1 } });
  });

  it.each([
    'toString',
    'constructor',
    '__proto__',
    'hasOwnProperty',
    'welcome',
    'room-ended',
    'new-patient',
    'error',
    '',
    'Offer',
    'offer ',
  ])('IN-4 the event "%s", which no client may send', async (event) => {
    const { doctor, heard } = await fullHouse(service);
    await refused(doctor.say(event, {}), 'unknown-event');
    expect(await heard()).toEqual({});
  });

  it('IN-5 a namespace-id that is not the one of the connection', async () => {
    const { practice, heard, doctor, strangeDoctor } = await fullHouse(service);
    const visitor = await practice.visitor();
    const other = { 'namespace-id': strangeDoctor.welcome['namespace-id'] };
    await refused(visitor.say('doctor-joined', other), 'namespace-mismatch');
    await refused(
      visitor.say('create', { ...other, 'room-id': freshRoom() }),
      'namespace-mismatch',
    );
    await refused(doctor.say('join', { ...other, 'room-id': 'any' }), 'namespace-mismatch');
    for (const malformed of ['a b', '', 7, null, 'n'.repeat(10_000)]) {
      const sent = { 'namespace-id': malformed };
      await refused(visitor.say('doctor-joined', sent), 'invalid-namespace-id');
    }
    expect(await heard()).toEqual({});
    await granted(visitor.say('doctor-joined', { 'namespace-id': practice.id }));
  });

  const ID = 'p'.repeat(257);
  const FORMS: [event: ClientEvent, payload: object, code: ErrorCode][] = [
    ['create', { 'room-id': 'r', patientID: ID }, 'invalid-payload'],
    ['create', { 'room-id': 'r', 'patient-id': '' }, 'invalid-payload'],
    ['create', { 'room-id': 'r', patientID: null }, 'invalid-payload'],
    ['create', { 'room-id': 'r', patientID: { a: 1 } }, 'invalid-payload'],
    ['create', { 'room-id': 'r', 'client-id': 'c'.repeat(129) }, 'invalid-payload'],
    ['create', {}, 'invalid-room-id'],
    ['join', { 'room-id': 'r', init: 'true' }, 'invalid-payload'],
    ['join', {}, 'invalid-room-id'],
    ['join', { 'room-id': 'r'.repeat(10_000) }, 'invalid-room-id'],
    ['ack-doctor-entered', {}, 'invalid-payload'],
    ['ack-doctor-entered', { 'client-id': 7 }, 'invalid-payload'],
    ['send-metadata', {}, 'invalid-payload'],
    ['offer', { 'peer-id': '' }, 'invalid-payload'],
    ['answer', { 'peer-id': [] }, 'invalid-payload'],
    ['ice-candidate', { 'peer-id': 'p'.repeat(10_000) }, 'invalid-payload'],
    ['doctor-rejected', {}, 'invalid-room-id'],
    ['doctor-rejected', { roomID: 7 }, 'invalid-room-id'],
    ['patient-left', { patientID: [] }, 'invalid-payload'],
    ['patient-left', { 'room-id': '' }, 'invalid-room-id'],
    ['doctor-ended', { patientID: true }, 'invalid-payload'],
    ['patient-ended', { patientID: ID }, 'invalid-payload'],
    ['leave', {}, 'invalid-room-id'],
    ['refresh-token', {}, 'invalid-payload'],
    ['refresh-token', { token: 7 }, 'invalid-payload'],
  ];

  it.each(FORMS)('IN-2 ID-1 ID-3 %s %j', async (event, payload, code) => {
    const practice = await Practice.open(service);
    const client = await practice.visitor();
    await refused(client.say(event, payload), code);
    expect(client.welcome.role).toBe('guest');
  });
});

describe('who may send what', () => {
  const ROOM_EVENTS = { 'room-id': 'any-room' };
  const DENIED: Record<'visitor' | 'patient' | 'doctor', [event: ClientEvent, sent: object][]> = {
    visitor: [
      ['ack-doctor-entered', { 'client-id': 'any' }],
      ['doctor-rejected', ROOM_EVENTS],
      ['patient-left', {}],
      ['doctor-ended', {}],
      ['patient-ended', {}],
      ['join', { ...ROOM_EVENTS, init: true }],
    ],
    patient: [
      ['doctor-joined', {}],
      ['join', ROOM_EVENTS],
      ['join', { ...ROOM_EVENTS, init: true }],
      ['doctor-rejected', ROOM_EVENTS],
      ['doctor-ended', {}],
    ],
    doctor: [
      ['create', ROOM_EVENTS],
      ['ack-doctor-entered', { 'client-id': 'any' }],
      ['patient-left', {}],
      ['patient-ended', {}],
    ],
  };
  const cases = Object.entries(DENIED).flatMap(([who, events]) =>
    events.map(([event, sent]) => [who as keyof typeof DENIED, event, sent] as const),
  );

  it.each(cases)('AUTH-1 a %s may not send %s %j', async (who, event, sent) => {
    const house = await fullHouse(service);
    const room = { ...sent, ...('room-id' in sent ? { 'room-id': house.room } : {}) };
    await refused(house[who].say(event, room), 'not-allowed');
    expect(await house.heard()).toEqual({});
  });

  it('AUTH-2 a client is what it says: create makes a patient, doctor-joined a doctor', async () => {
    const practice = await Practice.open(service);
    const client = await practice.visitor();
    expect(client.welcome.role).toBe('guest');
    await granted(client.say('create', { 'room-id': freshRoom() }));
    await refused(client.say('doctor-joined', {}), 'not-allowed');
    await granted(client.say('patient-left', {}));
    await granted(client.say('doctor-joined', {}));
    await refused(client.say('create', { 'room-id': freshRoom() }), 'not-allowed');
  });

  it('AUTH-2 a guest in a room stays one', async () => {
    const { room, companion, heard } = await fullHouse(service);
    await refused(companion.say('doctor-joined', {}), 'not-allowed');
    await refused(companion.say('create', { 'room-id': room }), 'not-allowed');
    expect(await heard()).toEqual({});
  });

  it('AUTH-6 ICE-1 refresh-token and refresh-ice-servers are answered, and nobody hears them', async () => {
    const { patient, heard } = await fullHouse(service);
    await granted(patient.say('refresh-token', { token: 'any' }));
    expect(await granted(patient.say('refresh-ice-servers', {}))).toMatchObject({
      'ice-servers': expect.any(Array),
      'ice-expires-at': null,
    });
    expect(await heard()).toEqual({});
  });

  it('METRIC-5 call-report is answered, and nobody hears it', async () => {
    const { patient, heard } = await fullHouse(service);
    const whole = { 'set-up': true, 'first-media-ms': 840, relayed: true, quality: 'fair' };
    for (const report of [whole, { 'set-up': true }, { 'set-up': false }]) {
      expect(await granted(patient.say('call-report', report))).toEqual({ status: 'ok' });
    }
    expect(await heard()).toEqual({});
  });

  it.each([
    {},
    { 'set-up': 'yes' },
    { 'set-up': true, 'first-media-ms': -1 },
    { 'set-up': true, 'first-media-ms': 0.5 },
    { 'set-up': true, 'first-media-ms': 3_600_001 },
    { 'set-up': true, relayed: 1 },
    { 'set-up': true, quality: 'excellent' },
    { 'set-up': false, 'first-media-ms': 1 },
    { 'set-up': false, relayed: false },
    { 'set-up': false, quality: 'good' },
  ])('METRIC-5 call-report of %j is no report', async (report) => {
    const { patient } = await fullHouse(service);
    await refused(patient.say('call-report', report), 'invalid-payload');
  });
});

describe('how much', () => {
  it('LIMIT-2 whoever sends too much at once is told so, and nobody else is held up', async () => {
    const strict = await Service.start({ EVENT_BURST: '20', EVENTS_PER_SECOND: '0.1' });
    try {
      const practice = await Practice.open(strict);
      const doctor = await practice.doctor();
      const patient = await practice.patient(freshRoom());
      for (let n = 1; n < 20; n += 1) {
        await granted(doctor.say('send-metadata', { 'peer-id': patient.id, n }));
      }
      await refused(doctor.say('send-metadata', { 'peer-id': patient.id }), 'rate-limited');
      await granted(patient.say('send-metadata', { 'peer-id': doctor.id }));
      expect(patient.all('send-metadata')).toHaveLength(19);
    } finally {
      await strict.stop();
    }
  });
});
