import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FaultProxy } from '../support/fault-proxy.ts';
import { FAULTS, type Fault } from './faults.ts';
import { FORM, scaled } from './form.ts';
import { PATIENCE_MS, type Page, type ResumingPage } from './page.ts';
import { Ward } from './ward.ts';

vi.setConfig({ testTimeout: 4 * PATIENCE_MS, hookTimeout: 60_000, maxConcurrency: 30 });

const WINDOW_MS = scaled(60_000);

let ward: Ward;

beforeAll(async () => {
  ward = await Ward.open();
});
afterAll(() => ward.close());

const both: [Fault, 'resumes' | 'is an old page'][] = [
  ['is cut with FIN', 'resumes'],
  ['is cut with FIN', 'is an old page'],
  ['stays half-open', 'resumes'],
  ['stays half-open', 'is an old page'],
];

interface Scene {
  namespaceId: string;
  room: string;
  network: FaultProxy;
  doctor: ResumingPage;
  patient: Page;
}

async function waiting(kind: string): Promise<Scene> {
  const namespaceId = await ward.namespace();
  const network = await ward.network();
  const room = randomUUID();
  const doctor = await ward.doctor(namespaceId);
  const patient =
    kind === 'resumes'
      ? await ward.patient(namespaceId, room, network)
      : await ward.oldPatient(namespaceId, room, network);
  return { namespaceId, room, network, doctor, patient };
}

/** The network is away until `whose` window has ended, as `onlooker` hears it. How long that took, in ms. */
async function awayUntil(
  { network }: Scene,
  fault: Fault,
  onlooker: Page,
  event: string,
): Promise<number> {
  network.refuse();
  FAULTS[fault](network);
  await onlooker.until('the loss', (page) => page.all('client-disconnected').length > 0);
  const began = performance.now();
  await onlooker.until('the end', (page) => page.all(event).length > 0);
  const took = performance.now() - began;
  network.accept();
  return took;
}

describe.concurrent(`an outage that is longer than the window, ${FORM}`, () => {
  it.each(both)(
    'RESUME-7 ROOM-10 a waiting patient whose connection %s, and who %s: the room ends then, and not before',
    async (fault, kind) => {
      const scene = await waiting(kind);
      const { doctor, patient, room } = scene;
      const took = await awayUntil(scene, fault, doctor, 'room-ended');
      // The loss is told a moment after it began to count.
      expect(took).toBeGreaterThan(WINDOW_MS - 300);
      expect(doctor.all('room-ended')).toEqual([{ 'room-id': room, reason: 'abandoned' }]);
      expect(doctor.all('patient-remove')).toMatchObject([
        { patientID: `patient of ${room}`, 'room-id': room },
      ]);
      await patient.until('back', (page) => page.all('welcome').length > 1);
      const [before, after] = patient.all('welcome');
      expect(after).toMatchObject({ resumed: false });
      expect(after?.['client-id']).not.toBe(before?.['client-id']);
      const again = await patient.say('create', { 'room-id': room });
      expect(again).toMatchObject({ status: 'error', code: 'room-ended' });
    },
  );

  it.each(both)(
    'RESUME-7 a patient in consultation whose connection %s, and who %s: it ends then, and not before',
    async (fault, kind) => {
      const scene = await waiting(kind);
      const { doctor, room } = scene;
      await doctor.say('join', { 'room-id': room });
      const took = await awayUntil(scene, fault, doctor, 'room-ended');
      expect(took).toBeGreaterThan(WINDOW_MS - 300);
      expect(doctor.all('room-ended')).toEqual([{ 'room-id': room, reason: 'lost' }]);
    },
  );

  it.each(['is cut with FIN', 'stays half-open'] as const)(
    'RESUME-7 a doctor in consultation whose connection %s: the patient is first in line, and the room lives',
    async (fault) => {
      const namespaceId = await ward.namespace();
      const network = await ward.network();
      const [room, nextRoom] = [randomUUID(), randomUUID()];
      const patient = await ward.patient(namespaceId, nextRoom).then(async (next) => {
        await next.until('in line', (page) => page.all('queue-position').length > 0);
        return ward.patient(namespaceId, room);
      });
      const doctor = await ward.doctor(namespaceId, network);
      const colleague = await ward.doctor(namespaceId);
      await doctor.say('join', { 'room-id': room });

      const scene = { namespaceId, room, network, doctor, patient };
      const took = await awayUntil(scene, fault, patient, 'client-left');
      expect(took).toBeGreaterThan(WINDOW_MS - 300);
      await patient.until('in line', (page) => page.all('queue-position').length > 1);
      expect(patient.all('queue-position').at(-1)).toMatchObject({ position: 1 });
      expect(patient.all('room-ended')).toEqual([]);
      const knocked = await colleague.say('call-next', {});
      expect(knocked).toMatchObject({ status: 'ok', 'room-id': room });
    },
  );
});
