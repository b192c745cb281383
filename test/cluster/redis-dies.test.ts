import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { granted } from '../support/practice.ts';
import { Service } from '../support/service.ts';
import { consultation, talk } from '../support/spread.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Within which time nodes agree again (SPEC CLUSTER-9), and how long a test waits for it at most. */
const AGREED_MS = 5000;
const PATIENCE = { timeout: 20_000, interval: 50 };

let service: Service;

beforeEach(async () => {
  service = await Service.start({}, 2);
});

afterEach(() => service.stop());

const allReady = () => service.nodes.map((node) => node.isReady().ready);

async function readyz(node: number): Promise<[number, { ready: boolean; why?: string }]> {
  const answer = await fetch(`${service.nodes[node]?.url}/readyz`);
  return [answer.status, (await answer.json()) as { ready: boolean }];
}

describe('Redis is killed and comes back empty', () => {
  it('CLUSTER-9 CLUSTER-10 the nodes put back what they hold, and agree', async () => {
    const { doctor, patient, room, at, namespaceId, resume } = await consultation(service, 0, 1);
    const waiting = await at(1);
    const entry = { 'room-id': 'a-waiting-room', name: 'Ada', patientID: 'p-9' };
    await granted(waiting.say('create', entry));
    expect(await readyz(0)).toEqual([200, { ready: true }]);
    await service.redis.kill();
    await expect.poll(allReady, PATIENCE).toEqual([false, false]);
    expect(await readyz(1)).toEqual([503, { ready: false, why: expect.any(String) }]);
    // Lost while there was nobody to tell.
    waiting.drop();

    const back = performance.now();
    await service.redis.run();
    await expect.poll(allReady, PATIENCE).toEqual([true, true]);
    await talk(doctor, patient, 1);
    const state = await service.call('join-room', { roomId: room });
    const agreed = performance.now() - back;
    expect(state).toMatchObject({ status: 200, state: 'in-consultation' });
    expect(agreed).toBeLessThan(AGREED_MS);

    const colleague = await at(0);
    await granted(colleague.say('doctor-joined', {}));
    expect(colleague.all('queue')[0]?.waiting).toMatchObject([
      { 'room-id': 'a-waiting-room', metadata: { name: 'Ada' }, connected: false },
    ]);
    const returned = await resume(waiting, 0);
    expect(returned.welcome).toMatchObject({ resumed: true, 'client-id': waiting.id });
    const again = await resume(patient, 0);
    expect(again.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
    await granted(doctor.say('doctor-ended', { 'room-id': room }));
    expect(await again.first('doctor-ended')).toMatchObject({ from: doctor.id });
    const there = await service.call('check-availability', { namespaceId });
    expect(there).toMatchObject({ availability: true, 'queue-length': 1 });
  });

  it('CLUSTER-9 what has ended stays ended', async () => {
    const { doctor, patient, room } = await consultation(service, 0, 1);
    await granted(doctor.say('doctor-ended', { 'room-id': room }));
    await patient.first('room-ended');
    await service.redis.kill();
    await expect.poll(allReady, PATIENCE).toEqual([false, false]);
    await service.redis.run();
    await expect.poll(allReady, PATIENCE).toEqual([true, true]);
    expect(await service.call('join-room', { roomId: room })).toMatchObject({ status: 404 });
  });
});

describe('Redis stands still', () => {
  it('CLUSTER-8 same-node signaling goes on, changes say so, and all go on when it is back', async () => {
    const { doctor, patient, room } = await consultation(service, 0, 0);
    const apart = await consultation(service, 0, 1);
    service.redis.freeze();
    for (let n = 1; n <= 20; n += 1) await talk(doctor, patient, n);
    const change = () => doctor.say('hold', { 'room-id': room });
    await expect.poll(change, PATIENCE).toMatchObject({ code: 'store-unavailable', retry: true });
    await expect.poll(allReady, PATIENCE).toEqual([false, false]);
    service.redis.thaw();
    await expect.poll(allReady, PATIENCE).toEqual([true, true]);
    await expect.poll(change, PATIENCE).toMatchObject({ status: 'ok', state: 'on-hold' });
    await talk(apart.doctor, apart.patient, 1);
  });
});
