import { Clinic } from '../../test/e2e/clinic.ts';
import { sdkPage } from '../../test/e2e/sdk-page.ts';
import { median } from '../lib/statistics.ts';
import type { Section } from '../lib/table.ts';

declare global {
  interface Window {
    media: MediaStream;
    /** Milliseconds since 1970 when the first picture of this stream was shown. */
    firstFrame(stream: MediaStream): Promise<number>;
  }
}

async function prepare(): Promise<void> {
  window.media = await window.Telemedicine.openMedia({ audio: true, video: true });
  window.firstFrame = (stream) =>
    new Promise((resolve) => {
      const video = document.createElement('video');
      Object.assign(video, { muted: true, autoplay: true, srcObject: stream });
      document.body.append(video);
      video.requestVideoFrameCallback(() => {
        video.remove();
        resolve(performance.timeOrigin + performance.now());
      });
    });
}

async function overTheServer(): Promise<number> {
  const began = performance.timeOrigin + performance.now();
  const frame = new Promise<number>((resolve) => {
    const off = window.desk.on('call', (call) => {
      off();
      const stop = call.on('change', ({ participants }) => {
        const stream = participants[0]?.stream;
        if (!stream || stream.getVideoTracks().length === 0) return;
        stop();
        resolve(window.firstFrame(stream));
      });
    });
  });
  await window.desk.callNext();
  return (await frame) - began;
}

async function withinOnePage(): Promise<number> {
  const began = performance.timeOrigin + performance.now();
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
  a.onicecandidate = ({ candidate }) => void (candidate && b.addIceCandidate(candidate));
  b.onicecandidate = ({ candidate }) => void (candidate && a.addIceCandidate(candidate));
  const frame = new Promise<number>((resolve) => {
    a.ontrack = ({ track, streams }) => {
      if (track.kind === 'video' && streams[0]) resolve(window.firstFrame(streams[0]));
    };
  });
  for (const track of window.media.getTracks()) {
    a.addTrack(track, window.media);
    b.addTrack(track, window.media);
  }
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription as RTCSessionDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription as RTCSessionDescription);
  const took = (await frame) - began;
  a.close();
  b.close();
  return took;
}

/**
 * How long it takes from the doctor's click to the first decoded picture of the patient, with the SDK over
 * this server, beside two `RTCPeerConnection`s joined within one page: the floor. Alternated.
 */
export async function firstFrame({ rounds }: { rounds: number }): Promise<Section> {
  const clinic = await Clinic.open();
  const [doctor, patient, floor] = [
    await sdkPage(clinic),
    await sdkPage(clinic),
    await sdkPage(clinic),
  ];
  const options = { server: clinic.server.url, namespaceId: 'bench' };
  for (const { page } of [doctor, patient, floor]) await page.evaluate(prepare);
  await doctor.page.evaluate(async (given) => {
    await window.Telemedicine.createNamespace(given);
    window.desk = await window.Telemedicine.openDesk({ ...given, media: window.media });
  }, options);

  const [sdk, direct]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    await patient.page.evaluate(async (given) => {
      const { media } = window;
      window.visit = await window.Telemedicine.enterWaitingRoom({ ...given, media });
    }, options);
    await doctor.page.waitForFunction(() => window.desk.state.waiting.length === 1);
    sdk.push(await doctor.page.evaluate(overTheServer));
    await doctor.page.evaluate(() => window.desk.end());
    direct.push(await floor.page.evaluate(withinOnePage));
  }
  await clinic.close();
  const row = (name: string, all: readonly number[]) => [
    name,
    ...[Math.min(...all), median(all), Math.max(...all)].map((value) => value.toFixed(0)),
  ];
  return {
    title: 'From the doctor’s click to the first picture',
    about: `With the SDK over this server, beside two \`RTCPeerConnection\`s joined within one page: less is not to be had. Two pages and the server on one machine, cameras faked, ${rounds} rounds, the two alternated; in milliseconds.`,
    head: ['', 'min', 'median', 'max'],
    rows: [row('SDK over this server', sdk), row('two connections in one page', direct)],
    after: `The ratio of the medians is ${(median(sdk) / median(direct)).toFixed(2)}.`,
  };
}
