import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestClient } from '../support/clients.ts';
import { freshRoom, granted, Practice, refused, turnedAway } from '../support/practice.ts';
import { Service } from '../support/service.ts';

const WINDOW_MS = 60_000;
const MINUTE_MS = 60_000;

let service: Service;

beforeEach(async () => {
  service = await Service.start();
});

afterEach(() => service.stop());

const roomsIn = (queue: Record<string, { 'room-id': string }[]> | undefined) =>
  queue?.waiting?.map((entry) => entry['room-id']);

describe('the server is restarted', () => {
  it('RESUME-8 namespaces, rooms and the waiting order are there', async () => {
    const practice = await Practice.open(service);
    const made = String((await service.call('create-room'))['room-id']);
    const rooms = [freshRoom(), freshRoom(), freshRoom()];
    for (const [n, room] of rooms.entries()) await practice.patient(room, { n });
    const gone = await practice.patient(freshRoom());
    const goneRoom = gone.all('queue-position')[0]?.['room-id'];
    await granted(gone.say('patient-left', {}));
    await service.restart();

    const doctor = await practice.doctor();
    const queue = doctor.all('queue')[0];
    expect(roomsIn(queue)).toEqual(rooms);
    expect(queue?.waiting).toMatchObject([
      { connected: false, metadata: { n: 0 } },
      { connected: false, metadata: { n: 1 } },
      { connected: false, metadata: { n: 2 } },
    ]);
    await practice.settled();
    expect(doctor.all('new-patient').map(({ n }) => n)).toEqual([0, 1, 2]);
    const next = await practice.patient(freshRoom());
    expect(next.all('queue-position')[0]).toMatchObject({ position: 4 });
    expect(await service.call('join-room', { roomId: made })).toMatchObject({ state: 'open' });
    expect(await service.call('join-room', { roomId: goneRoom })).toMatchObject({ status: 410 });
  });

  it('RESUME-8 RESUME-3 every client comes back as itself, into its call', async () => {
    const practice = await Practice.open(service);
    const room = freshRoom();
    const doctor = await practice.doctor();
    const patient = await practice.patient(room, { patientID: 'p-1' });
    const companion = await practice.companion(room);
    await granted(doctor.say('join', { 'room-id': room }));
    await service.restart();

    const doctorBack = await practice.resume(doctor);
    expect(doctorBack.welcome).toMatchObject({
      resumed: true,
      role: 'doctor',
      'client-id': doctor.id,
    });
    const held = await doctorBack.say('offer', { 'peer-id': patient.id, n: 1 });
    expect(held).toEqual({ status: 'ok', delivered: 'held' });
    const patientBack = await practice.resume(patient);
    const companionBack = await practice.resume(companion);
    await practice.settled();
    const back = (client: { id: string }) => [client.id, room];
    const backAgain = (client: TestClient) =>
      client.all('client-reconnected').map((data) => [data['client-id'], data['room-id']]);
    expect(backAgain(doctorBack)).toEqual([back(patient), back(companion)]);
    expect(backAgain(patientBack)).toEqual([back(doctor), back(companion)]);
    expect(backAgain(companionBack)).toEqual([back(doctor), back(patient)]);
    expect(patientBack.all('offer')).toMatchObject([{ n: 1, from: doctor.id }]);
    await granted(patientBack.say('answer', { 'peer-id': doctor.id }));
    expect(await doctorBack.first('answer')).toMatchObject({ from: patient.id });
    await granted(doctorBack.say('doctor-ended', { patientID: 'p-1' }));
    expect(await companionBack.first('room-ended')).toMatchObject({ reason: 'doctor-ended' });
  });

  it('RESUME-8 what was held before is there still', async () => {
    const practice = await Practice.open(service);
    const room = freshRoom();
    const doctor = await practice.doctor();
    const patient = await practice.patient(room);
    patient.drop();
    await doctor.first('client-disconnected');
    await granted(doctor.say('offer', { 'peer-id': patient.id, n: 1 }));
    await service.restart();
    const back = await practice.resume(patient);
    expect(await back.first('offer')).toEqual({ 'peer-id': patient.id, n: 1, from: doctor.id });
  });

  it('RESUME-8 a long time down costs nobody the place: the whole window begins anew', async () => {
    const practice = await Practice.open(service);
    const room = freshRoom();
    const patient = await practice.patient(room);
    const doctor = await practice.doctor();
    await service.goDown();
    service.clock.advance(10 * MINUTE_MS);
    await service.run();
    await service.pass(WINDOW_MS - 1);
    const doctorBack = await practice.resume(doctor);
    const patientBack = await practice.resume(patient);
    const resumed = [doctorBack, patientBack].map(({ welcome }) => welcome.resumed);
    expect(resumed).toEqual([true, true]);
    expect(roomsIn(doctorBack.all('queue')[0])).toEqual([room]);
  });

  it('RESUME-8 nor does it cost whoever had lost the connection shortly before', async () => {
    const practice = await Practice.open(service);
    const room = freshRoom();
    const patient = await practice.patient(room);
    const doctor = await practice.doctor();
    patient.drop();
    await doctor.first('client-disconnected');
    await service.goDown();
    service.clock.advance(10 * MINUTE_MS);
    await service.run();
    await service.pass(WINDOW_MS - 1);
    const back = await practice.resume(patient);
    expect(back.welcome.resumed).toBe(true);
    expect(await back.first('queue-position')).toMatchObject({ position: 1 });
  });

  it('RESUME-8 RESUME-7 who does not come back within the window is gone', async () => {
    const practice = await Practice.open(service);
    const [room, callRoom] = [freshRoom(), freshRoom()];
    await practice.patient(room, { patientID: 'p-1' });
    const patient = await practice.patient(callRoom);
    const doctor = await practice.doctor();
    await granted(doctor.say('join', { 'room-id': callRoom }));
    await service.restart();
    const back = await practice.resume(patient);
    const newDoctor = await practice.doctor();
    await service.pass(WINDOW_MS);
    await practice.settled();
    expect(newDoctor.all('patient-remove')).toMatchObject([{ patientID: 'p-1', 'room-id': room }]);
    expect(back.names()).toEqual(['client-disconnected', 'client-left']);
    expect(back.all('queue-position').at(-1)).toMatchObject({ position: 1 });
    await refused(back.say('offer', { 'peer-id': doctor.id }), 'peer-unreachable');
  });

  it('RESUME-8 who comes back hears who of the room is missing still, and nobody else does', async () => {
    const practice = await Practice.open(service);
    const [room, nextRoom] = [freshRoom(), freshRoom()];
    const patient = await practice.patient(room);
    const companion = await practice.companion(room);
    const doctor = await practice.doctor();
    const next = await practice.patient(nextRoom);
    await granted(doctor.say('join', { 'room-id': room }));
    await service.restart();
    const missingFor = (client: TestClient) =>
      client.all('client-disconnected').map((data) => [data['client-id'], data['room-id']]);
    const nextBack = await practice.resume(next);
    const doctorBack = await practice.resume(doctor);
    const patientBack = await practice.resume(patient);
    await practice.settled();
    expect(missingFor(doctorBack)).toEqual([
      [patient.id, room],
      [companion.id, room],
    ]);
    expect(missingFor(patientBack)).toEqual([[companion.id, room]]);
    expect(missingFor(nextBack)).toEqual([]);
  });

  it('RESUME-8 doctors who are within their window count as online', async () => {
    const practice = await Practice.open(service);
    await practice.doctor();
    await service.restart();
    const asked = () => service.call('check-availability', { namespaceId: practice.id });
    expect(await asked()).toMatchObject({ availability: true, 'doctor-online': true });
    await service.pass(WINDOW_MS);
    expect(await asked()).toMatchObject({ availability: true, 'doctor-online': false });
  });

  it('RESUME-8 what was removed stays away, and nothing of it comes back', async () => {
    const practice = await Practice.open(service);
    const patient = await practice.patient(freshRoom());
    await service.call('remove-namespace', { namespaceId: practice.id });
    await patient.ended();
    await service.restart();
    await turnedAway(practice.visitor(), 'namespace-not-found');
    await service.call('create-namespace', { namespaceId: practice.id });
    const doctor = await practice.doctor();
    expect(roomsIn(doctor.all('queue')[0])).toEqual([]);
  });
});
