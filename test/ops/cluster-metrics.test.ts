import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Figures } from '../support/figures.ts';
import { granted } from '../support/practice.ts';
import { Service } from '../support/service.ts';
import { consultation } from '../support/spread.ts';

vi.setConfig({ testTimeout: 60_000 });

let service: Service;

beforeEach(async () => {
  service = await Service.start({ METRICS_PORT: '0' }, 2);
});

afterEach(() => service.stop());

const at = (node: number) => Figures.of(service.nodes[node]?.metricsPort);

/** The sum over both nodes. */
const sum = async (name: string, labels: Record<string, string> = {}) =>
  ((await at(0)).value(name, labels) ?? 0) + ((await at(1)).value(name, labels) ?? 0);

it('METRIC-2 a consultation over two nodes counts once, and so does what they ask each other', async () => {
  const { doctor, room } = await consultation(service, 0, 1);
  expect(await sum('signaling_rooms', { state: 'in-consultation' })).toBe(1);
  expect((await at(1)).value('signaling_rooms', { state: 'in-consultation' })).toBe(1);
  expect(await sum('signaling_connections')).toBe(2);
  expect(await sum('signaling_redis_up')).toBe(2);
  expect(await sum('signaling_turn_seconds_count')).toBeGreaterThan(0);
  const questions = await sum('signaling_bus_questions_total', { outcome: 'answered' });
  expect(questions).toBeGreaterThan(0);
  expect(await sum('signaling_bus_seconds_count')).toBeGreaterThanOrEqual(questions);
  await granted(doctor.say('doctor-ended', { 'room-id': room }));
  await expect.poll(() => sum('signaling_consultation_seconds_count')).toBe(1);
  await expect.poll(() => sum('signaling_rooms')).toBe(0);
});

it('METRIC-2 Redis that is away is told by each node', async () => {
  await service.redis.kill();
  await expect.poll(() => sum('signaling_redis_up'), { timeout: 20_000 }).toBe(0);
  await expect.poll(() => sum('signaling_ready'), { timeout: 20_000 }).toBe(0);
  await service.redis.run();
  await expect.poll(() => sum('signaling_ready'), { timeout: 20_000 }).toBe(2);
});
