import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Crowd } from './crowd.ts';
import { IS_NIGHTLY, scaled } from './form.ts';
import { Talk, Ward } from './ward.ts';

vi.setConfig({ testTimeout: 5 * 60_000, hookTimeout: 60_000 });

const DRAIN_MS = scaled(12_000);
const PRACTICES = IS_NIGHTLY ? 100 : 10;

let ward: Ward;

beforeEach(async () => {
  ward = await Ward.open({
    DRAIN_SECONDS: String(DRAIN_MS / 1000),
    MAX_CONNECTIONS_PER_ADDRESS: '5000',
    // More is said here, all at once at the return, than anybody says in a consultation.
    MAX_HELD_MESSAGES: '10000',
    EVENT_BURST: '10000',
    EVENTS_PER_SECOND: '10000',
  });
});
afterEach(() => ward.close());

it('DRAIN-1 RESUME-8 SIGTERM under load: everybody is told, comes back by themselves, and has lost neither place nor message', async () => {
  const { server } = ward;
  const crowd = await Crowd.gather(
    () => server.url,
    { practices: PRACTICES, waiting: 7 },
    { retryMs: scaled(1000) },
  );
  const { clients } = crowd;
  const ids = clients.map(({ id }) => id);
  const queues = await crowd.queues();
  const told = clients.map((client) => client.heard('server-draining'));
  crowd.talk(200);
  await pause(300);

  const before = crowd.welcomes();
  const began = performance.now();
  expect(await server.signal('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
  const drained = performance.now() - began;
  await server.start();
  await crowd.back(before);
  await pause(200);
  crowd.fallSilent();
  await crowd.settled();

  expect(await Promise.all(told)).toEqual(clients.map(() => ({ 'come-back': true })));
  expect(drained).toBeGreaterThan(DRAIN_MS * 0.9);
  expect(clients.map(({ id }) => id)).toEqual(ids);
  for (const { welcomes } of clients) {
    expect(welcomes.map(({ resumed }) => resumed)).toEqual([false, true]);
  }
  expect(await crowd.queues()).toEqual(queues);
  expect(crowd.lines.filter((line) => !line.isInOrder())).toEqual([]);
  expect(crowd.lines.flatMap((line) => line.missing())).toEqual([]);
  for (const { acknowledged } of crowd.lines) expect(acknowledged.size).toBeGreaterThan(0);
  await crowd.close();
});

it('DRAIN-1 RESUME-5 nor has who is there by long-polling, whose connection takes a while to close', async () => {
  const { server } = ward;
  const namespaceId = await ward.namespace();
  const patients = await Promise.all(
    Array.from({ length: 8 }, () =>
      ward.patient(namespaceId, randomUUID(), undefined, { transport: 'polling' }),
    ),
  );
  // Came last, and so is among the last to be sent away: it talks on while the others go.
  const doctor = await ward.doctor(namespaceId);
  const talks = patients.map(({ id }) => new Talk(doctor, id, 10));
  await pause(200);

  expect(await server.signal('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
  await server.start();
  for (const page of [doctor, ...patients]) await page.until('resumed', () => page.hasResumed);

  for (const [index, talk] of talks.entries()) {
    const { said, unanswered } = await talk.stop();
    const patient = patients[index];
    await patient?.until('the last word', (page) => page.numbers().includes(said.at(-1) ?? 0));
    expect(unanswered).toBeLessThan(said.length);
    expect(patient?.all('server-draining')).toEqual([{ 'come-back': true }]);
    const heard = patient?.numbers() ?? [];
    expect(heard.filter((n) => said.includes(n))).toEqual(said);
    expect(heard).toEqual([...new Set(heard)].sort((a, b) => a - b));
  }
});
