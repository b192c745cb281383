import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestClient, TRANSPORTS } from '../support/clients.ts';
import { type FullHouse, fullHouse } from '../support/full-house.ts';
import { freshRoom, granted, Practice, refused } from '../support/practice.ts';
import { Service } from '../support/service.ts';

let service: Service;

beforeAll(async () => {
  service = await Service.start({ EVENT_BURST: '10000' });
});

afterAll(() => service.stop());

type Name = 'doctor' | 'colleague' | 'patient' | 'companion' | 'neighbour' | 'visitor';

describe.each(['send-metadata', 'offer', 'answer', 'ice-candidate'] as const)('%s', (event) => {
  it('RELAY-1 WHO-1 reaches the peer it names, and nobody else', async () => {
    const { doctor, patient, heard } = await fullHouse(service);
    const toPatient = { 'peer-id': patient.id, from: 'somebody-else', deep: { a: [1, null] } };
    expect(await doctor.say(event, toPatient)).toEqual({ status: 'ok', delivered: 'now' });
    expect(await heard()).toEqual({ patient: [event] });
    expect(patient.all(event)).toEqual([{ ...toPatient, from: doctor.id }]);

    await granted(patient.say(event, { 'peer-id': doctor.id }));
    expect(await heard()).toEqual({ doctor: [event] });
    expect(doctor.all(event)).toEqual([{ 'peer-id': doctor.id, from: patient.id }]);
  });

  it('RELAY-3 leads to nobody outside, with one answer for all', async () => {
    const house = await fullHouse(service);
    const { patient, neighbour, visitor, strangeDoctor, strangePatient, room, heard } = house;
    const answers: object[] = [];
    for (const peer of [neighbour.id, visitor.id, strangeDoctor.id, strangePatient.id, room, '?']) {
      answers.push(await patient.say(event, { 'peer-id': peer }));
    }
    expect(answers[0]).toMatchObject({ status: 'error', code: 'peer-unreachable', retry: false });
    expect(answers).toEqual(answers.map(() => answers[0]));
    expect(await heard()).toEqual({});
  });

  it('IN-2 needs a peer-id', async () => {
    const practice = await Practice.open(service);
    const client = await practice.patient(freshRoom());
    for (const peer of [undefined, '', 7, null, { id: client.id }, 'p'.repeat(129)]) {
      await refused(client.say(event, { 'peer-id': peer }), 'invalid-payload');
    }
  });
});

