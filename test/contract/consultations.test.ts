import { ERRORS, type ErrorCode } from '@telemedicine-signaling/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hospital } from '../support/hospital.ts';
import { freshRoom, granted, Practice } from '../support/practice.ts';
import { askRecords, recordsOf, today } from '../support/records.ts';
import { Service } from '../support/service.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOTHING = { status: 200, msg: expect.any(String), consultations: [], next: null };

/** A patient who comes to wait and leaves. Answers the room. */
async function visit(practice: Practice): Promise<string> {
  const room = freshRoom();
  const patient = await practice.patient(room);
  await granted(patient.say('patient-left', {}));
  return room;
}

const roomsOn = async (service: Service, namespaceId: string, day?: string): Promise<string[]> =>
  (await recordsOf(service, namespaceId, day)).map((record) => record['room-id']);

describe('the records of a day', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(() => service.stop());

  const ask = (fields: Record<string, string>) => askRecords(service, fields);

  it('RECORD-3 are those whose waiting began on it, in UTC, first come first', async () => {
    const practice = await Practice.open(service);
    const first = today(service);
    const rooms = [await visit(practice)];
    await service.pass(DAY_MS - 1);
    rooms.push(await visit(practice));
    expect(await roomsOn(service, practice.id, first)).toEqual(rooms);
    await service.pass(1);
    const nextDay = await visit(practice);
    expect(today(service)).not.toBe(first);
    expect(await roomsOn(service, practice.id, first)).toEqual(rooms);
    expect(await roomsOn(service, practice.id)).toEqual([nextDay]);
  });

  it('RECORD-3 `skip` leaves out those who came first', async () => {
    const practice = await Practice.open(service);
    const rooms = [await visit(practice), await visit(practice), await visit(practice)];
    const fields = { namespaceId: practice.id, day: today(service), skip: '2' };
    const { consultations, next } = JSON.parse((await ask(fields)).text);
    expect(next).toBeNull();
    expect(consultations).toMatchObject([{ 'room-id': rooms[2] }]);
  });

  it.each<[string, Record<string, string>, ErrorCode]>([
    ['no namespace', { day: '2030-01-01' }, 'invalid-namespace-id'],
    ['a malformed one', { namespaceId: 'a b', day: '2030-01-01' }, 'invalid-namespace-id'],
    ['no day', { namespaceId: 'a' }, 'invalid-payload'],
    ['a day that is none', { namespaceId: 'a', day: '2030-02-30' }, 'invalid-payload'],
    ['a time', { namespaceId: 'a', day: '2030-01-01T00:00:00Z' }, 'invalid-payload'],
    [
      'a number that is none',
      { namespaceId: 'a', day: '2030-01-01', skip: '-1' },
      'invalid-payload',
    ],
  ])('RECORD-3 %s: %o is %s', async (_what, fields, code) => {
    const { status, text } = await ask(fields);
    expect(status).toBe(ERRORS[code].http);
    expect(JSON.parse(text)).toMatchObject({ code });
  });

  it('RECORD-3 of a day before the calendar, or far ahead, are none', async () => {
    for (const day of ['0000-01-01', '9999-12-31']) {
      expect(JSON.parse((await ask({ namespaceId: 'a', day })).text)).toEqual(NOTHING);
    }
  });

  it('RECORD-5 outlive their room and their namespace', async () => {
    const practice = await Practice.open(service);
    const day = today(service);
    const room = await visit(practice);
    await service.call('remove-namespace', { namespaceId: practice.id });
    await service.pass(25 * HOUR_MS);
    expect(await service.call('join-room', { roomId: room })).toMatchObject({ status: 404 });
    expect(await roomsOn(service, practice.id, day)).toEqual([room]);
  });

  it('RECORD-5 are deleted 90 days after the end, unless something else is set', async () => {
    const practice = await Practice.open(service);
    const day = today(service);
    const staying = freshRoom();
    await practice.patient(staying);
    const room = await visit(practice);
    await service.pass(90 * DAY_MS);
    expect(await roomsOn(service, practice.id, day)).toEqual([staying, room]);
    await service.pass(1);
    expect(await roomsOn(service, practice.id, day)).toEqual([staying]);
  });
});

