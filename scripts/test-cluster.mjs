// `npm run test:cluster`: the contract suite and the model test, the same files as ever, on two nodes and on
// three, with clients spread over them at random. CLUSTER_NODES names another number; arguments go to vitest.
import { prepare } from './lib/prepare.mjs';
import { main } from './lib/project.mjs';
import { runPackage } from './lib/run.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';

await main(async () => {
  await prepare();
  await ensureSystemPackages();
});
const counts = process.env.CLUSTER_NODES?.split(',') ?? ['2', '3'];
for (const CLUSTER_NODES of counts) {
  console.log(`The contract and the model on ${CLUSTER_NODES} nodes:`);
  const args = [
    'run',
    '--project',
    'one node',
    'test/contract',
    'test/model',
    ...process.argv.slice(2),
  ];
  const { ok } = await runPackage('vitest/vitest.mjs', args, {
    show: true,
    env: { CLUSTER_NODES },
  });
  if (!ok) process.exitCode = 1;
}
