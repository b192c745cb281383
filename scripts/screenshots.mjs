// `npm run screenshots`: walks through every screen as the tests do, and keeps pictures of it in all its
// looks in docs/screenshots.
import { join } from 'node:path';
import { prepare } from './lib/prepare.mjs';
import { main, ROOT } from './lib/project.mjs';
import { runPackage } from './lib/run.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';

await main(async () => {
  await prepare();
  await ensureSystemPackages();
});
const { ok } = await runPackage(
  'vitest/vitest.mjs',
  [
    'run',
    '--project',
    'one node',
    'test/e2e/screens.test.ts',
    'test/e2e/ui-call.test.ts',
    'test/e2e/ops-page.test.ts',
  ],
  { show: true, env: { ...process.env, SCREENSHOTS: join(ROOT, 'docs/screenshots') } },
);
process.exitCode = ok ? 0 : 1;
