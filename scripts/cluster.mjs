// `npm run cluster [-- --nodes 3 --port 3000]`: several nodes on this machine, the Redis that they share and
// the load balancer before them. SIGUSR2 replaces the nodes one after the other; Ctrl-C ends all.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Cluster } from './lib/cluster.mjs';
import { endWithNpm } from './lib/end-with-npm.mjs';
import { prepare } from './lib/prepare.mjs';
import { Failure, main } from './lib/project.mjs';
import { CLUSTER_PACKAGES, ensureSystemPackages, foundPrograms } from './lib/system-packages.mjs';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '2' },
    port: { type: 'string', default: '3000' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'signaling-cluster-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

await main(async () => {
  const [count, port] = [numberIn('nodes', 2, 99), numberIn('port', 1, 65_535)];
  await prepare();
  await ensureSystemPackages(CLUSTER_PACKAGES);
  const { REDIS_SERVER_PATH: redis = '', HAPROXY_PATH: haproxy = '' } = foundPrograms();
  const cluster = new Cluster({ count, port, folder, programs: { redis, haproxy } });
  const stop = (/** @type {number} */ code) =>
    cluster.stop().then(
      () => process.exit(code),
      () => process.exit(1),
    );
  cluster.onLost = (what) => {
    console.error(`${what} has ended.`);
    if (!what.startsWith('node')) void stop(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop(0));
  endWithNpm();
  replaceOnSignal(cluster);
  await cluster.start().catch(async (error) => {
    await cluster.stop();
    throw error;
  });
  greet(cluster);
});

/** @param {'nodes' | 'port'} name @param {number} min @param {number} max */
function numberIn(name, min, max) {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= min && number <= max) return number;
  throw new Failure(`--${name} takes a whole number from ${min} to ${max}.`);
}

/** @param {Cluster} cluster */
function greet({ url, nodes }) {
  console.log(`
  ${nodes.length} nodes are one server.

  Open        ${url}/
  Nodes       ${nodes.map(({ url, pid }) => `${url} (process ${pid})`).join('\n              ')}
  Replace     kill -USR2 ${process.pid}   (one node after the other)
`);
}

/** @param {Cluster} cluster */
function replaceOnSignal(cluster) {
  let isReplacing = false;
  process.on('SIGUSR2', () => {
    if (isReplacing) return;
    isReplacing = true;
    const started = performance.now();
    cluster
      .replaceNodes()
      .then(() => {
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        console.log(`All nodes were replaced within ${seconds} s.`);
      })
      .catch((error) => console.error(`Replacing failed: ${error.message}`))
      .finally(() => {
        isReplacing = false;
      });
  });
}
