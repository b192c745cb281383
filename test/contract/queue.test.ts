import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../support/clients.ts';
import { fullHouse } from '../support/full-house.ts';
import { freshRoom, granted, Practice } from '../support/practice.ts';
import { Service } from '../support/service.ts';

/** QUEUE-5 allows one update a second; what the network and a busy machine add or take away. */
const PACE_MS = 1000;
const TOLERANCE_MS = 100;

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});

afterAll(() => service.stop());

type Heard = Awaited<ReturnType<TestClient['first']>>;

const roomsIn = (queue: Heard | undefined): string[] =>
  queue?.waiting.map((entry: Record<string, unknown>) => entry['room-id']);

const placesOf = (client: TestClient): number[] =>
  client.all('queue-position').map(({ position }) => position);

/** Notes the times between two events of this name that reach the client. */
function intervals(client: TestClient, event: string): () => number[] {
  const times: number[] = [];
  client.socket.on(event, () => times.push(performance.now()));
  return () => times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

describe('doctor-joined', () => {
  it('QUEUE-4 brings the queue, then one new-patient for each, longest wait first', async () => {
    const practice = await Practice.open(service);
    const rooms = [freshRoom(), freshRoom(), freshRoom()];
    const patients = [];
    for (const [n, room] of rooms.entries()) patients.push(await practice.patient(room, { n }));
    const doctor = await practice.doctor();
    await practice.settled();
    const names = doctor.heard.map(({ event }) => event).slice(0, 5);
    expect(names).toEqual(['welcome', 'queue', 'new-patient', 'new-patient', 'new-patient']);
    expect(roomsIn(doctor.all('queue')[0])).toEqual(rooms);
    expect(doctor.all('new-patient')).toEqual(
      patients.map(({ id }, n) => ({ 'room-id': rooms[n], n, 'client-id': id, from: id })),
    );
  });

  it('QUEUE-1 the queue says who waits since when, in which state, and what the page sent', async () => {
    const practice = await Practice.open(service);
    const room = freshRoom();
    const since = new Date(service.clock.now()).toISOString();
    const metadata = { patientID: 3, name: 'Ada', nested: { list: [1, 'two', null] } };
    const patient = await practice.patient(room, metadata);
    await service.pass(1234);
    const doctor = await practice.doctor();
    expect(doctor.all('queue')).toEqual([
      {
        'namespace-id': practice.id,
        waiting: [
          {
            'room-id': room,
            'client-id': patient.id,
            metadata: { 'room-id': room, 'client-id': patient.id, ...metadata },
            'waiting-since': since,
            connected: true,
            state: 'waiting',
            urgent: false,
            'unanswered-knocks': 0,
          },
        ],
      },
    ]);
    await granted(doctor.say('join', { 'room-id': room, init: true }));
    const knocking = await doctor.first('queue', ({ waiting }) => waiting[0]?.state === 'knocking');
    expect(knocking.waiting[0]).toMatchObject({ 'waiting-since': since });
  });

  it('QUEUE-4 WHO-1 who waits hears doctor-online, and nobody else', async () => {
    const { practice, heard } = await fullHouse(service);
    await practice.doctor();
    expect(await heard()).toEqual({ patient: ['doctor-online'], neighbour: ['doctor-online'] });
  });

  it('QUEUE-4 again, it replays the waiting room to the sender and to nobody else', async () => {
    const { doctor, patient, neighbour, heard } = await fullHouse(service);
    await heard();
    await granted(doctor.say('doctor-joined', { 'client-id': patient.id, 'doctor-name': 'X' }));
    expect(await heard()).toEqual({ doctor: ['new-patient', 'new-patient'] });
    const replayed = doctor.all('new-patient').slice(-2);
    expect(replayed.map(({ from }) => from)).toEqual([patient.id, neighbour.id]);
  });

  it('QUEUE-4 a patient in consultation is not in the waiting room', async () => {
    const { practice, room, nextRoom, doctor } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    const late = await practice.doctor();
    await practice.settled();
    expect(roomsIn(late.all('queue')[0])).toEqual([nextRoom]);
    expect(late.all('new-patient')).toHaveLength(1);
    const asked = await service.call('check-availability', { namespaceId: practice.id });
    expect(asked).toMatchObject({ 'queue-length': 1, 'doctor-online': true });
  });
});

describe('how the waiting room moves', () => {
  it('QUEUE-2 QUEUE-6 in order of arrival; who is left moves up and is told', async () => {
    const practice = await Practice.open(service);
    const patients = [];
    for (let n = 0; n < 4; n += 1) patients.push(await practice.patient(freshRoom()));
    expect(patients.map(placesOf)).toEqual([[1], [2], [3], [4]]);
    const [first, , third, last] = patients as [TestClient, TestClient, TestClient, TestClient];
    await granted(third.say('patient-left', {}));
    await granted(first.say('patient-left', {}));
    const moved = await last.first('queue-position', ({ position }) => position === 2);
    expect(moved).toEqual({ 'room-id': moved['room-id'], position: 2, ahead: 1 });
    await practice.settled();
    expect(patients.map(placesOf)).toEqual([[1], [2, 1], [3], [4, 2]]);
  });

  it('QUEUE-6 a patient whose doctor knocks stays in line; once admitted the others move up', async () => {
    const { practice, room, nextRoom, doctor, neighbour, patient } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room, init: true }));
    const late = await practice.doctor();
    expect(roomsIn(late.all('queue')[0])).toEqual([room, nextRoom]);
    await granted(doctor.say('join', { 'room-id': room }));
    await neighbour.first('queue-position', ({ position }) => position === 1);
    expect(placesOf(neighbour)).toEqual([2, 1]);
    expect(placesOf(patient)).toEqual([1]);
  });

  it('QUEUE-5 WHO-1 patients never hear the queue, and places only of their own', async () => {
    const { practice, room, patient, neighbour, companion, visitor, strangeDoctor, doctor } =
      await fullHouse(service);
    await practice.patient(freshRoom());
    await doctor.first('queue', ({ waiting }) => waiting.length === 3);
    await practice.settled();
    for (const one of [patient, neighbour, companion, visitor]) {
      expect(one.all('queue')).toEqual([]);
    }
    expect([companion, visitor].map(placesOf)).toEqual([[], []]);
    expect(patient.all('queue-position').map((data) => data['room-id'])).toEqual([room]);
    const strange = strangeDoctor.all('queue').map((data) => data['namespace-id']);
    expect(strange).not.toContain(practice.id);
  });
});

