import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { RedisShards } from '../../../test/support/redis-shards.ts';
import { redisShards, SHARDS, shardOf } from '../../redis/shards.ts';
import type { ConsultationFact } from '../consultation-records.ts';
import { aClient, aRoom, NOW, store } from '../contract/fixtures.contract.ts';
import { openRedisStore } from '../redis-store.ts';
import type { Client, Room } from '../session-data.ts';
import type { AfterStep, MoveStep, Step } from './moves.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const [DESK, OTHER] = ['desk', 'other'];
const WIDE = { messages: 9, bytes: 999 };
const MESSAGE = { event: 'offer', data: 1 };
const PATIENT = { clientId: 'p', role: 'patient' } as const;

let redis: RedisShards;
let count = 0;
const open: { data: { close(): Promise<void> } }[] = [];

beforeAll(async () => {
  redis = await RedisShards.start();
});

afterAll(() => redis.stop());

afterEach(async () => {
  for (const { data } of open.splice(0)) await data.close();
});

async function openStore(prefix: string, afterStep?: AfterStep) {
  const place = { url: redis.url, prefix, webhooks: { turnSoon: 2 } };
  const opened = await openRedisStore({ ...place, ...(afterStep && { afterStep }) });
  const { webhooks } = opened;
  if (webhooks === undefined) throw new Error('this store has no outbox');
  open.push(opened);
  return { ...opened, webhooks };
}

type Opened = Awaited<ReturnType<typeof openStore>>;

const waits = (namespaceId: string | undefined): ConsultationFact => ({
  fact: 'waits',
  namespaceId: namespaceId ?? '',
  clientId: 'p',
  since: NOW,
});

/** Two waiting rooms, with one patient who is to be transferred, and one who is not. */
async function twoWaitingRooms(prefix: string) {
  const survivor = await openStore(prefix);
  const { data } = survivor;
  for (const id of [DESK, OTHER]) await data.createNamespace(id ?? '', NOW);
  const client = aClient({ id: 'p', resumeHash: 'one', leaseUntil: NOW });
  await data.saveClient(client);
  await data.hold('p', MESSAGE, WIDE);
  const made = await store(data, { id: 'room', members: [PATIENT] });
  const changed = { state: 'waiting', waitingSince: NOW, entry: { n: 1 } } as const;
  const room = await data.saveRoom({ ...made, ...changed }, [waits(DESK)]);
  await store(data, { id: 'behind', state: 'waiting', place: NOW + 1 });
  if (room === undefined) throw new Error('the room could not be stored');
  return { survivor, client, room };
}

/** What a transfer stores. */
const transfer = (room: Room, client: Client) =>
  [
    { ...room, namespaceId: OTHER ?? '' },
    [{ fact: 'ended', reason: 'transferred', by: 'doctor' }, waits(OTHER)],
    { ...client, namespaceId: OTHER ?? '', resumeHash: 'two', formerResumeHash: 'one' },
  ] as const;

/**
 * Where the patient is, by whoever asks for anything: in one of the two, and never in both or neither. Who
 * asks where the patient is to come may be told, as long as nothing is decided, that nobody has come yet.
 */
const VIEWS: Record<string, (opened: Opened) => Promise<unknown>> = {
  'the room by its id': async ({ data }) => (await data.findRoom('room'))?.namespaceId,
  'the client by its id': async ({ data }) => (await data.findClient('p'))?.namespaceId,
  'the waiting room that was left': async ({ data }) => {
    return (await data.waitingRooms('desk')).some(({ id }) => id === 'room') ? DESK : OTHER;
  },
  'the waiting room that is entered': async ({ data }) => {
    return (await data.waitingRooms('other')).length > 0 ? OTHER : DESK;
  },
  'how many wait here': async ({ data }) => ((await data.countWaiting('desk')) > 1 ? DESK : OTHER),
  'how many wait there': async ({ data }) =>
    (await data.countWaiting('other')) > 0 ? OTHER : DESK,
  'how many are ahead': async ({ data }) =>
    (await data.countAhead(aRoom({ id: 'behind' }))) > 0 ? DESK : OTHER,
  'the rooms of the client': async ({ data }) => {
    const [room, ...more] = await data.roomsOf('p');
    return more.length === 0 ? room?.namespaceId : more;
  },
  'who is in the one': async ({ data }) =>
    (await data.clientsOf('desk')).length > 0 ? DESK : OTHER,
  'who is in the other': async ({ data }) =>
    (await data.clientsOf('other')).length > 0 ? OTHER : DESK,
  'the client by its token': async ({ data }) =>
    (await data.findClientByResume('desk', 'one')) === undefined ? OTHER : DESK,
  'the client by its former token': async ({ data }) =>
    (await data.findClientByFormerResume('one')) === undefined ? DESK : OTHER,
  'the windows that run': async ({ data }) => {
    const [client, ...more] = await data.clientsLeasedUntil(NOW, 9);
    return more.length === 0 ? client?.namespaceId : more;
  },
  'the record here': async ({ records }) => {
    const page = { from: 0, until: 2 * NOW, roomId: 'room', skip: 0, limit: 9 };
    await records.note('room', NOW, [{ fact: 'lost', clientId: 'p', role: 'patient' }]);
    const [here] = await records.find({ ...page, namespaceId: 'desk' });
    return here?.endReason === 'transferred' ? OTHER : DESK;
  },
};

