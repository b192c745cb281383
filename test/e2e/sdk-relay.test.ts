import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Coturn, startCoturn } from '../support/coturn.ts';
import { Clinic } from './clinic.ts';
import { callPhase, expectCall, sdkDoctor, sdkPatient } from './sdk-page.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const SECRET = 'the-secret-of-the-relay-and-of-nobody-else';
/** Both ends of a call are on this machine: the relayed addresses have to reach each other. */
const SETTINGS = {
  secrets: [SECRET],
  options: ['--allow-loopback-peers', '--allowed-peer-ip=127.0.0.1'],
};
/** ICE finds out by itself that a path is gone (RFC 7675: 30 s), and seeks another. */
const PATIENT = { timeout: 120_000, interval: 250 };

let coturn: Coturn;
let clinic: Clinic;

beforeAll(async () => {
  coturn = await startCoturn(SETTINGS);
  const TURN_URLS = `turn:127.0.0.1:${coturn.port}?transport=udp`;
  clinic = await Clinic.open({ TURN_URLS, TURN_SECRET: SECRET });
});
afterAll(async () => {
  await clinic?.close();
  await coturn?.stop();
});

test('CALL-4 CALL-7 the relay is stopped and started: the call comes back by itself', async () => {
  const relay = { iceTransportPolicy: 'relay' } as const;
  const doctor = await sdkDoctor(clinic, 'relay-1', relay);
  const ada = await sdkPatient(clinic, 'relay-1', 'Ada', clinic.server.url, relay);
  await doctor.page.evaluate(() => window.desk.callNext());
  await expectCall(doctor, ada);
  await expect
    .poll(() => ada.page.evaluate(() => window.visit.call?.state.quality?.relayed), PATIENT)
    .toBe(true);

  const { port } = coturn;
  await coturn.stop();
  await expect.poll(() => callPhase(ada), PATIENT).toBe('reconnecting');
  await expect.poll(() => callPhase(doctor), PATIENT).toBe('reconnecting');
  coturn = await startCoturn({ ...SETTINGS, port });
  await expect.poll(() => callPhase(ada), PATIENT).toBe('connected');
  await expectCall(doctor, ada);
});
