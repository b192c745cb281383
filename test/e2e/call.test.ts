import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type CallPage, SOON } from './call-page.ts';
import { Clinic } from './clinic.ts';

let clinic: Clinic;

beforeAll(async () => {
  clinic = await Clinic.open();
});
afterEach(() => clinic.closePages());
afterAll(() => clinic.close());

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** The names in the doctor's list of who waits, first in line first. */
const waitingRoom = (doctor: CallPage): Promise<string[]> =>
  doctor.page.locator('#waiting strong').allTextContents();

const expectWaiting = (doctor: CallPage, ...names: string[]): Promise<void> =>
  expect.poll(() => waitingRoom(doctor), SOON).toEqual(names);

const callNext = (doctor: CallPage): Promise<void> =>
  doctor.page.locator('#waiting li').first().getByRole('button', { name: 'Call' }).click();

describe.each([
  { transports: 'polling,websocket', used: ['polling', 'websocket'] },
  { transports: 'websocket', used: ['websocket'] },
  { transports: 'polling', used: ['polling'] },
])('pages as they are deployed, over $transports', ({ transports, used }) => {
  test('QUEUE-6 ROOM-4 ROOM-6 RELAY-1 ROOM-14 a doctor sees, hears and ends one patient after the other', async () => {
    const namespaceId = `clinic-${transports.replace(',', '-')}`;
    const doctor = await clinic.doctor(namespaceId, transports);
    await doctor.expectText('#state', 'Ready');
    const ada = await clinic.patient(namespaceId, transports, 'Ada');
    const ben = await clinic.patient(namespaceId, transports, 'Ben');
    const cem = await clinic.patient(namespaceId, transports, 'Cem');
    await expectWaiting(doctor, 'Ada', 'Ben', 'Cem');

    await callNext(doctor);
    await Promise.all([doctor.expectMediaToFlow(), ada.expectMediaToFlow()]);
    await expectWaiting(doctor, 'Ben', 'Cem');
    await ben.expectConnectionStates();

    await doctor.page.click('#end');
    await ada.expectText('#state', 'The consultation has ended.');
    await ada.expectConnectionStates('closed');
    await doctor.expectConnectionStates('closed');

    await callNext(doctor);
    await Promise.all([doctor.expectMediaToFlow(), ben.expectMediaToFlow()]);
    await expectWaiting(doctor, 'Cem');
    await ada.expectConnectionStates('closed');

    await ben.page.click('#leave');
    await doctor.expectText('#state', 'The patient has ended the consultation.');
    await doctor.expectConnectionStates('closed', 'closed');
    await ben.expectConnectionStates('closed');
    await cem.expectConnectionStates();

    for (const page of [doctor, ada, ben, cem]) {
      expect([...page.transports].sort()).toEqual(used);
      expect(page.errors).toEqual([]);
    }
  });
});

test('QUEUE-6 RESUME-8 the doctor’s page is reloaded with three waiting: the list is back, in order', async () => {
  const doctor = await clinic.doctor('clinic-reload', 'polling,websocket');
  for (const name of ['Ada', 'Ben', 'Cem']) {
    await clinic.patient('clinic-reload', 'polling,websocket', name);
  }
  await expectWaiting(doctor, 'Ada', 'Ben', 'Cem');
  await doctor.page.reload();
  await doctor.expectText('#state', 'Ready');
  await expectWaiting(doctor, 'Ada', 'Ben', 'Cem');
  expect(doctor.errors).toEqual([]);
});
