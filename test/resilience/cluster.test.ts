import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ServerProcess } from '../support/process.ts';
import { ServerCluster } from '../support/server-cluster.ts';
import { Crowd } from './crowd.ts';
import { IS_NIGHTLY } from './form.ts';

vi.setConfig({ testTimeout: IS_NIGHTLY ? 30 * 60_000 : 180_000, hookTimeout: 60_000 });

const PRACTICES = IS_NIGHTLY ? 250 : 40;
const WAITING = 3;
const CLIENTS = PRACTICES * (WAITING + 3);
const KILLS = IS_NIGHTLY ? 20 : 2;

let cluster: ServerCluster;

beforeEach(async () => {
  cluster = await ServerCluster.start(3, {
    LOG_LEVEL: 'warn',
    DRAIN_SECONDS: '1',
    MAX_CONNECTIONS_PER_ADDRESS: String(2 * CLIENTS),
    MAX_WAITING_ROOM_SIZE: '100000',
  });
});
afterEach(() => cluster.clear());

const ms = (since: number): string => `${Math.round(performance.now() - since)} ms`;

async function gather(): Promise<Crowd> {
  const size = { practices: PRACTICES, waiting: WAITING };
  return Crowd.gather(cluster.url, size, { retryMs: 100 });
}

/** Everybody is who they were and where they were, and all that was acknowledged has arrived in order. */
async function assertNothingLost(
  crowd: Crowd,
  ids: readonly string[],
  queues: readonly string[][],
): Promise<void> {
  expect(crowd.clients.map(({ id }) => id)).toEqual(ids);
  const again = crowd.clients.flatMap(({ welcomes }) => welcomes.slice(1));
  expect(again.filter(({ resumed }) => !resumed)).toEqual([]);
  expect(await crowd.queues()).toEqual(queues);
  expect(crowd.lines.filter((line) => !line.isInOrder())).toEqual([]);
  expect(crowd.lines.flatMap((line) => line.missing())).toEqual([]);
}

it(`CLUSTER-6 ${CLIENTS} clients on three nodes, ${KILLS} × SIGKILL of one of them: its clients resume at the others, who stay where they are, and nothing acknowledged is lost`, async () => {
  const crowd = await gather();
  const ids = crowd.clients.map(({ id }) => id);
  const queues = await crowd.queues();
  const report: string[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const victim = cluster.nodes[kill % cluster.nodes.length] as ServerProcess;
    crowd.talk(500);
    await pause(200 + Math.random() * 400);
    const before = crowd.welcomes();
    const affected = crowd.clients.filter(({ at }) => at === victim.url).length;
    const killed = performance.now();
    await cluster.end(victim, 'SIGKILL');
    await crowd.back(before, affected);
    report.push(`Kill ${kill + 1}: all ${affected} of its clients were back after ${ms(killed)}.`);
    await pause(200);
    crowd.fallSilent();
    await crowd.settled();
    const moved = crowd.welcomes().filter((count, n) => count > (before[n] ?? 0)).length;
    expect(moved).toBe(affected);
    await assertNothingLost(crowd, ids, queues);
    await cluster.start(victim);
  }
  console.log(report.join('\n'));
  await crowd.close();
});

it(`CLUSTER-7 ${CLIENTS} clients on three nodes that are replaced one after the other: nobody loses a place, and nothing acknowledged is lost`, async () => {
  const crowd = await gather();
  const ids = crowd.clients.map(({ id }) => id);
  const queues = await crowd.queues();
  crowd.talk(500);
  for (const node of cluster.nodes) {
    await cluster.end(node, 'SIGTERM');
    await cluster.start(node);
  }
  await expect.poll(() => crowd.clients.every(({ isIn }) => isIn), { timeout: 20_000 }).toBe(true);
  crowd.fallSilent();
  await crowd.settled();
  await assertNothingLost(crowd, ids, queues);
  await crowd.close();
});
