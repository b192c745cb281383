import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRANSPORTS } from '../support/clients.ts';
import { freshRoom, Practice } from '../support/practice.ts';
import { Service } from '../support/service.ts';

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});

afterAll(() => service.stop());

describe('order', () => {
  it.each(TRANSPORTS)(
    'IN-6 what is sent right after connecting counts, in order, over %s',
    async (transport) => {
      const practice = await Practice.open(service);
      const room = freshRoom();
      const patient = await practice.patient(room);
      const eager = service.connect(practice.id, { transport });
      const join = { 'room-id': room };
      eager.socket.emit('offer', { 'peer-id': patient.id, n: 0 });
      eager.socket.emit('doctor-joined', {});
      eager.socket.emit('join', { ...join, init: true });
      eager.socket.emit('offer', { 'peer-id': patient.id, n: 1 });
      eager.socket.emit('join', join);
      eager.socket.emit('doctor-ended', join);
      eager.socket.emit('offer', { 'peer-id': patient.id, n: 2 });
      await patient.first('room-ended');
      // Through the namespace's turn, after all that it has said.
      await eager.say('leave', { 'room-id': freshRoom() });
      await practice.settled();
      expect(patient.names()).toEqual([
        'doctor-entered',
        'offer',
        'room-joined',
        'doctor-ended',
        'room-ended',
      ]);
      expect(eager.heard[0]?.event).toBe('welcome');
      const errors = eager.all('signaling-error').map(({ event, code }) => [event, code]);
      expect(errors).toEqual([
        ['offer', 'peer-unreachable'],
        ['offer', 'peer-unreachable'],
      ]);
    },
  );

  it('IN-6 a burst of steps and relays takes effect in the order in which it was sent', async () => {
    const practice = await Practice.open(service);
    const room = freshRoom();
    const patient = await practice.patient(room);
    const guest = await practice.visitor();
    const answers = [];
    for (let round = 0; round < 30; round += 1) {
      answers.push(guest.say('join', { 'room-id': room, round }));
      answers.push(guest.say('offer', { 'peer-id': patient.id, round }));
      answers.push(guest.say('leave', { 'room-id': room }));
      answers.push(guest.say('offer', { 'peer-id': patient.id, round }));
    }
    const outcomes = (await Promise.all(answers)).map(({ status, code }) => code ?? status);
    const rounds = Array.from({ length: 30 }, () => ['ok', 'ok', 'ok', 'peer-unreachable']);
    expect(outcomes).toEqual(rounds.flat());
    await practice.settled();
    const expected = Array.from({ length: 30 }, () => ['room-joined', 'offer', 'client-left']);
    expect(patient.names()).toEqual(expected.flat());
  });

  it('IN-4 bad input in between costs its sender an error, and the rest still counts', async () => {
    const practice = await Practice.open(service);
    const doctor = await practice.doctor();
    const patient = await practice.patient(freshRoom());
    for (let n = 0; n < 20; n += 1) {
      doctor.socket.emit('offer', { 'peer-id': patient.id, n });
      doctor.socket.emit('offer', 'rubbish');
      doctor.socket.emit('rubbish', { n });
      doctor.socket.emit(n as unknown as string, { n });
    }
    await practice.settled();
    const inOrder = Array.from({ length: 20 }, (_, n) => n);
    expect(patient.all('offer').map(({ n }) => n)).toEqual(inOrder);
    expect(doctor.all('signaling-error')).toHaveLength(60);
  });
});
