import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../support/clients.ts';
import { freshRoom, granted, Practice } from '../support/practice.ts';
import { isoNow, recordsOf } from '../support/records.ts';
import { Service } from '../support/service.ts';

const MINUTE_MS = 60_000;
const WINDOW_MS = 60_000;
const KNOCK_MS = 45_000;

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});

afterAll(() => service.stop());

/** A patient who waits in a fresh room, and a doctor. */
async function aPractice() {
  const practice = await Practice.open(service);
  const room = freshRoom();
  const patient = await practice.patient(room, { patientID: 'p-1', name: 'Ada' });
  const doctor = await practice.doctor();
  const knock = () => granted(doctor.say('join', { 'room-id': room, init: true }));
  const join = () => granted(doctor.say('join', { 'room-id': room }));
  const record = async () => {
    const [found, ...others] = await recordsOf(service, practice.id);
    expect(others).toEqual([]);
    return found;
  };
  return { practice, room, patient, doctor, knock, join, record };
}

/** Lets a minute pass, and answers the time then. */
async function minute(): Promise<string> {
  await service.pass(MINUTE_MS);
  return isoNow(service);
}

/** Loses the client's connection; resolves when `witness` has heard of it. */
async function lose(client: TestClient, witness: TestClient): Promise<void> {
  client.drop();
  await witness.next('client-disconnected', (data) => data['client-id'] === client.id);
}

describe('a consultation', () => {
  it('RECORD-1 leaves its times, and nothing that a page sent', async () => {
    const { practice, room, patient, doctor, knock, join, record } = await aPractice();
    const waitedFrom = isoNow(service);
    await service.pass(MINUTE_MS);
    await knock();
    await service.pass(10_000);
    await join();
    const admittedAt = isoNow(service);
    await service.pass(10_000);
    await lose(patient, doctor);
    const lostAt = isoNow(service);
    await service.pass(10_000);
    const patientBack = await practice.resume(patient);
    const backAt = isoNow(service);
    await service.pass(MINUTE_MS);
    await granted(doctor.say('hold', { 'room-id': room }));
    const heldFrom = isoNow(service);
    await service.pass(MINUTE_MS);
    await join();
    const heldTo = isoNow(service);
    await service.pass(MINUTE_MS);
    await granted(patientBack.say('patient-ended', { patientID: 'p-1' }));

    const told = await record();
    expect(told).toEqual({
      'room-id': room,
      'client-id': patient.id,
      'waited-from': waitedFrom,
      'waited-again': [],
      knocks: 1,
      'unanswered-knocks': 0,
      'admitted-at': admittedAt,
      'admitted-by': doctor.id,
      holds: [{ from: heldFrom, to: heldTo }],
      lost: [{ role: 'patient', 'client-id': patient.id, 'lost-at': lostAt, 'back-at': backAt }],
      'ended-at': isoNow(service),
      'end-reason': 'patient-ended',
      'ended-by': 'patient',
    });
    expect(JSON.stringify(told)).not.toMatch(/p-1|Ada/);
  });

  it('RECORD-1 a knock that runs out is unanswered; one that the doctor takes back is not', async () => {
    const { room, doctor, knock, record } = await aPractice();
    await knock();
    await service.pass(KNOCK_MS);
    await knock();
    await service.pass(1000);
    await granted(doctor.say('return-to-queue', { 'room-id': room }));
    expect(await record()).toMatchObject({ knocks: 2, 'unanswered-knocks': 1, 'ended-at': null });
  });

  it('RECORD-1 each knock counts, of the same doctor and of another', async () => {
    const { practice, room, doctor, knock, record } = await aPractice();
    const colleague = await practice.doctor();
    await knock();
    await service.pass(1000);
    await knock();
    await granted(doctor.say('return-to-queue', { 'room-id': room }));
    await granted(colleague.say('join', { 'room-id': room, init: true }));
    expect(await record()).toMatchObject({ knocks: 3, 'unanswered-knocks': 0 });
  });

  it('RECORD-1 whose doctor is gone: the patient waits again, until another comes', async () => {
    const { practice, room, patient, doctor, join, record } = await aPractice();
    const admittedAt = await minute();
    await join();
    const lostAt = await minute();
    await lose(doctor, patient);
    await service.pass(WINDOW_MS);
    const from = isoNow(service);
    expect(await record()).toMatchObject({ 'waited-again': [{ from, to: null }] });
    const colleague = await practice.doctor();
    const to = await minute();
    await granted(colleague.say('join', { 'room-id': room }));
    await granted(colleague.say('doctor-ended', { patientID: 'p-1' }));
    expect(await record()).toMatchObject({
      'admitted-at': admittedAt,
      'admitted-by': doctor.id,
      'waited-again': [{ from, to }],
      lost: [{ role: 'doctor', 'client-id': doctor.id, 'lost-at': lostAt, 'back-at': null }],
      'end-reason': 'doctor-ended',
      'ended-by': 'doctor',
    });
  });

  it('RECORD-1 RESUME-9 whose patient comes back as another client goes on', async () => {
    const { practice, room, patient, doctor, join, record } = await aPractice();
    await lose(patient, doctor);
    const lostAt = isoNow(service);
    await service.pass(10_000);
    const backAt = isoNow(service);
    const again = await practice.patient(room, { patientID: 'p-1' });
    await join();
    expect(await record()).toMatchObject({
      'client-id': again.id,
      lost: [{ 'client-id': patient.id, 'lost-at': lostAt, 'back-at': backAt }],
    });
  });

  it('RECORD-1 of a guest tells when the connection was lost, too', async () => {
    const { practice, room, patient, record } = await aPractice();
    const companion = await practice.companion(room);
    await lose(companion, patient);
    expect((await record())?.lost).toMatchObject([{ role: 'guest', 'client-id': companion.id }]);
  });
});