/** All that there is, in figures and ids; the views have been asked before. */
async function whole({ data, webhooks }: Opened) {
  const hooks: string[] = [];
  for (;;) {
    const one = await webhooks.take(NOW, NOW + 9);
    if (one === undefined) break;
    if (one.roomId === 'room') hooks.push(one.type.replace('consultation.', ''));
    await webhooks.settle(one, NOW, { state: 'delivered' });
  }
  return {
    waiting: [await data.countWaiting('desk'), await data.countWaiting('other')],
    clients: [(await data.clientsOf('desk')).length, (await data.clientsOf('other')).length],
    entry: (await data.findRoom('room'))?.entry,
    held: (await data.handOutHeld('p', 0, 0)).messages,
    hooks,
  };
}

const ARRIVED = {
  waiting: [1, 1],
  clients: [0, 1],
  entry: { n: 1 },
  held: [MESSAGE],
  hooks: ['waiting', 'turn-soon', 'ended', 'waiting', 'turn-soon'],
};
const STAYED = { ...ARRIVED, waiting: [2, 0], clients: [1, 0], hooks: ['waiting', 'turn-soon'] };

test('the two namespaces of these tests lie in different hash slots', () => {
  expect(shardOf('desk', SHARDS)).not.toBe(shardOf('other', SHARDS));
});

/** A store that dies right after this step. */
const dyingAfter = (step: Step, prefix: string): Promise<Opened> =>
  openStore(prefix, (done) => {
    if (done === step) throw new Error('The process is gone.');
  });

/** A transfer by a process that dies after this step; whoever was there before, and two who come later. */
async function halfATransfer(step: MoveStep) {
  count += 1;
  const prefix = `{half-${count}}:`;
  const { survivor, client, room } = await twoWaitingRooms(prefix);
  const dying = await dyingAfter(step, prefix);
  await expect(dying.data.saveRoom(...transfer(room, client))).rejects.toThrow();
  await dying.data.close();
  return { prefix, survivor, client, room };
}

const allOf = async (opened: Opened) =>
  new Set(await Promise.all(Object.values(VIEWS).map((view) => view(opened))));

const STEPS: MoveStep[] = ['marked', 'decided', 'turned', 'cleared'];

describe.each(STEPS)('CLUSTER-13 a process dies in a transfer when it has %s', (step) => {
  test.each(Object.entries(VIEWS))(
    '%s: asked first, and then all else, tell the same',
    async (_name, view) => {
      const { prefix, survivor } = await halfATransfer(step);
      const newcomer = await openStore(prefix);
      const isOpen = step === 'marked';
      expect(isOpen ? [DESK, OTHER] : [OTHER]).toContain(await view(newcomer));
      // Who asks where the patient was has it finished.
      expect(await survivor.data.findRoom('room')).toMatchObject({ namespaceId: OTHER });
      for (const opened of [newcomer, survivor])
        expect(await allOf(opened)).toEqual(new Set([OTHER]));
      expect(await whole(survivor)).toEqual(ARRIVED);
    },
  );

  test('many who come by at once finish it once', async () => {
    const { prefix, survivor } = await halfATransfer(step);
    const crowd = [survivor, await openStore(prefix), await openStore(prefix)];
    const told = await Promise.all(crowd.map(allOf));
    for (const all of told) expect([DESK, OTHER]).toEqual(expect.arrayContaining([...all]));
    for (const opened of crowd) expect(await allOf(opened)).toEqual(new Set([OTHER]));
    expect(await whole(survivor)).toEqual(ARRIVED);
  });

  test('nobody asks: housekeeping finishes it, and leaves nothing of it', async () => {
    const { prefix, survivor } = await halfATransfer(step);
    for (let n = 0; n < SHARDS; n += 1) await survivor.data.tidy(NOW);
    const name = prefix.replace('}:', '');
    for (const master of redis.masters) {
      expect(await master.say('KEYS', `${name.replace('{', '?')}.*parcel*`)).toBe('*0\r\n+OK\r\n');
    }
    expect(await whole(survivor)).toEqual(ARRIVED);
  });
});

