import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../support/clients.ts';
import { freshRoom, granted, Practice } from '../support/practice.ts';
import { Service } from '../support/service.ts';

const MINUTE_MS = 60_000;

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});

afterAll(() => service.stop());

/** Consultations of so many minutes each, one after the other; all of them were waited for. */
async function consultations(practice: Practice, minutes: readonly number[]): Promise<void> {
  const doctor = await practice.doctor();
  for (const length of minutes) {
    const room = freshRoom();
    await practice.patient(room);
    await service.pass(17 * MINUTE_MS);
    await granted(doctor.say('join', { 'room-id': room }));
    await service.pass(length * MINUTE_MS);
    await granted(doctor.say('doctor-ended', { 'room-id': room }));
  }
}

/** Patients who come one after the other. */
async function line(practice: Practice, howMany: number): Promise<TestClient[]> {
  const patients = [];
  for (let n = 0; n < howMany; n += 1) patients.push(await practice.patient(freshRoom()));
  return patients;
}

const waitOf = (patient: TestClient) =>
  patient.all('queue-position').at(-1)?.['estimated-wait-seconds'];

describe('the estimated wait', () => {
  it('QUEUE-8 is a typical consultation for each who is ahead, and not told to who is next', async () => {
    const practice = await Practice.open(service);
    await consultations(practice, [5, 20, 10, 7, 6]);
    const patients = await line(practice, 3);
    expect(patients.map(waitOf)).toEqual([
      undefined,
      { from: 7 * 60, to: 10 * 60 },
      { from: 2 * 7 * 60, to: 2 * 10 * 60 },
    ]);
    const next = patients[0]?.all('queue-position').at(-1);
    expect(Object.keys(next ?? {})).toEqual(['room-id', 'position', 'ahead']);
  });

  it('QUEUE-8 is absent after four, and there from the fifth on', async () => {
    const practice = await Practice.open(service);
    await consultations(practice, [10, 10, 10, 10]);
    const [, second] = await line(practice, 2);
    expect(second?.all('queue-position')).toMatchObject([{ position: 2, ahead: 1 }]);
    expect(waitOf(second as TestClient)).toBeUndefined();
    await consultations(practice, [10]);
    const third = await practice.patient(freshRoom());
    expect(waitOf(third)).toEqual({ from: 1200, to: 1200 });
  });

  it('QUEUE-8 does not count those who were never admitted, or whose connection was lost', async () => {
    const practice = await Practice.open(service);
    await consultations(practice, [10, 10, 10, 10]);
    const doctor = await practice.doctor();
    const [left, rejected, lost, one] = (await line(practice, 4)) as [
      TestClient,
      TestClient,
      TestClient,
      TestClient,
    ];
    const roomOf = (patient: TestClient) => patient.all('queue-position')[0]?.['room-id'];
    await granted(left.say('patient-left', {}));
    await granted(doctor.say('doctor-rejected', { roomID: roomOf(rejected) }));
    await granted(doctor.say('join', { 'room-id': roomOf(lost) }));
    lost.drop();
    await doctor.first('client-disconnected');
    await service.pass(MINUTE_MS);
    await doctor.first('room-ended', ({ reason }) => reason === 'lost');
    const last = await practice.patient(freshRoom());
    expect(last.all('queue-position')).toMatchObject([{ ahead: 1 }]);
    expect([one, last].map(waitOf)).toEqual([undefined, undefined]);
  });

  it('QUEUE-8 is told with the place whenever that changes, and to who comes back', async () => {
    const practice = await Practice.open(service);
    await consultations(practice, [10, 10, 10, 10, 10]);
    const [first, , third] = (await line(practice, 3)) as [TestClient, TestClient, TestClient];
    await granted(first.say('patient-left', {}));
    const moved = await third.first('queue-position', ({ position }) => position === 2);
    expect(moved['estimated-wait-seconds']).toEqual({ from: 600, to: 600 });
    const back = await practice.resume(third);
    const told = await back.first('queue-position');
    expect(told).toMatchObject({ ahead: 1, 'estimated-wait-seconds': { from: 600, to: 600 } });
  });

  it('QUEUE-8 DESK-3 is told to who is given back to the waiting room', async () => {
    const practice = await Practice.open(service);
    await consultations(practice, [10, 10, 10, 10, 10]);
    const [, second] = (await line(practice, 2)) as [TestClient, TestClient];
    const doctor = await practice.doctor();
    const room = second.all('queue-position')[0]?.['room-id'];
    await granted(doctor.say('join', { 'room-id': room }));
    await granted(doctor.say('return-to-queue', { 'room-id': room }));
    await practice.settled();
    expect(second.all('queue-position')).toEqual(
      Array(2).fill({
        'room-id': room,
        position: 2,
        ahead: 1,
        'estimated-wait-seconds': { from: 600, to: 600 },
      }),
    );
  });

  it('QUEUE-8 is known after a restart of the server, as before', async () => {
    const practice = await Practice.open(service);
    await consultations(practice, [1, 2, 3, 4, 5]);
    await service.restart();
    const [, second] = await line(practice, 2);
    expect(waitOf(second as TestClient)).toEqual({ from: 180, to: 240 });
  });

  it('QUEUE-8 is of this practice alone', async () => {
    await consultations(await Practice.open(service), [1, 2, 3, 4, 5]);
    const [, second] = await line(await Practice.open(service), 2);
    expect(waitOf(second as TestClient)).toBeUndefined();
  });
});
