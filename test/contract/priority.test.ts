import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../support/clients.ts';
import { fullHouse } from '../support/full-house.ts';
import { Hospital } from '../support/hospital.ts';
import { freshRoom, granted, Practice, refused } from '../support/practice.ts';
import { Service } from '../support/service.ts';

const WINDOW_MS = 60_000;

let service: Service;
let hospital: Hospital;

beforeAll(async () => {
  service = await Service.start();
  hospital = await Hospital.open();
});

afterAll(async () => {
  await service.stop();
  await hospital.close();
});

type Queue = { waiting?: Record<string, unknown>[] };

const roomsIn = (queue: Queue | undefined) => queue?.waiting?.map((entry) => entry['room-id']);

/** The waiting room as a doctor finds it who comes now. */
async function orderIn(practice: Practice): Promise<unknown> {
  const late = await practice.doctor();
  return roomsIn(late.all('queue')[0]);
}

const placesOf = (client: TestClient): number[] =>
  client.all('queue-position').map(({ position }) => position);

describe('set-priority', () => {
  it('DESK-4 WHO-1 the urgent come first; doctors see it, who waits hears the new place', async () => {
    const { room, nextRoom, doctor, colleague, patient, neighbour, heard } =
      await fullHouse(service);
    const sent = { 'room-id': nextRoom, urgent: true };
    expect(await doctor.say('set-priority', sent)).toEqual({ status: 'ok', ...sent });
    const queue = await colleague.first('queue', ({ waiting }) => waiting[0]?.urgent === true);
    expect(queue.waiting).toMatchObject([
      { 'room-id': nextRoom, urgent: true },
      { 'room-id': room, urgent: false },
    ]);
    await neighbour.first('queue-position', ({ position }) => position === 1);
    await patient.first('queue-position', ({ position }) => position === 2);
    expect(await heard()).toEqual({});
    expect(await doctor.say('call-next', {})).toMatchObject({ 'room-id': nextRoom });
  });

  it('DESK-4 among themselves they keep the order of arrival', async () => {
    const practice = await Practice.open(service);
    const doctor = await practice.doctor();
    const rooms = Array.from({ length: 5 }, freshRoom);
    const [a, b, c, d, e] = rooms;
    for (const room of rooms) {
      await practice.patient(room);
      await service.pass(1000);
    }
    for (const room of [d, b]) {
      await granted(doctor.say('set-priority', { 'room-id': room, urgent: true }));
    }
    expect(await orderIn(practice)).toEqual([b, d, a, c, e]);
    await granted(doctor.say('set-priority', { 'room-id': b, urgent: false }));
    expect(await orderIn(practice)).toEqual([d, a, b, c, e]);
  });

  it('DESK-4 is for those who wait, and says true or false', async () => {
    const { room, nextRoom, doctor, strangeDoctor, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    await heard();
    const set = (roomId: string, urgent: unknown = true) =>
      doctor.say('set-priority', { 'room-id': roomId, urgent });
    await refused(set(room), 'not-allowed');
    await refused(set(freshRoom()), 'room-not-found');
    await refused(set(nextRoom, 'very'), 'invalid-payload');
    const sent = { 'room-id': nextRoom, urgent: true };
    await refused(strangeDoctor.say('set-priority', sent), 'room-not-found');
    const made = await service.call('create-room');
    await refused(set(String(made['room-id'])), 'room-not-found');
    await granted(doctor.say('doctor-ended', { 'room-id': room }));
    await heard();
    await refused(set(room), 'room-ended');
    expect(await heard()).toEqual({});
  });

  it('DESK-4 may be set while a doctor knocks, and is kept through the consultation', async () => {
    const { practice, room, nextRoom, doctor, colleague } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': nextRoom, init: true }));
    await granted(colleague.say('set-priority', { 'room-id': nextRoom, urgent: true }));
    await granted(doctor.say('join', { 'room-id': nextRoom }));
    await granted(doctor.say('return-to-queue', { 'room-id': nextRoom }));
    expect(await orderIn(practice)).toEqual([nextRoom, room]);
  });

  it('DESK-4 QUEUE-6 whose doctor dropped out comes first among those as urgent', async () => {
    const practice = await Practice.open(service);
    const doctor = await practice.doctor();
    const [earlier, mine, urgent] = [freshRoom(), freshRoom(), freshRoom()];
    for (const room of [earlier, mine, urgent]) {
      await practice.patient(room);
      await service.pass(1000);
    }
    await granted(doctor.say('join', { 'room-id': mine }));
    await granted(doctor.say('set-priority', { 'room-id': urgent, urgent: true }));
    await granted(doctor.say('leave', { 'room-id': mine }));
    expect(await orderIn(practice)).toEqual([urgent, mine, earlier]);
  });

  it('DESK-4 RESUME-9 is kept when the patient’s page is loaded anew', async () => {
    const practice = await Practice.open(service);
    const doctor = await practice.doctor();
    const [room, nextRoom] = [freshRoom(), freshRoom()];
    await practice.patient(room);
    await practice.patient(nextRoom, { patientID: 7 });
    await granted(doctor.say('set-priority', { 'room-id': nextRoom, urgent: true }));
    const reloaded = await practice.patient(nextRoom, { patientID: 7 });
    expect(placesOf(reloaded)).toEqual([1]);
  });
});

describe('a token that says urgent', () => {
  const patientIn = async (
    namespaceId: string,
    roomId: string,
    urgent: boolean,
  ): Promise<TestClient> => {
    const token = await hospital.token({ role: 'patient', namespaces: [namespaceId], urgent });
    return hospital.service.patient(namespaceId, roomId, {}, { auth: { token } });
  };

  const doctorIn = async (namespaceId: string): Promise<TestClient> => {
    const token = await hospital.token({ role: 'doctor', namespaces: [namespaceId] });
    return hospital.service.doctor(namespaceId, { auth: { token } });
  };

  it('DESK-4 AUTH-26 lets its bearer wait before the others, in order among the urgent', async () => {
    const namespaceId = await hospital.practice();
    const rooms = Array.from({ length: 4 }, freshRoom) as [string, string, string, string];
    const first = await patientIn(namespaceId, rooms[0], false);
    const second = await patientIn(namespaceId, rooms[1], true);
    const third = await patientIn(namespaceId, rooms[2], true);
    const fourth = await patientIn(namespaceId, rooms[3], false);
    expect([first, second, third, fourth].map((one) => placesOf(one)[0])).toEqual([1, 1, 2, 4]);
    await first.first('queue-position', ({ position }) => position === 3);
    const doctor = await doctorIn(namespaceId);
    expect(roomsIn(doctor.all('queue')[0])).toEqual([rooms[1], rooms[2], rooms[0], rooms[3]]);
    expect(doctor.all('queue')[0]?.waiting).toMatchObject([
      { urgent: true },
      { urgent: true },
      { urgent: false },
      { urgent: false },
    ]);
  });

  it('DESK-4 a doctor may think otherwise', async () => {
    const namespaceId = await hospital.practice();
    const [room, nextRoom] = [freshRoom(), freshRoom()];
    await patientIn(namespaceId, room, false);
    await patientIn(namespaceId, nextRoom, true);
    const doctor = await doctorIn(namespaceId);
    await granted(doctor.say('set-priority', { 'room-id': nextRoom, urgent: false }));
    expect(await doctor.say('call-next', {})).toMatchObject({ 'room-id': room });
  });

  it('DESK-4 saying so in create is worth nothing', async () => {
    const namespaceId = await hospital.practice();
    const [room, nextRoom] = [freshRoom(), freshRoom()];
    await patientIn(namespaceId, room, false);
    const token = await hospital.token({ role: 'patient', namespaces: [namespaceId] });
    const patient = await hospital.service.join(namespaceId, { auth: { token, urgent: true } });
    await granted(patient.say('create', { 'room-id': nextRoom, urgent: true }));
    expect(placesOf(patient)).toEqual([2]);
    const doctor = await doctorIn(namespaceId);
    const [, entry] = doctor.all('queue')[0]?.waiting ?? [];
    expect(entry).toMatchObject({ urgent: false, metadata: { urgent: true } });
  });
});

describe('several devices of one doctor', () => {
  async function devices() {
    const namespaceId = await hospital.practice();
    const at = async (subject: string) => {
      const token = await hospital.token({ role: 'doctor', namespaces: [namespaceId], subject });
      return hospital.service.doctor(namespaceId, { auth: { token } });
    };
    const cast = { phone: await at('dr-a'), laptop: await at('dr-a'), colleague: await at('dr-b') };
    const token = await hospital.token({ role: 'patient', namespaces: [namespaceId] });
    const room = freshRoom();
    const patient = await hospital.service.patient(namespaceId, room, {}, { auth: { token } });
    const caughtUp = () => Promise.all([...Object.values(cast), patient].map((c) => c.caughtUp()));
    await caughtUp();
    return { ...cast, room, patient, caughtUp };
  }

  it('DESK-8 all ring; the first takes it, and the others hear answered-elsewhere', async () => {
    const { phone, laptop, colleague, room, patient, caughtUp } = await devices();
    const all = [phone, laptop, colleague];
    expect(all.map((one) => one.names())).toEqual(all.map(() => ['new-patient']));
    await granted(phone.say('join', { 'room-id': room, init: true }));
    await caughtUp();
    const taken = [{ 'room-id': room }];
    expect(all.map((one) => one.all('answered-elsewhere'))).toEqual([[], taken, taken]);
    expect(patient.names()).toEqual(['doctor-entered']);
    await refused(laptop.say('join', { 'room-id': room }), 'already-claimed');
  });

  it('DESK-8 of two that answer at once, one does', async () => {
    const { phone, laptop, room, patient, caughtUp } = await devices();
    const sent = { 'room-id': room };
    const answers = await Promise.all([phone.say('join', sent), laptop.say('join', sent)]);
    expect(answers.map(({ code }) => code ?? 'ok').sort()).toEqual(['already-claimed', 'ok']);
    await caughtUp();
    expect(patient.names()).toEqual(['room-joined']);
  });

  it('DESK-8 ROOM-5 another takes over from one whose connection is lost', async () => {
    const { phone, laptop, room, patient } = await devices();
    await granted(phone.say('join', { 'room-id': room }));
    phone.drop();
    await patient.first('client-disconnected');
    await granted(laptop.say('join', { 'room-id': room }));
    await hospital.service.pass(WINDOW_MS);
    await granted(laptop.say('doctor-ended', { 'room-id': room }));
  });
});
