import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { foundPrograms } from './scripts/lib/system-packages.mjs';

// `source`: packages of this clone are tested from their sources, not from what was last built.
const conditions = ['source', 'node', 'module', 'development|production'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'app/**/*.test.ts',
      'packages/*/src/**/*.test.ts',
      'scripts/**/*.test.mjs',
      'test/**/*.test.ts',
    ],
    env: foundPrograms(),
    pool: 'forks',
    // By default one core is kept free, which on a machine with two means no parallel work at all.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 10_000,
    hookTimeout: 20_000,
    expect: { requireAssertions: true },
  },
});
