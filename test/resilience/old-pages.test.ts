import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FAULTS, type Fault } from './faults.ts';
import { FORM, scaled } from './form.ts';
import { OldPage, PATIENCE_MS } from './page.ts';
import { Ward } from './ward.ts';

vi.setConfig({ testTimeout: 4 * PATIENCE_MS, hookTimeout: 60_000, maxConcurrency: 30 });

let ward: Ward;

beforeAll(async () => {
  ward = await Ward.open();
});
afterAll(() => ward.close());

const DROPS: [Fault, number, 'websocket' | 'polling'][] = [
  ['is cut with FIN', 1, 'websocket'],
  ['is cut with RST', 10, 'websocket'],
  ['is cut with FIN', 30, 'polling'],
  ['stays half-open', 1, 'polling'],
  ['stays half-open', 10, 'websocket'],
  ['stays half-open', 30, 'websocket'],
];

describe.concurrent(`pages as they are deployed (Socket.IO 4.1, no resume token), ${FORM}`, () => {
  it.each(DROPS)(
    'RESUME-9 a waiting patient’s connection %s for %i s (%s): `create` takes the place again, no ghost is left',
    async (fault, seconds, transport) => {
      const namespaceId = await ward.namespace();
      const network = await ward.network();
      const [room, nextRoom] = [randomUUID(), randomUUID()];
      const doctor = await ward.doctor(namespaceId);
      const patient = await ward.oldPatient(namespaceId, room, network, transport);
      const next = await ward.patient(namespaceId, nextRoom);

      network.refuse();
      FAULTS[fault](network);
      await pause(scaled(seconds * 1000));
      network.accept();

      const formerId = patient.id;
      await patient.until('in line again', ({ heard, id }) => {
        const welcome = heard.findLastIndex(({ event }) => event === 'welcome');
        const place = heard.findLastIndex(({ event }) => event === 'queue-position');
        return id !== formerId && place > welcome;
      });
      expect(patient.all('queue-position').at(-1)).toMatchObject({ position: 1 });
      expect(patient.all('signaling-error')).toEqual([]);
      await doctor.say('doctor-joined', {});
      expect(doctor.all('queue').at(-1)?.waiting).toMatchObject([
        { 'room-id': room, 'client-id': patient.id, connected: true },
        { 'room-id': nextRoom, 'client-id': next.id },
      ]);
      expect(doctor.all('patient-remove')).toEqual([]);
      expect(doctor.all('room-ended')).toEqual([]);
    },
  );

  it.each([
    ['is cut with RST', 10],
    ['stays half-open', 30],
  ] as [Fault, number][])(
    'ROOM-9 RESUME-7 a doctor’s connection %s for %i s in the midst of a consultation: that goes on, and the doctor ends it',
    async (fault, seconds) => {
      const namespaceId = await ward.namespace();
      const network = await ward.network();
      const room = randomUUID();
      const introduction = { event: 'doctor-joined', payload: { 'namespace-id': namespaceId } };
      const doctor = await ward.visit(new OldPage(network.url, namespaceId, introduction));
      const patient = await ward.oldPatient(namespaceId, room, await ward.network());
      await doctor.until('the patient', (page) => page.all('new-patient').length > 0);
      await doctor.say('join', { 'room-id': room, 'client-id': doctor.id });
      await patient.until('the doctor', (page) => page.all('room-joined').length > 0);

      network.refuse();
      FAULTS[fault](network);
      await pause(scaled(seconds * 1000));
      network.accept();

      await doctor.until('back', ({ connects }) => connects > 1);
      const ended = await doctor.say('doctor-ended', { patientID: `patient of ${room}` });
      expect(ended).toMatchObject({ status: 'ok', 'room-id': room });
      await patient.until('the end', (page) => page.all('doctor-ended').length > 0);
      expect(patient.all('room-ended')).toMatchObject([{ reason: 'doctor-ended' }]);
    },
  );
});
