import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { RedisShards } from '../../../test/support/redis-shards.ts';
import { aClient, aRoom, ids, NOW, sortedIds, store } from '../contract/fixtures.contract.ts';
import { openRedisStore } from '../redis-store.ts';

/** How long, in milliseconds; for a night longer. */
const MS = Number(process.env.STRESS_MS ?? 3000);

vi.setConfig({ testTimeout: 60_000 + 2 * MS, hookTimeout: 60_000 });

const PREFIX = '{stress}:';
const NAMES = ['desk', 'other', 'third', 'fourth'];
const PATIENTS = [0, 1, 2, 3, 4, 5];
const WORKERS = 4;
/** How often a process dies between two steps. */
const MORTALITY = 0.05;
const WIDE = { messages: 1e6, bytes: 1e9 };

let redis: RedisShards;

beforeAll(async () => {
  redis = await RedisShards.start();
});

afterAll(() => redis.stop());

const any = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T;

/** A process that may die between any two steps. */
async function openStore(mortality: number) {
  const fate = { isDead: false };
  const afterStep = () => {
    fate.isDead ||= Math.random() < mortality;
    if (fate.isDead) throw new Error('The process is gone.');
  };
  const webhooks = { turnSoon: 1 };
  const opened = await openRedisStore({ url: redis.url, prefix: PREFIX, webhooks, afterStep });
  return { ...opened, fate };
}

type Data = Awaited<ReturnType<typeof openStore>>['data'];

/** What was acknowledged. */
const held = new Map<number, number>(PATIENTS.map((n) => [n, 0]));
const made = new Map<string, number>();

const DEEDS: ((data: Data) => Promise<unknown>)[] = [
  async function transfer(data) {
    const n = any(PATIENTS);
    const room = await data.findRoom(`r${n}`);
    const client = await data.findClient(`p${n}`);
    if (room === undefined || client === undefined) throw new Error(`${n} is nowhere`);
    // Read one after the other: both may have gone on meanwhile.
    if (room.namespaceId !== client.namespaceId) return;
    const namespaceId = any(NAMES);
    await data.saveRoom({ ...room, namespaceId }, [], { ...client, namespaceId });
  },
  async function hold(data) {
    const n = any(PATIENTS);
    const isHeld = await data.hold(`p${n}`, { event: 'offer', data: n }, WIDE);
    if (isHeld) held.set(n, (held.get(n) ?? 0) + 1);
  },
  async function change(data) {
    const room = await data.findRoom(`r${any(PATIENTS)}`);
    if (room !== undefined) await data.saveRoom({ ...room, place: Math.random() });
  },
  async function look(data) {
    const n = any(PATIENTS);
    const rooms = await data.roomsOf(`p${n}`);
    if (rooms.length !== 1) throw new Error(`p${n} is in ${rooms.length} rooms`);
  },
  async function make(data) {
    const id = `made-${Math.floor(Math.random() * 200)}`;
    const room = aRoom({ id, namespaceId: any(NAMES), state: 'waiting' });
    if (await data.createRoom(room)) made.set(id, (made.get(id) ?? 0) + 1);
  },
  async function come(data) {
    const id = `q${Math.floor(Math.random() * 5)}`;
    if (Math.random() < 0.3) await data.forgetClient(id);
    else await data.saveClient(aClient({ id, namespaceId: any(NAMES) }));
  },
];

async function workUntil(end: number): Promise<number> {
  let deaths = 0;
  let mine = await openStore(MORTALITY);
  while (performance.now() < end) {
    await any(DEEDS)(mine.data).catch((error: unknown) => {
      if (!mine.fate.isDead) throw error;
    });
    if (!mine.fate.isDead) continue;
    deaths += 1;
    await mine.data.close();
    mine = await openStore(MORTALITY);
  }
  await mine.data.close();
  return deaths;
}

test('CLUSTER-13 whoever dies when, while all move everything: nothing is doubled, and nothing lost', async () => {
  const { data } = await openStore(0);
  for (const id of NAMES) await data.createNamespace(id, NOW);
  for (const n of PATIENTS) {
    await data.saveClient(aClient({ id: `p${n}`, leaseUntil: NOW }));
    const members = [{ clientId: `p${n}`, role: 'patient' }] as const;
    await store(data, { id: `r${n}`, state: 'waiting', members: [...members] });
  }
  const end = performance.now() + MS;
  const workers = Array.from({ length: WORKERS }, () => workUntil(end));
  const deaths = (await Promise.all(workers)).reduce((sum, one) => sum + one, 0);
  expect(deaths).toBeGreaterThan(0);
  await data.close();

  // By somebody who has seen nothing of it.
  const late = (await openStore(0)).data;
  for (let n = 0; n < 8; n += 1) await late.tidy(NOW);
  const rooms = (await Promise.all(NAMES.map((id) => late.waitingRooms(id)))).flat();
  const clients = (await Promise.all(NAMES.map((id) => late.clientsOf(id)))).flat();
  const counts = await Promise.all(NAMES.map((id) => late.countWaiting(id)));
  expect(counts.reduce((sum, one) => sum + one, 0)).toBe(rooms.length);
  for (const all of [rooms, clients]) expect(new Set(ids(all)).size).toBe(all.length);
  expect(sortedIds(rooms.filter(({ id }) => /^r/.test(id)))).toEqual(PATIENTS.map((n) => `r${n}`));
  expect(ids(rooms)).toEqual(expect.arrayContaining([...made.keys()]));
  expect([...made.values()]).toEqual([...made].map(() => 1));
  for (const room of rooms) expect(await late.findRoom(room.id)).toEqual(room);
  for (const client of clients) expect(await late.findClient(client.id)).toEqual(client);
  for (const n of PATIENTS) {
    const [room] = await late.roomsOf(`p${n}`);
    const client = await late.findClient(`p${n}`);
    expect([n, room?.id, room?.namespaceId]).toEqual([n, `r${n}`, client?.namespaceId]);
    const { messages } = await late.handOutHeld(`p${n}`, 0, 0);
    expect([n, messages.length]).toEqual([n, held.get(n)]);
  }
  for (const master of redis.masters) {
    expect(await master.say('KEYS', '?stress.*parcel*')).toMatch(/^\*0/);
  }
  await late.close();
});
