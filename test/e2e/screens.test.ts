import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { TestClient } from '../support/clients.ts';
import type { CallPage } from './call-page.ts';
import { Clinic } from './clinic.ts';
import { deskPage, expectAccessible, patientPage, press, see } from './ui-page.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });

let clinic: Clinic;
const clients: TestClient[] = [];

beforeAll(async () => {
  clinic = await Clinic.open();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await clinic.closePages();
});
afterAll(() => clinic.close());

async function client(namespaceId: string): Promise<TestClient> {
  const one = new TestClient(clinic.server.url, namespaceId);
  clients.push(one);
  await one.next('welcome');
  return one;
}

/** A page whose devices cannot be used, as `getUserMedia` would say it. */
async function withoutDevices(path: string, name: string, of: 'all' | 'camera'): Promise<CallPage> {
  const page = await clinic.visit(`${clinic.server.url}${path}`);
  await page.page.evaluate(
    ([error, what]) => {
      const { mediaDevices } = navigator;
      const open = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = (wanted) =>
        what === 'all' || wanted?.video
          ? Promise.reject(new DOMException('no', error))
          : open(wanted);
    },
    [name, of],
  );
  return page;
}

test('UI-1 the screens of a doctor', async () => {
  const doctor = await clinic.visit(`${clinic.server.url}/doctor/screens-1#name=Dr.+Grace+Hopper`);
  await expectAccessible(doctor, 'doctor-01-welcome');
  await press(doctor, 'Open my practice');
  await see(doctor, 'Nobody is waiting.');
  await expectAccessible(doctor, 'doctor-02-nobody-waits');

  const names = ['Ada Lovelace', 'Ben Carter', 'Chandra Rao', 'Diya Sharma'];
  for (const name of names) await patientPage(clinic, 'screens-1', name);
  // Comes in, and never answers a knock.
  const silent = await client('screens-1');
  await silent.say('create', {
    'room-id': 'screens-1-silent',
    'namespace-id': 'screens-1',
    patientID: 'p-5',
    name: 'Eve Ong',
  });
  await see(doctor, '5 patients wait');
  await press(doctor, 'More about CR');
  await press(doctor, 'Mark as urgent');
  await see(doctor, 'Urgent');
  await expectAccessible(doctor, 'doctor-03-five-wait');
  await press(doctor, 'Send a message');
  await expectAccessible(doctor, 'doctor-04-message');
  await press(doctor, 'Decline');
  await expectAccessible(doctor, 'doctor-05-decline');
  await press(doctor, 'Transfer');
  await doctor.page.getByRole('textbox').fill('nowhere');
  await doctor.page.keyboard.press('Enter');
  await see(doctor, 'There is no such practice.');
  await expectAccessible(doctor, 'doctor-06-transfer');
  await press(doctor, 'More about CR');
  await press(doctor, 'Settings');
  await expectAccessible(doctor, 'doctor-07-settings');
  await press(doctor, 'Settings');

  await press(doctor, 'Call EO');
  await see(doctor, 'Calling EO');
  await expectAccessible(doctor, 'doctor-08-calling');
  await press(doctor, 'Stop calling');
  await press(doctor, 'Call AL');
  await doctor.expectMediaToFlow();
  await expectAccessible(doctor, 'doctor-09-call');
  await press(doctor, 'Chat');
  await doctor.page.getByRole('textbox', { name: 'Write a message' }).fill('Can you hear me well?');
  await doctor.page.keyboard.press('Enter');
  await expectAccessible(doctor, 'doctor-10-chat');
  await press(doctor, 'Chat');
  await press(doctor, 'Choose devices');
  await expectAccessible(doctor, 'doctor-11-devices');
  await press(doctor, 'Choose devices');
  await press(doctor, 'Put on hold');
  await see(doctor, 'On hold');
  await expectAccessible(doctor, 'doctor-12-on-hold');
  await press(doctor, 'Continue');
  await doctor.expectMediaToFlow();
  await press(doctor, 'End for all');
  await see(doctor, 'The consultation is over.');
  await expectAccessible(doctor, 'doctor-13-after');

  await clinic.server.signal('SIGKILL');
  await see(doctor, 'The connection to the server is lost.');
  await expectAccessible(doctor, 'doctor-14-offline');
  await clinic.server.start();
});

test('UI-1 UI-10 the screens of a doctor whose devices do not work', async () => {
  const blocked = await withoutDevices('/doctor/screens-2', 'NotAllowedError', 'all');
  await press(blocked, 'Open my practice');
  await see(blocked, 'Camera and microphone cannot be used.');
  await expectAccessible(blocked, 'doctor-15-no-devices');
  const dark = await withoutDevices('/doctor/screens-2', 'NotReadableError', 'camera');
  await press(dark, 'Open my practice');
  await see(dark, 'The camera cannot be used.');
  await expectAccessible(dark, 'doctor-16-no-camera');
  await press(dark, 'Continue with sound only');
  await see(dark, 'Nobody is waiting.');
});

