import type { LiveState } from '@telemedicine-signaling/protocol';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ServerCluster } from '../support/server-cluster.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const OPERATOR_TOKEN = 'operator-0123456789abcdef0123456789';

let cluster: ServerCluster;
beforeAll(async () => {
  cluster = await ServerCluster.start(2, { OPERATOR_TOKEN, LOG_LEVEL: 'silent' });
});
afterAll(() => cluster.clear());

async function nodes(): Promise<LiveState['nodes']> {
  const headers = { Authorization: `Bearer ${OPERATOR_TOKEN}` };
  const answer = await fetch(`${cluster.nodes[0]?.url}/ops/state`, { headers });
  return ((await answer.json()) as LiveState).nodes;
}

const others = async () => (await nodes()).filter(({ isThis }) => !isThis);

test('OPS-5 a node that stands still is shown as one that does not answer, and then no more', async () => {
  const [, other] = cluster.nodes;
  const [before] = await others();
  expect(before?.figures).toMatchObject({ readiness: { ready: true }, connections: 0 });

  other?.process.tell('SIGSTOP');
  expect(await others()).toEqual([{ id: before?.id, isThis: false, figures: null }]);
  await expect.poll(others, { timeout: 30_000 }).toEqual([]);

  other?.process.tell('SIGCONT');
  const back = { id: before?.id, figures: expect.objectContaining({ connections: 0 }) };
  await expect.poll(others, { timeout: 30_000 }).toMatchObject([back]);
});