test('CLUSTER-13 a transfer that cannot be finished is undone: the namespace went meanwhile', async () => {
  const { survivor, client, room } = await halfATransfer('marked');
  await survivor.data.removeNamespace('other', NOW);
  expect(await survivor.data.findRoom('room')).toEqual(room);
  expect(await survivor.data.findClient('p')).toEqual(client);
  expect(await allOf(survivor)).toEqual(new Set([DESK]));
  expect(await whole(survivor)).toEqual(STAYED);
  // It can be changed as if nothing had been.
  expect(await survivor.data.saveRoom({ ...room, urgent: true })).toMatchObject({ urgent: true });
});

test('CLUSTER-13 where a transfer cannot arrive now, what was left goes on without it, and it arrives later', async () => {
  const { prefix, survivor, room } = await halfATransfer('marked');
  const { all } = redisShards({ url: redis.url, prefix, onError: () => {} });
  const [from, to] = ['desk', 'other'].map((id) => all[shardOf(id, all.length)]?.prefix ?? '');
  const lost = await redis.ownerOf(to ?? '');
  expect(await redis.ownerOf(from ?? '')).not.toBe(lost);
  await lost.kill();
  await vi.waitFor(
    async () => {
      const waiting = await survivor.data.waitingRooms('desk');
      expect(waiting.map(({ id }) => id)).toEqual(['behind']);
    },
    { timeout: 20_000 },
  );
  expect(await survivor.data.countWaiting('desk')).toBe(1);
  expect(await survivor.data.clientsOf('desk')).toEqual([]);
  const unreachable = { code: 'store-unavailable' };
  await expect(survivor.data.saveRoom({ ...room, urgent: true })).rejects.toMatchObject(
    unreachable,
  );
  await expect(survivor.data.findClientByResume('desk', 'one')).rejects.toMatchObject(unreachable);
  await expect(survivor.data.findClientByFormerResume('x')).rejects.toMatchObject(unreachable);
  await lost.run();
  // It comes back empty: the namespace is gone, and so the transfer is undone.
  await vi.waitFor(async () => expect(await survivor.data.findRoom('room')).toEqual(room), {
    timeout: 20_000,
  });
  expect(await survivor.data.countWaiting('desk')).toBe(2);
  expect(await survivor.data.findClientByResume('desk', 'one')).toMatchObject({ id: 'p' });
  expect((await survivor.data.clientsLeasedUntil(NOW, 9)).map(({ id }) => id)).toEqual(['p']);
});

test('CLUSTER-12 a hash slot that goes to another master is found there, with all that is in it', async () => {
  count += 1;
  const prefix = `{resharded-${count}}:`;
  const { survivor, client, room } = await twoWaitingRooms(prefix);
  const { all } = redisShards({ url: redis.url, prefix, onError: () => {} });
  const key = all[shardOf('desk', all.length)]?.prefix ?? '';
  const from = await redis.ownerOf(key);
  const to = redis.masters.find((master) => master !== from) ?? from;
  await redis.moveSlot(key, to);
  expect(await redis.ownerOf(key)).toBe(to);
  await vi.waitFor(async () => expect(await survivor.data.findRoom('room')).toEqual(room), {
    timeout: 20_000,
  });
  expect(await survivor.data.saveRoom(...transfer(room, client))).toBeDefined();
  expect(await allOf(survivor)).toEqual(new Set([OTHER]));
  expect(await whole(survivor)).toEqual(ARRIVED);
});