describe('who reaches whom', () => {
  const PAIRS: [sender: Name, peer: Name, why: string][] = [
    ['doctor', 'patient', 'waits in the practice'],
    ['doctor', 'companion', 'has a room in the practice'],
    ['doctor', 'colleague', 'is a doctor of the practice too'],
    ['patient', 'colleague', 'is a doctor of the practice'],
    ['patient', 'companion', 'is in the same room'],
    ['companion', 'patient', 'is in the same room'],
    ['companion', 'doctor', 'is a doctor of the practice'],
    ['neighbour', 'doctor', 'is a doctor of the practice'],
  ];

  it.each(PAIRS)('RELAY-2 a %s reaches a %s who %s', async (sender, peer) => {
    const house = await fullHouse(service);
    await granted(house[sender].say('offer', { 'peer-id': house[peer].id }));
    expect(await house.heard()).toEqual({ [peer]: ['offer'] });
  });

  const STRANGERS: [sender: keyof FullHouse, peer: keyof FullHouse][] = [
    ['patient', 'neighbour'],
    ['companion', 'neighbour'],
    ['patient', 'visitor'],
    ['visitor', 'patient'],
    ['visitor', 'doctor'],
    ['doctor', 'visitor'],
    ['doctor', 'strangePatient'],
    ['doctor', 'strangeDoctor'],
    ['strangeDoctor', 'patient'],
    ['strangePatient', 'patient'],
  ];

  it.each(STRANGERS)('RELAY-3 a %s does not reach a %s', async (sender, peer) => {
    const house = await fullHouse(service);
    const [from, to] = [house[sender] as TestClient, house[peer] as TestClient];
    await refused(from.say('offer', { 'peer-id': to.id }), 'peer-unreachable');
    expect(await house.heard()).toEqual({});
  });

  it('RELAY-2 after the room has ended, a doctor reaches its people no longer', async () => {
    const { room, doctor, patient, companion, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    await granted(doctor.say('doctor-ended', { 'room-id': room }));
    await heard();
    await refused(doctor.say('offer', { 'peer-id': patient.id }), 'peer-unreachable');
    await refused(patient.say('offer', { 'peer-id': doctor.id }), 'peer-unreachable');
    await refused(companion.say('offer', { 'peer-id': patient.id }), 'peer-unreachable');
    expect(await heard()).toEqual({});
  });

  it('RELAY-2 who has left the room reaches its people no longer', async () => {
    const { room, patient, companion, heard } = await fullHouse(service);
    await granted(companion.say('leave', { 'room-id': room }));
    await heard();
    await refused(companion.say('offer', { 'peer-id': patient.id }), 'peer-unreachable');
    await refused(patient.say('offer', { 'peer-id': companion.id }), 'peer-unreachable');
    expect(await heard()).toEqual({});
  });
});

describe('order and what is held', () => {
  it('RELAY-4 says held while the peer is within its window, and unreachable after it', async () => {
    const { doctor, patient, heard } = await fullHouse(service);
    patient.drop();
    await doctor.first('client-disconnected');
    await heard();
    const offer = { 'peer-id': patient.id };
    expect(await doctor.say('offer', offer)).toEqual({ status: 'ok', delivered: 'held' });
    expect(await heard()).toEqual({});
    await service.pass(60_000);
    await refused(doctor.say('offer', offer), 'peer-unreachable');
  });

  it.each(TRANSPORTS)(
    'RELAY-5 bursts from several senders keep their order over %s',
    async (transport) => {
      const practice = await Practice.open(service, { transport });
      const doctor = await practice.doctor();
      const patients = [];
      for (let n = 0; n < 3; n += 1) patients.push(await practice.patient(freshRoom()));
      const count = 150;
      for (let n = 0; n < count; n += 1) {
        for (const one of patients) {
          one.socket.emit('ice-candidate', { 'peer-id': doctor.id, n });
          doctor.socket.emit('ice-candidate', { 'peer-id': one.id, n });
        }
      }
      await practice.settled();
      const inOrder = Array.from({ length: count }, (_, n) => n);
      for (const one of patients) {
        expect(one.all('ice-candidate').map(({ n }) => n)).toEqual(inOrder);
        const fromOne = doctor.all('ice-candidate').filter(({ from }) => from === one.id);
        expect(fromOne.map(({ n }) => n)).toEqual(inOrder);
      }
    },
  );

  it('RELAY-5 a relay does not overtake what its sender said before', async () => {
    const { practice, nextRoom, doctor, neighbour } = await fullHouse(service);
    for (let n = 0; n < 20; n += 1) {
      doctor.socket.emit('join', { 'room-id': nextRoom, init: true, n });
      doctor.socket.emit('offer', { 'peer-id': neighbour.id, n });
    }
    await practice.settled();
    const said = neighbour.heard.filter(({ data }) => data.n !== undefined);
    const expected = Array.from({ length: 20 }, (_, n) => [
      ['doctor-entered', n],
      ['offer', n],
    ]).flat();
    expect(said.map(({ event, data }) => [event, data.n])).toEqual(expected);
  });

  it('RELAY-5 what is held keeps its order with what comes after', async () => {
    const practice = await Practice.open(service);
    const room = freshRoom();
    const doctor = await practice.doctor();
    const patient = await practice.patient(room);
    await granted(doctor.say('join', { 'room-id': room }));
    patient.drop();
    await doctor.first('client-disconnected');
    const back = practice.resume(patient);
    let isBack = false;
    const done = back.then(() => {
      isBack = true;
    });
    let sent = 0;
    while (!isBack && sent < 200) {
      await doctor.say('ice-candidate', { 'peer-id': patient.id, n: sent });
      sent += 1;
    }
    await done;
    await granted(doctor.say('ice-candidate', { 'peer-id': patient.id, n: sent }));
    await practice.settled();
    const candidates = (await back).all('ice-candidate').map(({ n }) => n);
    expect(candidates).toEqual(Array.from({ length: sent + 1 }, (_, n) => n));
  });
});
