// `npm run bench`: see bench/index.ts. Sets up what is needed first.
import { prepare } from './lib/prepare.mjs';
import { main } from './lib/project.mjs';
import { runPackage } from './lib/run.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';

await main(async () => {
  await prepare();
  await ensureSystemPackages();
});
const { ok } = await runPackage(
  'tsx/dist/cli.mjs',
  ['--conditions=source', 'bench/index.ts', ...process.argv.slice(2)],
  { show: true },
);
process.exitCode = ok ? 0 : 1;
