import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fullHouse } from '../support/full-house.ts';
import { freshRoom, granted, Practice } from '../support/practice.ts';
import { Service } from '../support/service.ts';

let service: Service;

beforeAll(async () => {
  service = await Service.start({ EVENT_BURST: '10000' });
});

afterAll(() => service.stop());

describe('what was sent meanwhile', () => {
  it('RESUME-5 arrives in order, once', async () => {
    const practice = await Practice.open(service);
    const room = freshRoom();
    const doctor = await practice.doctor();
    const patient = await practice.patient(room);
    await granted(doctor.say('join', { 'room-id': room }));
    patient.drop();
    await doctor.first('client-disconnected');
    const count = 256;
    for (let n = 0; n < count; n += 1) {
      doctor.socket.emit('ice-candidate', { 'peer-id': patient.id, n });
    }
    await practice.settled();
    const back = await practice.resume(patient);
    expect(back.welcome.resynchronise).toBeUndefined();
    await practice.settled();
    const inOrder = Array.from({ length: count }, (_, n) => n);
    expect(back.heard.slice(1).map(({ data }) => data.n)).toEqual(inOrder);

    back.drop();
    await doctor.next('client-reconnected');
    await doctor.next('client-disconnected');
    const again = await practice.resume(back);
    await practice.settled();
    expect(again.heard.slice(1)).toEqual([]);
  });

  it('RESUME-5 leaves out how things stood: that is told anew', async () => {
    const { practice, room, patient, doctor, heard } = await fullHouse(service);
    patient.drop();
    await doctor.first('client-disconnected');
    await practice.doctor();
    await practice.doctor();
    await heard();
    const back = await practice.resume(patient);
    await practice.settled();
    expect(back.heard.slice(1)).toEqual([
      { event: 'doctor-online', data: { 'namespace-id': practice.id, online: true } },
      { event: 'queue-position', data: { 'room-id': room, position: 1, ahead: 0 } },
    ]);
  });

  it.each([
    ['messages', { MAX_HELD_MESSAGES: '3' }, 'x', 4],
    ['bytes', { MAX_HELD_BYTES: '2000' }, 'x'.repeat(800), 3],
  ])('RESUME-5 past its bound of %s it is told to resynchronise', async (_, env, text, tooMany) => {
    const tight = await Service.start(env);
    try {
      const practice = await Practice.open(tight);
      const room = freshRoom();
      const doctor = await practice.doctor();
      const patient = await practice.patient(room);
      await granted(doctor.say('join', { 'room-id': room }));
      let current = patient;
      for (const [count, isTooMany] of [
        [tooMany - 1, false],
        [tooMany, true],
        [1, false],
      ] as const) {
        current.drop();
        await doctor.next('client-disconnected');
        for (let n = 0; n < count; n += 1) {
          await granted(doctor.say('offer', { 'peer-id': patient.id, text, n }));
        }
        current = await practice.resume(current);
        await practice.settled();
        expect(current.welcome).toMatchObject({ resumed: true });
        expect(current.welcome.resynchronise).toBe(isTooMany ? true : undefined);
        expect(current.all('offer')).toHaveLength(isTooMany ? 0 : count);
        await doctor.next('client-reconnected');
      }
    } finally {
      await tight.stop();
    }
  });
});