describe('how long they are kept', () => {
  it('RECORD-5 CONSULTATION_DAYS says for how many days', async () => {
    const service = await Service.start({ CONSULTATION_DAYS: '2' });
    try {
      const practice = await Practice.open(service);
      const day = today(service);
      const room = await visit(practice);
      await service.pass(2 * DAY_MS);
      expect(await roomsOn(service, practice.id, day)).toEqual([room]);
      await service.pass(1);
      expect(await roomsOn(service, practice.id, day)).toEqual([]);
    } finally {
      await service.stop();
    }
  });

  it('RECORD-5 CONSULTATION_DAYS=0 keeps none, not even of what is under way', async () => {
    const service = await Service.start({ CONSULTATION_DAYS: '0' });
    try {
      const practice = await Practice.open(service);
      await practice.patient(freshRoom());
      await visit(practice);
      expect(await recordsOf(service, practice.id)).toEqual([]);
    } finally {
      await service.stop();
    }
  });
});

describe('who may read them', () => {
  let hospital: Hospital;
  let home: string;
  let room: string;
  beforeAll(async () => {
    hospital = await Hospital.open({ MAX_FAILED_ATTEMPTS: '1000' });
    home = await hospital.practice();
    room = freshRoom();
    const token = await hospital.token({ role: 'patient', namespaces: [home] });
    for (const one of [room, freshRoom()]) {
      const patient = await hospital.service.join(home, { auth: { token } });
      await granted(patient.say('create', { 'room-id': one }));
    }
  });
  afterAll(() => hospital.close());

  const ask = async (wanted: Parameters<Hospital['token']>[0], namespaceId = home) => {
    const fields = { namespaceId, day: today(hospital.service) };
    return askRecords(hospital.service, fields, await hospital.token(wanted));
  };
  const recordsIn = ({ text }: { text: string }) => JSON.parse(text).consultations;

  it('RECORD-4 AUTH-1 a doctor and the backend of the practice', async () => {
    expect(recordsIn(await ask({ role: 'doctor', namespaces: [home] }))).toHaveLength(2);
    expect(recordsIn(await ask({ role: 'service', namespaces: [home] }))).toHaveLength(2);
    expect(recordsIn(await ask({ role: 'service', namespaces: ['*'] }))).toHaveLength(2);
  });

  it.each(['patient', 'guest'] as const)('RECORD-4 AUTH-1 no %s', async (role) => {
    const { status, text } = await ask({ role, namespaces: [home] });
    expect(status).toBe(403);
    expect(JSON.parse(text)).toMatchObject({ code: 'not-allowed' });
  });

  it('RECORD-4 AUTH-3 nobody without a token', async () => {
    const fields = { namespaceId: home, day: today(hospital.service) };
    const { status, text } = await askRecords(hospital.service, fields);
    expect(status).toBe(401);
    expect(JSON.parse(text)).toMatchObject({ code: 'token-missing' });
  });

  it('RECORD-4 AUTH-4 another practice looks, byte for byte, like one without consultations', async () => {
    const empty = await hospital.practice();
    const none = await ask({ role: 'doctor', namespaces: [empty] }, empty);
    expect(JSON.parse(none.text)).toEqual(NOTHING);
    for (const role of ['doctor', 'service'] as const) {
      expect(await ask({ role, namespaces: [empty] }, home)).toEqual(none);
      expect(await ask({ role, namespaces: [empty] }, 'not-there')).toEqual(none);
    }
    expect(await ask({ role: 'service', namespaces: ['*'] }, 'not-there')).toEqual(none);
  });

  it('RECORD-4 AUTH-4 whose token is pinned to a room reads of that room alone', async () => {
    const found = recordsIn(await ask({ role: 'doctor', namespaces: [home], room }));
    expect(found.map((record: Record<string, unknown>) => record['room-id'])).toEqual([room]);
  });
});