describe('the pace', () => {
  it('QUEUE-5 a doctor hears of many changes at most once a second, and of the last', async () => {
    const practice = await Practice.open(service);
    const doctor = await practice.doctor();
    const between = intervals(doctor, 'queue');
    const patients: TestClient[] = [];
    for (let n = 0; n < 12; n += 1) patients.push(await practice.patient(freshRoom()));
    await doctor.first('queue', ({ waiting }) => waiting.length === 12);
    for (const patient of patients.slice(1)) await granted(patient.say('patient-left', {}));
    await doctor.first(
      'queue',
      ({ waiting }) => waiting.length === 1 && waiting[0]['client-id'] === patients[0]?.id,
    );
    expect(Math.min(...between())).toBeGreaterThan(PACE_MS - TOLERANCE_MS);
    expect(doctor.all('new-patient')).toHaveLength(12);
  });

  it('QUEUE-5 a patient hears of many changes at most once a second, and of the last', async () => {
    const practice = await Practice.open(service);
    const ahead = [];
    for (let n = 0; n < 8; n += 1) ahead.push(await practice.patient(freshRoom()));
    const patient = await practice.patient(freshRoom());
    const between = intervals(patient, 'queue-position');
    const isAt = (place: number) => (data: Heard) => data.position === place;
    for (const one of ahead.slice(0, 4)) await granted(one.say('patient-left', {}));
    await patient.first('queue-position', isAt(5));
    for (const one of ahead.slice(4)) await granted(one.say('patient-left', {}));
    await patient.first('queue-position', isAt(1));
    expect(Math.min(...between())).toBeGreaterThan(PACE_MS - TOLERANCE_MS);
    expect(placesOf(patient).length).toBeLessThanOrEqual(4);
  });

  it('QUEUE-5 whoever knows how things stand hears nothing more, though not all were told at once', async () => {
    const practice = await Practice.open(service);
    const first = await practice.doctor();
    await practice.patient(freshRoom());
    await first.first('queue', ({ waiting }) => waiting.length === 1);
    const told = performance.now();
    // Half a pace later, so that their times to be told differ.
    await pause(PACE_MS / 2);
    const second = await practice.doctor();
    await practice.patient(freshRoom());
    for (const doctor of [first, second]) {
      await doctor.first('queue', ({ waiting }) => waiting.length === 2);
    }
    expect(performance.now() - told).toBeGreaterThan(PACE_MS / 2);
    const heard = [first, second].map((doctor) => doctor.all('queue').length);
    await pause(3 * PACE_MS);
    expect([first, second].map((doctor) => doctor.all('queue').length)).toEqual(heard);
  });
});
