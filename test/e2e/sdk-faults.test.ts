import type { WebSocketRoute } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { FaultProxy } from '../support/fault-proxy.ts';
import { SOON } from './call-page.ts';
import { Clinic } from './clinic.ts';
import {
  enter,
  expectCall,
  openDesk,
  phaseOfVisit,
  sdkDoctor,
  sdkPage,
  sdkPatient,
} from './sdk-page.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let clinic: Clinic;

beforeAll(async () => {
  clinic = await Clinic.open();
});
afterEach(() => clinic.closePages());
afterAll(() => clinic.close());

test('CALL-2 both sides change what they send at the same instant, 100 times: no state is stuck', async () => {
  const doctor = await sdkDoctor(clinic, 'glare-1');
  const ada = await sdkPatient(clinic, 'glare-1', 'Ada');
  await doctor.page.evaluate(() => window.desk.callNext());
  await expectCall(doctor, ada);

  const negotiate = async () => {
    const [connection] = window.peerConnections;
    if (!connection) throw new Error('no call');
    const settled = () =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (connection.signalingState === 'stable') resolve();
        };
        connection.addEventListener('signalingstatechange', look);
        setTimeout(look, 0);
      });
    for (let times = 0; times < 100; times += 1) {
      connection.restartIce();
      await new Promise((next) => setTimeout(next, 5));
      await settled();
    }
  };
  await Promise.all([doctor.page.evaluate(negotiate), ada.page.evaluate(negotiate)]);
  const signaling = () =>
    Promise.all(
      [doctor, ada].map(({ page }) =>
        page.evaluate(() => window.peerConnections.map((one) => one.signalingState)),
      ),
    );
  await expect.poll(signaling, SOON).toEqual([['stable'], ['stable']]);
  await expectCall(doctor, ada);
  await ada.page.evaluate(() => window.visit.call?.shareScreen());
  await expect
    .poll(
      () => doctor.page.evaluate(() => window.desk.call?.state.participants[0]?.screen !== null),
      SOON,
    )
    .toBe(true);
});

test('SDK-1 RESUME-10 a socket is cut in the midst of a call: it goes on, and the page resumes', async () => {
  const proxy = await FaultProxy.start(() => clinic.server.url);
  try {
    const doctor = await sdkDoctor(clinic, 'cut-1');
    const ada = await sdkPatient(clinic, 'cut-1', 'Ada', proxy.url);
    const id = () => ada.page.evaluate(() => window.visit.state.roomId);
    const room = await id();
    await doctor.page.evaluate(() => window.desk.callNext());
    await expectCall(doctor, ada);
    proxy.cut();
    await ada.expectMediaToFlow();
    await expect
      .poll(() => ada.page.evaluate(() => window.visit.state.connection), SOON)
      .toBe('online');
    expect(await id()).toBe(room);
    expect(await phaseOfVisit(ada)).toBe('in-call');
    await expectCall(doctor, ada);
    await doctor.page.evaluate(() => window.desk.end());
    await expect.poll(() => phaseOfVisit(ada), SOON).toBe('ended');
  } finally {
    await proxy.stop();
  }
});

test('CALL-1 SDK-6 ROOM-15 three in a room see and hear each other, and one leaves', async () => {
  const doctor = await sdkDoctor(clinic, 'three-1');
  const ada = await sdkPatient(clinic, 'three-1', 'Ada');
  await doctor.page.evaluate(() => window.desk.callNext());
  await expectCall(doctor, ada);
  const roomId = await ada.page.evaluate(() => window.visit.state.roomId);
  const interpreter = await sdkPage(clinic);
  await interpreter.page.evaluate(
    async (options) => {
      const media = await window.Telemedicine.openMedia({ audio: true, video: true });
      window.guest = await window.Telemedicine.joinAsGuest({ ...options, media });
    },
    { server: clinic.server.url, namespaceId: 'three-1', roomId, metadata: { name: 'Ines' } },
  );
  await expectCall(doctor, ada, interpreter);
  const seen = (of: typeof doctor) =>
    of.page.evaluate(
      () => (window.desk ?? window.visit ?? window.guest).call?.state.participants.length,
    );
  for (const page of [doctor, ada, interpreter]) {
    await expect.poll(() => seen(page), SOON).toBe(2);
  }
  await interpreter.page.evaluate(() => window.guest.leave());
  for (const page of [doctor, ada]) {
    await expect.poll(() => seen(page), SOON).toBe(1);
    await page.expectConnectionStates('connected', 'closed');
  }
});

test('CALL-4 a connection that has failed is made anew', async () => {
  const doctor = await sdkDoctor(clinic, 'anew-1');
  const ada = await sdkPatient(clinic, 'anew-1', 'Ada');
  await doctor.page.evaluate(() => window.desk.callNext());
  await expectCall(doctor, ada);
  // As when a phone changes its network: this side's connection is gone for good.
  await ada.page.evaluate(() => window.peerConnections[0]?.close());
  await expectCall(doctor, ada);
});

/** What goes over the page's WebSocket from its next loading on passes through the hands of `meddle`. */
async function meddledPage(meddle: (page: WebSocketRoute, server: WebSocketRoute) => void) {
  const page = await sdkPage(clinic);
  await page.page.routeWebSocket(/socket\.io/, (route) => meddle(route, route.connectToServer()));
  await page.page.reload();
  return page;
}

test('SDK-4 RELAY-4 a patient’s answer to a call that cannot be passed on at first is sent again', async () => {
  let refusals = 0;
  const ada = await meddledPage((page, server) => {
    server.onMessage((message) => page.send(message));
    page.onMessage((message) => {
      const asked = /^42([^,]*),(\d+)\["ack-doctor-entered"/.exec(String(message));
      if (asked === null || refusals > 0) {
        server.send(message);
        return;
      }
      refusals += 1;
      const error = { status: 'error', code: 'store-unavailable', msg: 'Not now.', retry: true };
      page.send(`43${asked[1]},${asked[2]}${JSON.stringify([error])}`);
    });
  });
  const doctor = await sdkDoctor(clinic, 'again-1');
  await enter(ada, {
    namespaceId: 'again-1',
    server: clinic.server.url,
    metadata: { name: 'Ada' },
  });
  await doctor.page.evaluate(() => window.desk.callNext());
  await expectCall(doctor, ada);
  expect(refusals).toBe(1);
});

test('SDK-5 a patient’s answer to a call may come before the server’s own', async () => {
  const order: string[] = [];
  const doctor = await meddledPage((page, server) => {
    let asked: string | undefined;
    let late: string | undefined;
    page.onMessage((message) => {
      asked ??= /^42[^,]*,(\d+)\["call-next"/.exec(String(message))?.[1];
      server.send(message);
    });
    server.onMessage((message) => {
      const text = String(message);
      if (asked !== undefined && new RegExp(`^43[^,]*,${asked}\\[`).test(text)) {
        late = text;
        return;
      }
      page.send(message);
      if (late === undefined || !text.includes('"ack-doctor-entered"')) return;
      order.push('patient', 'server');
      page.send(late);
      late = undefined;
    });
  });
  await openDesk(doctor, 'early-1', clinic.server.url);
  const ada = await sdkPatient(clinic, 'early-1', 'Ada');
  await doctor.page.evaluate(() => window.desk.callNext());
  await expectCall(doctor, ada);
  expect(order).toEqual(['patient', 'server']);
});
