// `npm run test:cluster`: the contract suite, the model test and the end-to-end call, the same files as ever,
// on two nodes and on three, with clients spread over them at random. CLUSTER_NODES names another number;
// arguments go to vitest.
import { prepare } from './lib/prepare.mjs';
import { main } from './lib/project.mjs';
import { runPackage } from './lib/run.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';

const CALLS = ['call', 'call-restart', 'sdk', 'sdk-old-pages', 'ui-call'];
const FILES = ['test/contract', 'test/model', ...CALLS.map((name) => `test/e2e/${name}.test.ts`)];

await main(async () => {
  await prepare();
  await ensureSystemPackages();
});
const counts = process.env.CLUSTER_NODES?.split(',') ?? ['2', '3'];
for (const CLUSTER_NODES of counts) {
  console.log(`The contract, the model and the call on ${CLUSTER_NODES} nodes:`);
  const args = ['run', '--project', 'one node', ...FILES, ...process.argv.slice(2)];
  const { ok } = await runPackage('vitest/vitest.mjs', args, {
    show: true,
    env: { CLUSTER_NODES },
  });
  if (!ok) process.exitCode = 1;
}
