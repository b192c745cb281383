// `npm run soak`: see bench/soak.ts. Sets up what is needed first.
import { prepare } from './lib/prepare.mjs';
import { main } from './lib/project.mjs';
import { runPackage } from './lib/run.mjs';

await main(async () => {
  await prepare();
});
const { ok } = await runPackage(
  'tsx/dist/cli.mjs',
  ['--conditions=source', 'bench/soak.ts', ...process.argv.slice(2)],
  { show: true },
);
process.exitCode = ok ? 0 : 1;
