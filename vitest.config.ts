import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { foundPrograms } from './scripts/lib/system-packages.mjs';

// `source`: packages of this clone are tested from their sources, not from what was last built.
const conditions = ['source', 'node', 'module', 'development|production'];

/** What runs once more on two nodes in `npm test`; `npm run test:cluster` runs the whole contract. */
const ON_TWO_NODES = [
  'endings',
  'half-open',
  'held',
  'knock-and-join',
  'losing',
  'order',
  'relay',
  'removed-namespace',
  'restart',
  'resume',
  'takeover',
  'transfer',
  'waiting',
  'webhooks',
]
  .map((name) => `test/contract/${name}.test.ts`)
  .concat('test/model/model.test.ts');

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    pool: 'forks',
    // By default one core is kept free, which on a machine with two means no parallel work at all.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 10_000,
    hookTimeout: 20_000,
    expect: { requireAssertions: true },
    projects: [
      {
        extends: true,
        test: {
          name: 'one node',
          include: [
            'app/**/*.test.ts',
            'packages/*/src/**/*.test.ts',
            'scripts/**/*.test.mjs',
            'test/**/*.test.ts',
          ],
          env: foundPrograms(),
        },
      },
      {
        extends: true,
        test: {
          name: 'two nodes',
          include: ON_TWO_NODES,
          env: { ...foundPrograms(), CLUSTER_NODES: '2' },
        },
      },
      {
        extends: true,
        test: {
          name: 'two nodes on a Redis Cluster',
          include: ['transfer', 'transfer-refused'].map((name) => `test/contract/${name}.test.ts`),
          env: { ...foundPrograms(), CLUSTER_NODES: '2', CLUSTER_REDIS: 'shards' },
        },
      },
    ],
  },
});