test('UI-1 the screens of a patient', async () => {
  const { url } = clinic.server;
  const ada = await clinic.visit(`${url}/patient/screens-3#name=Ada+Lovelace`);
  await expectAccessible(ada, 'patient-01-begin');
  await press(ada, 'Turn on camera and microphone');
  await ada.page.getByRole('button', { name: 'Enter the waiting room' }).waitFor();
  await expectAccessible(ada, 'patient-02-device-check');
  await press(ada, 'Enter the waiting room');
  await see(ada, 'This practice is not open yet');
  await expectAccessible(ada, 'patient-03-not-open');

  await fetch(`${url}/create-namespace?namespaceId=screens-3`);
  await see(ada, 'The doctor is not here yet.');
  await expectAccessible(ada, 'patient-04-no-doctor-yet');
  const doctor = await client('screens-3');
  await doctor.say('doctor-joined', { 'namespace-id': 'screens-3' });
  await see(ada, 'The doctor is here.');
  await doctor.say('message-to-waiting', { text: 'Ten minutes more, sorry.' });
  await see(ada, 'Ten minutes more');
  await expectAccessible(ada, 'patient-05-waiting');
  await press(ada, 'Leave the waiting room');
  await expectAccessible(ada, 'patient-06-leave');
  await press(ada, 'Stay');

  const { 'room-id': room } = await doctor.first('new-patient');
  await doctor.say('join', { 'room-id': room, init: true });
  await see(ada, 'The doctor is calling you');
  expect(await ada.page.title()).toContain('📞');
  await expectAccessible(ada, 'patient-07-called');
  await doctor.say('return-to-queue', { 'room-id': room });
  await see(ada, 'You are next.');
  doctor.close();

  const desk = await deskPage(clinic, 'screens-3', 'Dr. Grace Hopper');
  await press(desk, 'Call AL');
  await Promise.all([desk.expectMediaToFlow(), ada.expectMediaToFlow()]);
  await expectAccessible(ada, 'patient-08-call');
  await press(desk, 'Chat');
  await desk.page.getByRole('textbox', { name: 'Write a message' }).fill('Can you hear me well?');
  await desk.page.keyboard.press('Enter');
  await press(ada, 'Chat, 1 new message');
  await expectAccessible(ada, 'patient-09-chat');
  await ada.page.setViewportSize({ width: 320, height: 800 });
  await see(ada, 'Can you hear me well?');
  await ada.page.setViewportSize({ width: 1280, height: 800 });
  await press(ada, 'Chat');
  await press(ada, 'End for all');
  await expectAccessible(ada, 'patient-10-end');
  await press(ada, 'Stay');
  await press(desk, 'Turn camera off');
  await press(desk, 'Turn microphone off');
  await ada.page.getByText('Camera is off').waitFor({ state: 'attached' });
  await expectAccessible(ada, 'patient-11-their-camera-off');
  await press(desk, 'Put on hold');
  await see(ada, 'The doctor will be back in a moment');
  await expectAccessible(ada, 'patient-12-on-hold');
  await press(desk, 'Continue');
  await press(desk, 'Turn camera on');
  await ada.expectMediaToFlow();

  await clinic.server.signal('SIGKILL');
  await see(ada, 'The connection to the server is lost. The call goes on.');
  await expectAccessible(ada, 'patient-13-server-lost');
  await clinic.server.start();
  await ada.page.getByText('The call goes on.').waitFor({ state: 'detached' });
  await press(desk, 'End for all');
  await see(ada, 'The consultation is over.');
  await expectAccessible(ada, 'patient-14-after');
});

test('UI-1 UI-10 CALL-8 the screens of a patient whose devices do not work', async () => {
  for (const [error, text, screen] of [
    ['NotAllowedError', 'are blocked for this page', 'patient-15-blocked'],
    ['NotFoundError', 'No camera or microphone was found', 'patient-16-missing'],
    ['NotReadableError', 'Another program uses', 'patient-17-busy'],
  ] as const) {
    const page = await withoutDevices('/patient/screens-4', error, 'all');
    await press(page, 'Turn on camera and microphone');
    await see(page, text);
    await expectAccessible(page, screen);
  }
});

test('UI-1 the place is kept while the connection is lost, and a transfer is said', async () => {
  const first = await deskPage(clinic, 'screens-5');
  await deskPage(clinic, 'screens-6');
  const ada = await patientPage(clinic, 'screens-5', 'Ada Lovelace');
  await press(first, 'More about AL');
  await press(first, 'Transfer');
  await first.page.getByRole('textbox').fill('screens-6');
  await first.page.keyboard.press('Enter');
  await see(ada, 'You were sent on to another practice.');
  await expectAccessible(ada, 'patient-18-transferred');
  await clinic.server.signal('SIGKILL');
  await see(ada, 'Your connection is lost.');
  await expectAccessible(ada, 'patient-19-offline');
  await clinic.server.start();
  await ada.page.getByText('Your connection is lost.').waitFor({ state: 'detached' });
  await press(ada, 'Leave the waiting room');
  await press(ada, 'Yes, leave');
  await see(ada, 'You left the waiting room.');
  await expectAccessible(ada, 'patient-20-left');
});

test('UI-50 UI-1 the screens of the device test', async () => {
  const page = await clinic.visit(`${clinic.server.url}/test`);
  await expectAccessible(page, 'test-01-begin');
  await press(page, 'Start the check');
  await page.page.getByRole('button', { name: 'Check again' }).waitFor();
  await expectAccessible(page, 'test-02-result');
});
