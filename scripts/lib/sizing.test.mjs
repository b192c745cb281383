import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ROOT } from './project.mjs';
import { mostWithOneRedis, sizeFor, sizingTable } from './sizing.mjs';

const operations = readFileSync(`${ROOT}docs/OPERATIONS.md`, 'utf8');

describe('sizing', () => {
  test('docs/OPERATIONS.md has the table and the limit as they are worked out', () => {
    expect(operations).toContain(sizingTable());
    const rounded = Math.floor(mostWithOneRedis() / 10_000) * 10_000;
    expect(operations).toContain(`${rounded.toLocaleString('en')} patients who wait`);
  });

  test('two nodes and one Redis are the least, and more people never take less', () => {
    expect(sizeFor(1)).toMatchObject({ nodes: 2, redis: 1, nodesBy: 'nothing' });
    let before = sizeFor(1);
    for (let waiting = 10; waiting < 1e8; waiting *= 3) {
      const size = sizeFor(waiting);
      expect(size.nodes).toBeGreaterThanOrEqual(before.nodes);
      expect(size.redis).toBeGreaterThanOrEqual(before.redis);
      before = size;
    }
  });

  test('where one Redis is not enough any more a Redis Cluster begins, of three masters at least', () => {
    const most = mostWithOneRedis();
    expect([sizeFor(most).redis, sizeFor(most + 1).redis]).toEqual([1, 3]);
  });

  test('masters have hash slots whole: the one with the most of 64 has no more than it can carry', () => {
    for (const { redis, redisCores } of [1e6, 3e6, 1e7].map(sizeFor)) {
      const most = Math.ceil(64 / redis) / 64;
      expect(most * redisCores).toBeLessThanOrEqual(0.5);
      expect((Math.ceil(64 / (redis - 1)) / 64) * redisCores).toBeGreaterThan(0.45);
    }
  });
});
