import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Room, SessionData } from '../data/session-data.ts';
import { openSqliteSessionData } from '../data/session-data-sqlite.ts';
import type { Step } from '../outcome.ts';
import { availability, create, remove } from './namespace.ts';

let dataDir: string;
let data: SessionData;
let now = 1_000;
const clock = { now: () => now };

beforeEach(async () => {
  now = 1_000;
  dataDir = await mkdtemp(join(tmpdir(), 'namespace-'));
  data = await openSqliteSessionData({ dataDir });
});
afterEach(async () => {
  await data.close();
  await rm(dataDir, { recursive: true });
});

const roomWith = (id: string, ...clientIds: string[]): Room => ({
  id,
  namespaceId: 'ward',
  state: 'waiting',
  version: 0,
  members: clientIds.map((clientId) => ({ clientId, role: 'patient' })),
  claimedBy: null,
  knockUntil: null,
  urgent: false,
  place: now,
  arrival: null,
  waitingSince: now,
  ready: null,
  missedKnocks: 0,
  entry: { 'room-id': id },
  patientId: null,
  createdAt: now,
  changedAt: now,
  endReason: null,
  endedBy: null,
});

/** Without what is only written down in the audit trail. */
const told = (steps: Step[]): Step[] => steps.filter((step) => !('audit' in step));

describe('HTTP-3 creating a namespace', () => {
  it('HTTP-3 is new once, and nobody has to be told', async () => {
    const { reply, steps } = await create({ data, clock }, 'ward');
    expect({ reply, steps: told(steps) }).toEqual({ reply: { created: true }, steps: [] });
    expect(await create({ data, clock }, 'ward')).toEqual({ reply: { created: false }, steps: [] });
  });

  it('HTTP-3 asking again counts as use', async () => {
    await create({ data, clock }, 'ward');
    now = 5_000;
    await create({ data, clock }, 'ward');
    expect(await data.namespacesUnusedSince(4_000)).toEqual([]);
  });
});

describe('HTTP-4 removing a namespace', () => {
  it('HTTP-4 tells of the rooms first, then of the namespace, then ends membership and connections', async () => {
    await create({ data, clock }, 'ward');
    await data.createRoom(roomWith('one', 'anna'));
    await data.createRoom(roomWith('empty'));
    await data.createRoom(roomWith('two', 'ben', 'dr-b'));

    const { reply, steps: all } = await remove({ data, clock }, 'ward');
    const steps = told(all);

    const roomEnded = (roomId: string, clients: string[]) => ({
      to: { clients },
      event: 'room-ended',
      data: { 'room-id': roomId, reason: 'namespace-removed' },
    });
    expect(reply).toEqual({ removed: true });
    expect(steps.slice(0, 2)).toEqual(
      expect.arrayContaining([roomEnded('one', ['anna']), roomEnded('two', ['ben', 'dr-b'])]),
    );
    expect(steps.slice(2)).toEqual([
      {
        to: { everyoneIn: 'ward' },
        event: 'namespace-removed',
        data: { 'namespace-id': 'ward', 'come-back': false },
      },
      ...steps.slice(0, 2).map((step) => {
        if (!('event' in step && step.event === 'room-ended' && 'clients' in step.to)) {
          throw new Error('the rooms do not come first');
        }
        return { leave: step.data['room-id'], clients: step.to.clients };
      }),
      { close: 'ward' },
    ]);
    expect((await data.findRoom('one'))?.endReason).toBe('namespace-removed');
  });

  it('HTTP-4 tells nobody of what was over before, or was never there', async () => {
    await create({ data, clock }, 'ward');
    await data.createRoom({ ...roomWith('over', 'anna'), state: 'ended', endReason: 'rejected' });
    const { steps } = await remove({ data, clock }, 'ward');
    expect(told(steps)).toHaveLength(2);
    expect(await remove({ data, clock }, 'ward')).toEqual({ reply: { removed: false }, steps: [] });
  });
});

describe('HTTP-5 the availability of a namespace', () => {
  it('HTTP-5 counts doctors and waiting patients', async () => {
    await create({ data, clock }, 'ward');
    expect(await availability({ data }, 'ward')).toEqual({
      exists: true,
      doctorOnline: false,
      queueLength: 0,
    });
    const doctor = {
      namespaceId: 'ward',
      role: 'doctor',
      generation: 1,
      leaseUntil: null,
      formerResumeHash: null,
      subject: null,
      atDesk: true,
    } as const;
    await data.saveClient({ id: 'dr-b', resumeHash: null, ...doctor });
    await data.createRoom(roomWith('one', 'anna'));
    expect(await availability({ data }, 'ward')).toEqual({
      exists: true,
      doctorOnline: true,
      queueLength: 1,
    });
    expect(await availability({ data }, 'elsewhere')).toEqual({
      exists: false,
      doctorOnline: false,
      queueLength: 0,
    });
  });

  it('HTTP-5 being asked about is not being in use', async () => {
    await create({ data, clock }, 'ward');
    now = 5_000;
    await availability({ data }, 'ward');
    expect(await data.namespacesUnusedSince(4_000)).toEqual(['ward']);
  });
});
