import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { each, FAULTS } from './faults.ts';
import { FORM, scaled } from './form.ts';
import { PATIENCE_MS } from './page.ts';
import { Talk, Ward } from './ward.ts';

vi.setConfig({ testTimeout: 4 * PATIENCE_MS, hookTimeout: 60_000, maxConcurrency: 30 });

let ward: Ward;

beforeAll(async () => {
  ward = await Ward.open();
});
afterAll(() => ward.close());

const OUTAGES_S = [1, 10, 30];

describe.concurrent(`an outage within the window, ${FORM}`, () => {
  it.each([...each(OUTAGES_S, 'websocket'), ...each([10], 'polling')])(
    'RESUME-3 RESUME-5 RESUME-10 a waiting patient’s connection %s for %i s (%s): the same client and place, every message in order, once',
    async (fault, seconds, transport) => {
      const namespaceId = await ward.namespace();
      const network = await ward.network();
      const [room, nextRoom] = [randomUUID(), randomUUID()];
      const doctor = await ward.doctor(namespaceId);
      const patient = await ward.patient(namespaceId, room, network, { transport });
      const next = await ward.patient(namespaceId, nextRoom);
      const talk = new Talk(doctor, patient.id);
      await patient.until('a word', (page) => page.numbers().length > 0);

      network.refuse();
      FAULTS[fault](network);
      await pause(scaled(seconds * 1000));
      network.accept();

      await patient.until('resumed', (page) => page.hasResumed);
      const { said } = await talk.stop();
      await patient.until('the last word', (page) => page.numbers().includes(said.at(-1) ?? 0));
      expect(patient.numbers()).toEqual(said);
      expect(new Set(patient.all('welcome').map((one) => one['client-id'])).size).toBe(1);
      expect(patient.all('queue-position').at(-1)).toMatchObject({ position: 1 });
      expect(next.all('queue-position').at(-1)).toMatchObject({ position: 2 });
      expect(doctor.all('patient-remove')).toEqual([]);
      expect(doctor.all('new-patient').map((one) => one['room-id'])).toEqual([room, nextRoom]);
    },
  );

  it.each(each(OUTAGES_S, 'websocket'))(
    'RESUME-3 RESUME-7 a doctor’s connection %s for %i s in the midst of a consultation (%s): that goes on, and the doctor ends it',
    async (fault, seconds) => {
      const namespaceId = await ward.namespace();
      const network = await ward.network();
      const room = randomUUID();
      const doctor = await ward.doctor(namespaceId, network);
      const patient = await ward.patient(namespaceId, room);
      await doctor.say('join', { 'room-id': room });
      const talk = new Talk(patient, doctor.id);
      await doctor.until('a word', (page) => page.numbers().length > 0);

      network.refuse();
      FAULTS[fault](network);
      await pause(scaled(seconds * 1000));
      network.accept();

      await doctor.until('resumed', (page) => page.hasResumed);
      const { said } = await talk.stop();
      await doctor.until('the last word', (page) => page.numbers().includes(said.at(-1) ?? 0));
      expect(doctor.numbers()).toEqual(said);
      const state = await ward.http('/join-room', { roomId: room });
      expect(state).toMatchObject({ status: 200, state: 'in-consultation' });
      await doctor.say('doctor-ended', { patientID: `patient of ${room}` });
      await patient.until('the end', (page) => page.all('room-ended').length > 0);
      expect(patient.all('doctor-ended')).toHaveLength(1);
      expect(patient.all('client-left')).toEqual([]);
    },
  );
});

describe.concurrent('a bad line', () => {
  it('a stall that is shorter than the heartbeat’s patience costs nothing, not even a connection', async () => {
    const namespaceId = await ward.namespace();
    const network = await ward.network();
    const doctor = await ward.doctor(namespaceId);
    const patient = await ward.patient(namespaceId, randomUUID(), network);
    const talk = new Talk(doctor, patient.id);
    network.stall();
    await pause(scaled(5000));
    network.flow();
    const { said } = await talk.stop();
    await patient.until('the last word', (page) => page.numbers().includes(said.at(-1) ?? 0));
    expect(patient.numbers()).toEqual(said);
    expect(patient.connects).toBe(1);
  });

  it('slow and far away: everything arrives, in order', async () => {
    const namespaceId = await ward.namespace();
    const network = await ward.network();
    network.delay(150);
    network.throttle(20_000);
    const doctor = await ward.doctor(namespaceId);
    const patient = await ward.patient(namespaceId, randomUUID(), network);
    const talk = new Talk(doctor, patient.id);
    await patient.until('something', (page) => page.numbers().length > 10);
    const { said } = await talk.stop();
    await patient.until('the last word', (page) => page.numbers().includes(said.at(-1) ?? 0));
    expect(patient.numbers()).toEqual(said);
    expect(patient.connects).toBe(1);
  });
});
