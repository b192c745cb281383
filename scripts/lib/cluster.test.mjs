import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { forNodes } from './cluster.mjs';
import { ROOT } from './project.mjs';

const deployed = readFileSync(`${ROOT}deploy/haproxy.cfg`, 'utf8');
/** @param {string} text */
const servers = (text) => text.replace(/\$\{(\w+)\}/g, '$1').match(/^ *server .*$/gm);

test('the load balancer in deploy/ has two nodes', () => {
  expect(forNodes(deployed, 2)).toBe(deployed);
});

test('it can have more, or one', () => {
  const inEachBackend = [1, 2, 3].map((n) => `  server node-${n} "NODE_${n}" cookie node-${n}`);
  expect(servers(forNodes(deployed, 3))).toEqual([...inEachBackend, ...inEachBackend]);
  expect(servers(forNodes(deployed, 1))).toHaveLength(2);
});
