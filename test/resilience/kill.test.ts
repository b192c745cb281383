import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ServerProcess } from '../support/process.ts';
import { Crowd } from './crowd.ts';
import { IS_NIGHTLY, scaled } from './form.ts';

vi.setConfig({ testTimeout: IS_NIGHTLY ? 30 * 60_000 : 180_000, hookTimeout: 60_000 });

const PRACTICES = 100;
const WAITING = 7;
const CLIENTS = PRACTICES * (WAITING + 3);
const KILLS = IS_NIGHTLY ? 20 : 2;

let server: ServerProcess;

beforeEach(async () => {
  server = await ServerProcess.start({
    LOG_LEVEL: 'warn',
    MAX_CONNECTIONS_PER_ADDRESS: String(2 * CLIENTS),
    MAX_WAITING_ROOM_SIZE: '100000',
  });
});
afterEach(() => server.clear());

const ms = (since: number): string => `${Math.round(performance.now() - since)} ms`;

async function killAndStart(): Promise<void> {
  expect((await server.signal('SIGKILL')).signal).toBe('SIGKILL');
  await server.start();
}

it(`RESUME-3 RESUME-5 RESUME-8 RELAY-5 ${CLIENTS} clients, ${KILLS} × SIGKILL in the midst of it: all resume, every waiting room in its order, nothing acknowledged is lost`, async () => {
  const url = () => server.url;
  const size = { practices: PRACTICES, waiting: WAITING };
  const began = performance.now();
  const crowd = await Crowd.gather(url, size, { retryMs: scaled(1000) });
  const ids = crowd.clients.map(({ id }) => id);
  const queues = await crowd.queues();
  const report = [`${ids.length} clients came in within ${ms(began)}.`];

  for (let kill = 1; kill <= KILLS; kill += 1) {
    crowd.talk(500);
    await pause(200 + Math.random() * 400);
    const before = crowd.welcomes();
    const killed = performance.now();
    await killAndStart();
    let up = ms(killed);
    if (kill % 2 === 0) {
      await crowd.back(before, ids.length / 2);
      await killAndStart();
      up = `${ms(killed)}, the second time`;
    }
    await crowd.back(before);
    report.push(`Kill ${kill}: it listened again after ${up}; all were back after ${ms(killed)}.`);
    await pause(200);
    crowd.fallSilent();
    await crowd.settled();

    expect(crowd.clients.map(({ id }) => id)).toEqual(ids);
    const again = crowd.clients.flatMap(({ welcomes }) => welcomes.slice(1));
    expect(again.filter(({ resumed }) => !resumed)).toEqual([]);
    expect(await crowd.queues()).toEqual(queues);
    expect(crowd.lines.filter((line) => !line.isInOrder())).toEqual([]);
    expect(crowd.lines.flatMap((line) => line.missing())).toEqual([]);
  }

  const how = crowd.lines.flatMap(({ acknowledged }) => [...acknowledged.values()]);
  const held = how.filter((word) => word === 'held').length;
  report.push(
    `${how.length} messages were acknowledged, ${held} of them as held, and all of them arrived.`,
  );
  console.log(report.join('\n'));
  await crowd.close();
});
