import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FaultProxy } from '../support/fault-proxy.ts';
import { PATIENCE_MS, type ResumingPage } from './page.ts';
import { Ward } from './ward.ts';

vi.setConfig({ testTimeout: 4 * PATIENCE_MS, hookTimeout: 60_000 });

let ward: Ward;

// Heartbeats that notice nothing while a test lasts: who is half-open stays so until the client is back.
const UNNOTICED = { PING_INTERVAL_MS: '60000', PING_TIMEOUT_MS: '60000' };

beforeAll(async () => {
  ward = await Ward.open(UNNOTICED);
});
afterAll(() => ward.close());

interface Scene {
  namespaceId: string;
  room: string;
  network: FaultProxy;
  doctor: ResumingPage;
  patient: ResumingPage;
}

/** A doctor in consultation with a patient, who is on a network of their own. */
async function consultation(counts = true): Promise<Scene> {
  const namespaceId = await ward.namespace();
  const network = await ward.network();
  const room = randomUUID();
  const doctor = await ward.doctor(namespaceId);
  const patient = await ward.page(namespaceId, network, { counts });
  await patient.say('create', { 'room-id': room });
  await doctor.say('join', { 'room-id': room });
  return { namespaceId, room, network, doctor, patient };
}

/** The phone has gone from Wi-Fi to mobile: it connects anew, and the server cannot know of the old end. */
function changeNetwork({ patient, network }: Scene): void {
  network.swallow('both');
  patient.socket.io.engine.close();
}

/** So many messages, all of which the server took for delivered or held. */
async function say({ doctor, patient }: Scene, from: number, count: number): Promise<string[]> {
  const how: string[] = [];
  for (let n = from; n < from + count; n += 1) {
    const { delivered } = await doctor.say('send-metadata', { 'peer-id': patient.id, n });
    how.push(delivered);
  }
  return how;
}

/** What a client sends over a WebSocket before it is let into its namespace. */
const HANDSHAKE_AND_CONNECT = 2;

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

const all = (how: string[]): string => [...new Set(how)].join();

describe('a connection that the server takes for good', () => {
  it('RESUME-4 RESUME-10 is superseded by the next, and what it swallowed comes after that, once', async () => {
    const scene = await consultation();
    const { patient, doctor, network } = scene;
    await say(scene, 0, 3);
    await patient.until('the first three', (page) => page.numbers().length === 3);
    network.swallow('both');
    expect(all(await say(scene, 3, 20))).toBe('now');

    changeNetwork(scene);
    await patient.until('resumed', (page) => page.hasResumed);
    expect(all(await say(scene, 23, 2))).toBe('now');
    await patient.until('the last', (page) => page.numbers().includes(24));

    expect(patient.numbers()).toEqual(upTo(25));
    expect(patient.all('welcome').map((one) => one['client-id'])).toEqual([patient.id, patient.id]);
    await doctor.until('reconnected', (page) => page.all('client-reconnected').length === 1);
    expect(doctor.all('client-disconnected')).toEqual([]);
  });

  it('RESUME-3 RESUME-10 swallowed welcome after welcome: the token before is good, nothing is lost', async () => {
    const scene = await consultation();
    const { patient, doctor, network } = scene;
    await say(scene, 0, 3);
    await patient.until('the first three', (page) => page.numbers().length === 3);
    network.swallow('both');
    await say(scene, 3, 3);

    for (const [times, from] of [
      [1, 6],
      [2, 9],
      [3, 12],
    ] as const) {
      network.swallowNext('down', HANDSHAKE_AND_CONNECT);
      changeNetwork(scene);
      await doctor.until('back', (page) => page.all('client-reconnected').length === times);
      expect(all(await say(scene, from, 3))).toBe('now');
    }
    changeNetwork(scene);
    await patient.until('resumed', (page) => page.hasResumed);
    await say(scene, 15, 1);
    await patient.until('the last', (page) => page.numbers().includes(15));

    expect(patient.numbers()).toEqual(upTo(16));
    expect(patient.connects).toBe(2);
  });

  it('RESUME-5 a page that does not count hears nothing twice, and in order', async () => {
    const scene = await consultation(false);
    const { patient } = scene;
    await say(scene, 0, 3);
    await patient.until('the first three', (page) => page.numbers().length === 3);
    scene.network.swallow('both');
    await say(scene, 3, 3);
    changeNetwork(scene);
    await patient.until('resumed', (page) => page.hasResumed);
    await say(scene, 6, 3);
    await patient.until('the last', (page) => page.numbers().includes(8));
    expect(patient.numbers()).toEqual([0, 1, 2, 6, 7, 8]);
  });

  it('RESUME-10 ROOM-14 an end that it swallowed is told', async () => {
    const scene = await consultation();
    const { patient, doctor, room } = scene;
    scene.network.swallow('both');
    await doctor.say('doctor-ended', { 'room-id': room });
    changeNetwork(scene);
    await patient.until('the end', (page) => page.all('room-ended').length > 0);
    expect(patient.all('doctor-ended')).toMatchObject([{ from: doctor.id }]);
    expect(patient.all('room-ended')).toEqual([
      { 'room-id': room, reason: 'doctor-ended', by: 'doctor' },
    ]);
  });
});
