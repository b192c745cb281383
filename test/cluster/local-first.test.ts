import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Service } from '../support/service.ts';
import { consultation, talk } from '../support/spread.ts';

let service: Service;

beforeAll(async () => {
  service = await Service.start({ EVENT_BURST: '10000' }, 2);
});

afterAll(() => service.stop());

describe('two clients on one node', () => {
  it('CLUSTER-2 signal without a word to Redis', async () => {
    const here = await consultation(service, 0, 0);
    const apart = await consultation(service, 0, 1);
    await talk(apart.doctor, apart.patient, 0);
    // Of other commands each node has its own, about once a second, whatever anybody says.
    const taken = () => service.redis.commandsTaken('publish');
    const during = async (talking: () => Promise<void>): Promise<number> => {
      const before = await taken();
      await talking();
      return (await taken()) - before;
    };
    const messages = 200;
    const say = (one: typeof here) => async () => {
      for (let n = 1; n <= messages; n += 1) await talk(one.doctor, one.patient, n);
    };
    expect(await during(say(here))).toBe(0);
    // A question and its answer for each message, one way and the other.
    expect(await during(say(apart))).toBeGreaterThanOrEqual(4 * messages);
  });

  it('CLUSTER-2 CLUSTER-8 signal while there is no Redis, and others get store-unavailable', async () => {
    const here = await consultation(service, 1, 1);
    const apart = await consultation(service, 0, 1);
    await service.redis.kill();
    try {
      for (let n = 1; n <= 20; n += 1) await talk(here.doctor, here.patient, n);
      const unavailable = { status: 'error', code: 'store-unavailable', retry: true };
      const across = () => apart.doctor.say('offer', { 'peer-id': apart.patient.id });
      await expect.poll(across, { timeout: 9000 }).toMatchObject(unavailable);
      const change = await here.doctor.say('hold', { 'room-id': here.room });
      expect(change).toMatchObject(unavailable);
    } finally {
      await service.redis.run();
    }
  });
});