test('CLUSTER-12 webhooks of a master that is away wait, and those of others go out', async () => {
  count += 1;
  const prefix = `{hooks-${count}}:`;
  const { survivor } = await twoWaitingRooms(prefix);
  const { data, webhooks } = survivor;
  const waiting = await store(data, { id: 'there', namespaceId: 'other' });
  await data.saveRoom({ ...waiting, state: 'waiting', waitingSince: NOW }, [waits(OTHER)]);
  const first = await webhooks.take(NOW, NOW + 9);
  const { all } = redisShards({ url: redis.url, prefix, onError: () => {} });
  const [at, away] = ['desk', 'other'].map((id) => all[shardOf(id, all.length)]?.prefix ?? '');
  const lost = await redis.ownerOf((first?.roomId === 'room' ? away : at) ?? '');
  await lost.kill();
  // All of the one room, one after the other, and then there is nothing to be had.
  const words: string[] = [];
  for (let one = first; one !== undefined; one = await webhooks.take(NOW, NOW + 9)) {
    words.push(`${one.roomId === first?.roomId} ${one.type}`);
    expect(await webhooks.settle(one, NOW, { state: 'delivered' })).toBe(true);
  }
  expect(words).toEqual(['true consultation.waiting', 'true consultation.turn-soon']);
  await lost.run();
  await vi.waitFor(async () => expect(await data.hasNamespace('desk')).toBeTypeOf('boolean'), {
    timeout: 20_000,
  });
  await vi.waitFor(async () => expect(await data.hasNamespace('other')).toBeTypeOf('boolean'), {
    timeout: 20_000,
  });
});

test('CLUSTER-13 what a master that failed over has forgotten to have gone is not there twice', async () => {
  count += 1;
  const prefix = `{ghost-${count}}:`;
  const { survivor, client, room } = await twoWaitingRooms(prefix);
  const { data } = survivor;
  const keys = ['room/room', 'client/p'];
  const links = redisShards({ url: redis.url, prefix, onError: () => {} });
  await links.connect();
  const desk = links.all[shardOf('desk', links.all.length)] ?? links.base;
  const names = keys.map((key) => `${desk.prefix}data:${key}`);
  const texts = await desk.redis.mGet(names);
  const lines = { waiting: '000000000001/room', clients: 'p' };
  expect(await data.saveRoom(...transfer(room, client))).toBeDefined();
  // As it was copied to the replica before.
  for (const [n, name] of names.entries()) {
    await desk.redis.sendCommand(['SET', name, texts[n] ?? '']);
  }
  const line = `${desk.prefix}data:waiting/desk/others`;
  await desk.redis.zAdd(line, { score: room.place, value: lines.waiting });
  await desk.redis.sAdd(`${desk.prefix}data:clients/desk`, lines.clients);
  links.destroy();

  const late = await openStore(prefix);
  expect((await late.data.waitingRooms('desk')).map(({ id }) => id)).toEqual(['room', 'behind']);
  expect(await late.data.findRoom('room')).toMatchObject({ namespaceId: 'other' });
  expect((await late.data.waitingRooms('desk')).map(({ id }) => id)).toEqual(['behind']);
  expect(await late.data.clientsOf('desk')).toHaveLength(1);
  expect(await late.data.findClient('p')).toMatchObject({ namespaceId: 'other' });
  expect(await late.data.clientsOf('desk')).toEqual([]);
  expect(await allOf(late)).toEqual(new Set([OTHER]));
});

test.each(STEPS)(
  'CLUSTER-13 a change that meets a transfer that has %s finishes it first',
  async (step) => {
    const { survivor, client, room } = await halfATransfer(step);
    expect(await survivor.data.saveRoom({ ...room, urgent: true })).toBeUndefined();
    expect(await survivor.data.hold('p', MESSAGE, WIDE)).toBe(true);
    const arrived = (await survivor.data.findRoom('room')) ?? room;
    expect(arrived.namespaceId).toBe(OTHER);
    const back = transfer(arrived, client);
    const home = { ...back[0], namespaceId: 'desk' };
    expect(await survivor.data.saveRoom(home, [], client)).toMatchObject({
      version: room.version + 2,
    });
    expect(await survivor.data.countWaiting('desk')).toBe(2);
    expect(await survivor.data.waitingRooms('other')).toEqual([]);
    expect((await survivor.data.handOutHeld('p', 0, 0)).messages).toEqual([MESSAGE, MESSAGE]);
  },
);

