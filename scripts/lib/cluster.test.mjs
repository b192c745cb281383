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
  expect(servers(forNodes(deployed, 3))).toEqual([
    '  server node-1 "NODE_1"',
    '  server node-2 "NODE_2"',
    '  server node-3 "NODE_3"',
    '  server node-1 "NODE_1" cookie node-1',
    '  server node-2 "NODE_2" cookie node-2',
    '  server node-3 "NODE_3" cookie node-3',
  ]);
  expect(servers(forNodes(deployed, 1))).toHaveLength(2);
});
