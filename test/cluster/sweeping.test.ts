import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshRoom, granted, Practice, refused } from '../support/practice.ts';
import { Service } from '../support/service.ts';

const WINDOW_MS = 60_000;
const NODES = 3;

/** How long a busy machine may take to pass something on. Nothing waits for it to pass. */
const PATIENCE = { timeout: 9000 };

let service: Service;

beforeAll(async () => {
  service = await Service.start({}, NODES);
});
afterAll(() => service.stop());

it('CLUSTER-1 several nodes that end what has run out at the same time end it once', async () => {
  const practice = await Practice.open(service);
  const doctor = await practice.doctor();
  const rooms = Array.from({ length: 6 }, () => freshRoom());
  const lost = [];
  for (const room of rooms) lost.push(await practice.patient(room));
  const stays = await practice.patient(freshRoom());
  for (const patient of lost) patient.drop();
  await expect.poll(() => doctor.all('client-disconnected').length, PATIENCE).toBe(rooms.length);
  await service.pass(WINDOW_MS - 1);
  expect(doctor.all('patient-remove')).toEqual([]);

  service.clock.advance(1);
  await Promise.all(service.nodes.map((node) => node.sweep()));
  await practice.settled();
  const removed = doctor.all('patient-remove').map((data) => data['room-id']);
  expect(removed.sort()).toEqual([...rooms].sort());
  expect(doctor.all('room-ended')).toHaveLength(rooms.length);
  await expect
    .poll(() => stays.all('queue-position').at(-1), PATIENCE)
    .toMatchObject({ position: 1 });
});

it('CLUSTER-1 ROOM-5 of two doctors at two nodes who call the same patient at once one has the room', async () => {
  const practice = await Practice.open(service);
  for (let round = 0; round < 5; round += 1) {
    const room = freshRoom();
    const patient = await practice.patient(room);
    const doctors = [await practice.doctor(), await practice.doctor(), await practice.doctor()];
    const answers = await Promise.all(
      doctors.map((doctor) => doctor.say('join', { 'room-id': room })),
    );
    const won = doctors.filter((_, n) => answers[n]?.status === 'ok');
    expect(won).toHaveLength(1);
    const codes = answers.flatMap(({ code }) => code ?? []);
    expect(codes).toEqual(['already-claimed', 'already-claimed']);
    await practice.settled();
    expect(patient.all('room-joined')).toMatchObject([{ from: won[0]?.id }]);
    await granted((won[0] ?? patient).say('doctor-ended', { 'room-id': room }));
    const offer = { 'peer-id': won[0]?.id };
    await refused(patient.say('offer', { ...offer, 'peer-id': 'nobody' }), 'peer-unreachable');
  }
});
