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

  test('the limit of one Redis is where the second begins', () => {
    const most = mostWithOneRedis();
    expect([sizeFor(most).redis, sizeFor(most + 1).redis]).toEqual([1, 2]);
  });
});
