import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { Figures } from '../support/figures.ts';
import { type CallPage, SOON } from './call-page.ts';
import { Clinic } from './clinic.ts';
import {
  enter,
  expectCall,
  expectWaiting,
  openDesk,
  phaseOfVisit,
  sdkDoctor,
  sdkPage,
  sdkPatient,
} from './sdk-page.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** How long the killed server stays away, in milliseconds. */
const AWAY_MS = 10_000;

const OPERATOR_TOKEN = 'the-token-of-the-operator-in-this-test';

let clinic: Clinic;

beforeAll(async () => {
  clinic = await Clinic.open({ OPERATOR_TOKEN });
});
afterEach(() => clinic.closePages());
afterAll(() => clinic.close());

test('SDK-4 SDK-5 CALL-1 a consultation from the waiting room to the end', async () => {
  const doctor = await sdkDoctor(clinic, 'sdk-1');
  const ada = await sdkPatient(clinic, 'sdk-1', 'Ada Lovelace');
  expect(await ada.page.evaluate(() => window.visit.state)).toMatchObject({
    phase: 'waiting',
    position: 1,
    doctorOnline: true,
  });
  await ada.page.evaluate(() => window.visit.reportReady({ camera: true, microphone: true }));
  await expect
    .poll(() => doctor.page.evaluate(() => window.desk.state.waiting[0]?.ready), SOON)
    .toEqual({ camera: true, microphone: true });

  await doctor.page.evaluate(() => window.desk.callNext());
  await expectCall(doctor, ada);
  expect(await phaseOfVisit(ada)).toBe('in-call');

  await doctor.page.evaluate(() => window.desk.end());
  await expect.poll(() => phaseOfVisit(ada), SOON).toBe('ended');
  const outcome = await ada.page.evaluate(() => window.visit.state.outcome);
  expect(outcome).toMatchObject({ reason: 'doctor-ended', by: 'doctor' });
  expect(await doctor.page.evaluate(() => window.desk.state.current)).toBeNull();
});

test('CALL-9 METRIC-5 after a call the operator sees how it was', async () => {
  const doctor = await sdkDoctor(clinic, 'sdk-9');
  const ada = await sdkPatient(clinic, 'sdk-9', 'Ada');
  await doctor.page.evaluate(() => window.desk.callNext());
  await expectCall(doctor, ada);
  const level = (side: CallPage) =>
    side.page.evaluate(() => (window.desk ?? window.visit).call?.state.quality?.level);
  for (const side of [doctor, ada]) await expect.poll(() => level(side), SOON).toBeTypeOf('string');
  const before = await figures();
  await doctor.page.evaluate(() => window.desk.end());
  const more = async (name: string, labels: Record<string, string> = {}) =>
    sumOf(await figures(), name, labels) - sumOf(before, name, labels);
  await expect.poll(() => more('signaling_calls_total', { path: 'direct' }), SOON).toBe(2);
  expect(await more('signaling_calls_total', { quality: 'unknown' })).toBe(0);
  expect(await more('signaling_first_media_seconds_count')).toBe(2);
  const seconds = await more('signaling_first_media_seconds_sum');
  expect(seconds).toBeGreaterThan(0);
});

/** The figures of every node. */
function figures(): Promise<Figures[]> {
  const headers = { authorization: `Bearer ${OPERATOR_TOKEN}` };
  return Promise.all(
    clinic.nodes.map(async (url) => {
      const answer = await fetch(`${url}/metrics`, { headers });
      return new Figures(await answer.text());
    }),
  );
}

const sumOf = (all: Figures[], name: string, labels: Record<string, string>): number =>
  all.reduce((sum, one) => sum + (one.value(name, labels) ?? 0), 0);

