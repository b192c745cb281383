import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fullHouse } from '../support/full-house.ts';
import { granted, Practice, turnedAway } from '../support/practice.ts';
import { Service } from '../support/service.ts';

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});

afterAll(() => service.stop());

describe('a namespace is removed', () => {
  it('HTTP-4 WHO-1 everybody in it hears so, whoever is in a room that it ended, and nobody else', async () => {
    const { practice, room, doctor, patient, visitor, strangeDoctor, strangePatient, settled } =
      await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    await settled();
    const before = [strangeDoctor.heard.length, strangePatient.heard.length];
    await service.call('remove-namespace', { namespaceId: practice.id });
    for (const one of [doctor, patient, visitor]) {
      expect(await one.ended()).toBe('io server disconnect');
      const removed = { 'namespace-id': practice.id, 'come-back': false };
      expect(one.heard.at(-1)).toEqual({ event: 'namespace-removed', data: removed });
    }
    const over = { 'room-id': room, reason: 'namespace-removed' };
    expect([doctor, patient].map((one) => one.all('room-ended'))).toEqual([[over], [over]]);
    expect(visitor.all('room-ended')).toEqual([]);
    await settled();
    expect([strangeDoctor.heard.length, strangePatient.heard.length]).toEqual(before);
    expect(await service.call('join-room', { roomId: room })).toMatchObject({ status: 410 });
  });

  it('GATE-6 one that nobody uses is removed after a while, if so configured', async () => {
    const tidy = await Service.start({ NAMESPACE_IDLE_HOURS: '2' });
    try {
      const used = await Practice.open(tidy);
      const unused = await Practice.open(tidy);
      const doctor = await used.doctor();
      const hour = 60 * 60 * 1000;
      await tidy.pass(hour);
      await tidy.call('create-namespace', { namespaceId: unused.id });
      await tidy.pass(1.5 * hour);
      const asked = { namespaceId: unused.id };
      expect(await tidy.call('check-availability', asked)).toMatchObject({ availability: true });
      await tidy.pass(hour);
      expect(await tidy.call('check-availability', asked)).toMatchObject({ availability: false });
      await turnedAway(unused.visitor(), 'namespace-not-found');
      await used.settled();
      expect(doctor.names()).toEqual([]);
    } finally {
      await tidy.stop();
    }
  });

  it('GATE-6 otherwise never', async () => {
    const practice = await Practice.open(service);
    await service.pass(365 * 24 * 60 * 60 * 1000);
    expect((await practice.visitor()).welcome.resumed).toBe(false);
  });
});