describe('how it ends', () => {
  type Given = Awaited<ReturnType<typeof aPractice>>;
  it.each<[string, string | null, (given: Given) => Promise<unknown>]>([
    ['patient-left', 'patient', ({ patient }) => granted(patient.say('patient-left', {}))],
    [
      'rejected',
      'doctor',
      ({ doctor, room }) => granted(doctor.say('doctor-rejected', { roomID: room })),
    ],
    [
      'abandoned',
      null,
      async ({ patient, doctor }) => {
        await lose(patient, doctor);
        await service.pass(WINDOW_MS);
      },
    ],
    [
      'lost',
      null,
      async ({ patient, doctor, join }) => {
        await join();
        await lose(patient, doctor);
        await service.pass(WINDOW_MS);
      },
    ],
    [
      'namespace-removed',
      null,
      ({ practice }) => service.call('remove-namespace', { namespaceId: practice.id }),
    ],
  ])('RECORD-1 %s, by %s', async (reason, by, end) => {
    const given = await aPractice();
    await service.pass(MINUTE_MS);
    await end(given);
    expect(await given.record()).toMatchObject({
      'ended-at': isoNow(service),
      'end-reason': reason,
      'ended-by': by,
    });
  });

  it('RECORD-1 a room into which no patient came leaves no record', async () => {
    const practice = await Practice.open(service);
    const made = await service.call('create-room', { namespaceId: practice.id });
    await practice.companion(String(made['room-id']));
    await service.pass(25 * 60 * MINUTE_MS);
    expect(await recordsOf(service, practice.id)).toEqual([]);
  });

  it('RECORD-6 a transfer ends it here and begins one there, with the waiting time', async () => {
    const { room, patient, doctor, join, record } = await aPractice();
    const waitedFrom = isoNow(service);
    const there = await Practice.open(service);
    const admittedAt = await minute();
    await join();
    const movedAt = await minute();
    await granted(doctor.say('transfer', { 'room-id': room, 'to-namespace-id': there.id }));
    expect(await record()).toMatchObject({
      'waited-from': waitedFrom,
      'admitted-at': admittedAt,
      'ended-at': movedAt,
      'end-reason': 'transferred',
      'ended-by': 'doctor',
    });
    expect(await recordsOf(service, there.id)).toMatchObject([
      {
        'room-id': room,
        'client-id': patient.id,
        'waited-from': waitedFrom,
        'admitted-at': null,
        'ended-at': null,
      },
    ]);
  });
});

describe('a restart of the server', () => {
  it('RECORD-2 RECORD-7 the record goes on, and says who had lost the connection', async () => {
    const { practice, room, patient, doctor, join, record } = await aPractice();
    await join();
    await lose(patient, doctor);
    const lostAt = isoNow(service);
    await service.goDown();
    service.clock.advance(MINUTE_MS);
    await service.run();
    const upAt = isoNow(service);
    service.clock.advance(1000);
    await practice.resume(doctor);
    await practice.resume(patient);
    const backAt = isoNow(service);
    await practice.settled();
    expect(await record()).toMatchObject({
      'room-id': room,
      lost: [
        { role: 'patient', 'lost-at': lostAt, 'back-at': backAt },
        { role: 'doctor', 'lost-at': upAt, 'back-at': backAt },
      ],
      'ended-at': null,
    });
  });
});