test('CALL-5 CALL-6 mute, chat, a shared screen and another microphone reach the other side', async () => {
  const doctor = await sdkDoctor(clinic, 'sdk-2');
  const ada = await sdkPatient(clinic, 'sdk-2', 'Ada');
  await doctor.page.evaluate(() => window.desk.callNext());
  await expectCall(doctor, ada);
  const seen = () =>
    doctor.page.evaluate(() => {
      const [ada] = window.desk.call?.state.participants ?? [];
      return ada && { muted: ada.muted, screen: ada.screen !== null, name: ada.name };
    });
  await expect
    .poll(() => doctor.page.evaluate(() => window.desk.call?.state.chatOpen), SOON)
    .toBe(true);

  await ada.page.evaluate(() => window.visit.call?.setMicrophone(false));
  await expect.poll(seen, SOON).toEqual({ muted: true, screen: false, name: 'Ada' });

  const light = () =>
    ada.page.evaluate(() => window.visit.call?.localStream?.getVideoTracks()[0]?.readyState);
  const isCameraOff = () =>
    doctor.page.evaluate(() => window.desk.call?.state.participants[0]?.cameraOff);
  await ada.page.evaluate(() => window.visit.call?.setCamera(false));
  await expect.poll(isCameraOff, SOON).toBe(true);
  expect(await light()).toBe('ended');
  await ada.page.evaluate(() => window.visit.call?.setCamera(true));
  await expect.poll(isCameraOff, SOON).toBe(false);
  expect(await light()).toBe('live');
  await expectCall(doctor);

  await ada.page.evaluate(() => window.visit.call?.sendChat('  It hurts here. '));
  await expect
    .poll(() => doctor.page.evaluate(() => window.desk.call?.state.chat.map((one) => one.text)))
    .toEqual(['It hurts here.']);

  await ada.page.evaluate(() => window.visit.call?.shareScreen());
  await expect.poll(seen, SOON).toEqual({ muted: true, screen: true, name: 'Ada' });
  await ada.page.evaluate(() => window.visit.call?.stopSharing());
  await expect.poll(seen, SOON).toEqual({ muted: true, screen: false, name: 'Ada' });

  await ada.page.evaluate(async () => {
    const { microphones } = await window.Telemedicine.listDevices();
    await window.visit.call?.useMicrophone(microphones.at(-1)?.deviceId ?? '');
    window.visit.call?.setMicrophone(true);
  });
  await expect.poll(seen, SOON).toEqual({ muted: false, screen: false, name: 'Ada' });
  await expectCall(doctor, ada);
});

test('SDK-1 RESUME-8 the server is killed for 10 s in the midst of a call: it goes on, both resume, and the doctor ends it', async () => {
  const { server } = clinic;
  const doctor = await sdkDoctor(clinic, 'sdk-3');
  const ada = await sdkPatient(clinic, 'sdk-3', 'Ada');
  await doctor.page.evaluate(() => window.desk.callNext());
  await expectCall(doctor, ada);

  await server.signal('SIGKILL');
  const connection = () =>
    Promise.all([
      doctor.page.evaluate(() => window.desk.state.connection),
      ada.page.evaluate(() => window.visit.state.connection),
    ]);
  await expect.poll(connection, SOON).toEqual(['offline', 'offline']);
  await Promise.all([
    doctor.expectPictureThroughout(AWAY_MS),
    ada.expectPictureThroughout(AWAY_MS),
  ]);
  await server.start();
  await expect.poll(connection, SOON).toEqual(['online', 'online']);
  await expectCall(doctor, ada);
  await doctor.expectConnectionStates('connected');
  for (const { welcomes } of [doctor, ada]) {
    const first = welcomes[0]?.['client-id'];
    expect(welcomes).toMatchObject([{ resumed: false }, { resumed: true, 'client-id': first }]);
  }

  await doctor.page.evaluate(() => window.desk.end());
  await expect.poll(() => phaseOfVisit(ada), SOON).toBe('ended');
});