describe('CLUSTER-13 what a process leaves behind that dies on its way between two hash slots', () => {
  /** Two stores, the first of which dies after this step, and two namespaces. */
  async function two(step: Step) {
    count += 1;
    const prefix = `{two-${count}}:`;
    const second = await openStore(prefix);
    for (const id of ['desk', 'other']) await second.data.createNamespace(id, NOW);
    return { first: await dyingAfter(step, prefix), second, prefix };
  }

  test('the id of a room that was not made is free', async () => {
    const { first, second } = await two('announced');
    await expect(first.data.createRoom(aRoom())).rejects.toThrow();
    expect(await second.data.findRoom('room')).toBeUndefined();
    expect(await second.data.createRoom(aRoom({ namespaceId: 'nowhere' }))).toBe(false);
    expect(await second.data.createRoom(aRoom({ namespaceId: 'other' }))).toBe(true);
    expect(await second.data.findRoom('room')).toMatchObject({ namespaceId: 'other' });
  });

  test('who is late finds the id taken, and makes no second room', async () => {
    const { second, prefix } = await two('announced');
    let goOn: (() => void) | undefined;
    const late = await openStore(prefix, async (step) => {
      if (step !== 'announced') return;
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
    });
    const making = late.data.createRoom(aRoom());
    await vi.waitFor(() => expect(goOn).toBeDefined());
    expect(await second.data.createRoom(aRoom({ namespaceId: 'other' }))).toBe(true);
    goOn?.();
    expect(await making).toBe(false);
    expect(await late.data.findRoom('room')).toMatchObject({ namespaceId: 'other' });
    expect(await second.data.removeNamespace('desk', NOW)).toEqual([]);
  });

  test('a room that was forgotten is, and its id is free', async () => {
    const { first, second } = await two('forgotten');
    await store(second.data, { state: 'ended', changedAt: NOW });
    await first.data.forgetEndedRooms(NOW + 1);
    expect(await second.data.findRoom('room')).toBeUndefined();
    expect(await second.data.createRoom(aRoom({ namespaceId: 'other' }))).toBe(true);
  });

  test('a client that was announced and not stored is stored by the next who does', async () => {
    const { first, second } = await two('announced');
    await expect(first.data.saveClient(aClient())).rejects.toThrow();
    expect(await second.data.findClient('client')).toBeUndefined();
    const client = aClient({ namespaceId: 'other' });
    await second.data.saveClient(client);
    expect(await second.data.findClient('client')).toEqual(client);
  });

  test('a client that was forgotten comes again', async () => {
    const { first, second } = await two('forgotten');
    const client = aClient({ leaseUntil: NOW });
    await second.data.saveClient(client);
    await expect(first.data.forgetClient('client')).rejects.toThrow();
    expect(await second.data.findClient('client')).toBeUndefined();
    await second.data.saveClient(client);
    expect(await second.data.findClient('client')).toEqual(client);
    expect(await second.data.clientsOf('desk')).toEqual([client]);
  });

  test('so do clients of a namespace that was removed', async () => {
    const { first, second } = await two('forgotten');
    await second.data.saveClient(aClient());
    await expect(first.data.removeNamespace('desk', NOW)).rejects.toThrow();
    expect(await second.data.findClient('client')).toBeUndefined();
    await second.data.createNamespace('desk', NOW);
    await second.data.saveClient(aClient({ generation: 2 }));
    expect(await second.data.findClient('client')).toMatchObject({ generation: 2 });
  });
});

test('CLUSTER-12 all of a namespace is at one master, and every master has some namespaces', async () => {
  count += 1;
  const { data } = await openStore(`{share-${count}}:`);
  const names = Array.from({ length: 24 }, (_, n) => `practice-${n}`);
  for (const id of names) {
    await data.createNamespace(id, NOW);
    await data.saveClient(aClient({ id: `of-${id}`, namespaceId: id, atDesk: true }));
    await store(data, { id: `in-${id}`, namespaceId: id, state: 'waiting', patientId: 'x' });
  }
  const keys = await Promise.all(
    redis.masters.map((master) => master.say('KEYS', `?share-${count}.*`)),
  );
  const whole = names.map((id) => {
    const parts = ['clients', 'doctors', 'live', 'waiting', 'patient', 'arrivals'];
    const ours = parts.map((part) => new RegExp(`data:${part}/${id}[/\\r]`));
    const texts = [new RegExp(`data:client/of-${id}\\r`), new RegExp(`data:room/in-${id}\\r`)];
    const at = (one: RegExp) => keys.flatMap((text, n) => (one.test(text) ? [n] : []));
    return new Set([...ours, ...texts].map((one) => String(at(one))));
  });
  for (const masters of whole) expect([...masters]).toEqual([expect.stringMatching(/^[012]$/)]);
  expect(new Set(whole.flatMap((masters) => [...masters]))).toEqual(new Set(['0', '1', '2']));
});
