// `npm run release`: takes up the changesets. What it changed is to be looked at and committed.
import { main, ROOT } from './lib/project.mjs';
import { takeUpChangesets } from './lib/release.mjs';
import { run, runNpm } from './lib/run.mjs';

await main(async () => {
  const version = await takeUpChangesets(ROOT);
  await runNpm(['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund']);
  await run(process.execPath, ['scripts/complete-lock.mjs']);
  console.log(`This is version ${version} now. Look at CHANGELOG.md, and commit.`);
});