test('SDK-3 a page that is reloaded in the midst of a call is back in it, on either side', async () => {
  // Each page comes back to the address that it came from.
  const [doctors, adas] = [clinic.server.url, clinic.server.url];
  const doctor = await sdkPage(clinic);
  await openDesk(doctor, 'sdk-4', doctors);
  const ada = await sdkPatient(clinic, 'sdk-4', 'Ada', adas);
  await doctor.page.evaluate(() => window.desk.callNext());
  await expectCall(doctor, ada);

  await ada.page.reload();
  await enter(ada, { namespaceId: 'sdk-4', server: adas, metadata: { name: 'Ada' } });
  expect(await phaseOfVisit(ada)).toBe('in-call');
  await expectCall(doctor, ada);

  await doctor.page.reload();
  await openDesk(doctor, 'sdk-4', doctors);
  await expectCall(doctor, ada);
});

test('SDK-3 a doctor who reloads finds who was on hold', async () => {
  const server = clinic.server.url;
  const doctor = await sdkPage(clinic);
  await openDesk(doctor, 'sdk-7', server);
  const ada = await sdkPatient(clinic, 'sdk-7', 'Ada');
  await doctor.page.evaluate(() => window.desk.callNext());
  await expectCall(doctor, ada);
  await doctor.page.evaluate(() => window.desk.hold());
  await doctor.page.reload();
  await openDesk(doctor, 'sdk-7', server);
  await doctor.page.evaluate(() => {
    const [resting] = window.desk.state.onHold;
    return window.desk.takeUp(resting?.roomId ?? 'nobody rests');
  });
  await expectCall(doctor, ada);
});

test('SDK-1 a patient who leaves while the server is away is gone at once, and the doctor learns it', async () => {
  const doctor = await sdkDoctor(clinic, 'sdk-8');
  const ada = await sdkPatient(clinic, 'sdk-8', 'Ada');
  await expectWaiting(doctor, 'Ada');
  await clinic.server.signal('SIGKILL');
  await expect
    .poll(() => ada.page.evaluate(() => window.visit.state.connection), SOON)
    .toBe('offline');
  const left = ada.page.evaluate(() => window.visit.leave());
  expect(await phaseOfVisit(ada)).toBe('ended');
  await clinic.server.start();
  await left;
  await expectWaiting(doctor);
});

test('DESK-2 DESK-3 DESK-7 hold, take up, return to the queue, transfer and decline', async () => {
  const doctor = await sdkDoctor(clinic, 'sdk-5');
  const other = await sdkDoctor(clinic, 'sdk-6');
  const ada = await sdkPatient(clinic, 'sdk-5', 'Ada');
  const ben = await sdkPatient(clinic, 'sdk-5', 'Ben');
  await expectWaiting(doctor, 'Ada', 'Ben');
  await doctor.page.evaluate(() => window.desk.callNext());
  await expectCall(doctor, ada);

  await doctor.page.evaluate(() => window.desk.hold());
  await expect.poll(() => phaseOfVisit(ada), SOON).toBe('on-hold');
  await doctor.page.evaluate(() => {
    const [resting] = window.desk.state.onHold;
    return window.desk.takeUp(resting?.roomId ?? '');
  });
  await expectCall(doctor, ada);

  await doctor.page.evaluate(() => window.desk.returnToQueue());
  await expect.poll(() => phaseOfVisit(ada), SOON).toBe('waiting');
  await expectWaiting(doctor, 'Ada', 'Ben');

  await doctor.page.evaluate(() => {
    const [first] = window.desk.state.waiting;
    return window.desk.transfer(first?.roomId ?? '', 'sdk-6');
  });
  await expectWaiting(other, 'Ada');
  expect(await ada.page.evaluate(() => window.visit.state)).toMatchObject({
    namespaceId: 'sdk-6',
    wasTransferred: true,
  });

  await expectWaiting(doctor, 'Ben');
  await doctor.page.evaluate(() => {
    const [first] = window.desk.state.waiting;
    return window.desk.decline(first?.roomId ?? '');
  });
  await expect.poll(() => phaseOfVisit(ben), SOON).toBe('ended');
  expect(await ben.page.evaluate(() => window.visit.state.outcome?.reason)).toBe('rejected');
});
