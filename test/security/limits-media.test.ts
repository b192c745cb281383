import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../support/clients.ts';
import { fullHouse } from '../support/full-house.ts';
import { granted, refused } from '../support/practice.ts';
import { NEGOTIATIONS } from '../support/sdp-fixtures.ts';
import { Service } from '../support/service.ts';

const CANDIDATE = 'candidate:1 1 udp 2122260223 192.0.2.7 49203 typ host generation 0';
const SDP = NEGOTIATIONS.get('chromium-call')?.descriptions[0]?.sdp ?? '';
const MAX_CANDIDATES = 20;

let service: Service;

beforeAll(async () => {
  const limits = { MAX_CANDIDATES: String(MAX_CANDIDATES) };
  service = await Service.start({ EVENT_BURST: '10000', ...limits });
});

afterAll(() => service.stop());

const filledTo = (bytes: number): string => {
  const line = 'a=x-filler:';
  return `${SDP}${line}${'x'.repeat(bytes - SDP.length - line.length - 2)}\r\n`;
};

describe('what a message may hold', () => {
  it('MEDIA-1 MEDIA-2 a description up to 32 KiB passes as it is, and one byte more does not', async () => {
    const { doctor, patient, heard } = await fullHouse(service);
    const description = { type: 'offer', sdp: filledTo(32_768) };
    const offer = { 'peer-id': patient.id, offer: description };
    await granted(doctor.say('offer', offer));
    expect((await patient.first('offer')).offer).toEqual(description);
    await heard();
    const sdp = filledTo(32_769);
    const TOO_LARGE = [
      { offer: { type: 'offer', sdp } },
      { sdp },
      { offer: JSON.stringify({ sdp }) },
    ];
    for (const one of TOO_LARGE) {
      await refused(doctor.say('offer', { 'peer-id': patient.id, ...one }), 'invalid-payload');
    }
    expect(await heard()).toEqual({});
  });

  it.each([
    ['keys of media', `${SDP}a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc\r\n`],
    ['a key', `${SDP}k=clear:secret\r\n`],
    ['a line that is none', `${SDP}not a line\r\n`],
    ['a control character', `${SDP}a=x\0y\r\n`],
    ['no version', SDP.slice('v=0\r\n'.length)],
  ])('MEDIA-3 MEDIA-4 a description with %s reaches nobody', async (_, sdp) => {
    const { doctor, patient, heard } = await fullHouse(service);
    for (const event of ['offer', 'answer', 'send-metadata'] as const) {
      await refused(doctor.say(event, { 'peer-id': patient.id, x: { sdp } }), 'invalid-payload');
    }
    expect(await heard()).toEqual({});
  });

  it.each([
    ['what is no candidate', 'candidate:javascript:alert(1)'],
    ['more than 1,024 characters', `${CANDIDATE} ${'x '.repeat(600)}y`],
    ['a line of its own', `${CANDIDATE}\r\na=crypto:1`],
  ])('MEDIA-5 MEDIA-6 a candidate with %s reaches nobody', async (_, candidate) => {
    const { doctor, patient, heard } = await fullHouse(service);
    const sent = { 'peer-id': patient.id, candidate: { candidate, sdpMid: '0' } };
    await refused(doctor.say('ice-candidate', sent), 'invalid-payload');
    expect(await heard()).toEqual({});
  });
});

describe('how many candidates', () => {
  const send = (sender: TestClient, peer: string, n = 0) =>
    sender.say('ice-candidate', { 'peer-id': peer, candidate: { candidate: CANDIDATE, n } });

  it('MEDIA-7 so many in one negotiation, and again in the next', async () => {
    const { doctor, patient, companion } = await fullHouse(service);
    for (let n = 0; n < MAX_CANDIDATES; n += 1) await granted(send(doctor, patient.id, n));
    await refused(send(doctor, patient.id), 'limit-reached');
    await granted(send(doctor, companion.id));
    await granted(send(patient, doctor.id));
    await granted(
      doctor.say('offer', { 'peer-id': patient.id, offer: { type: 'offer', sdp: SDP } }),
    );
    await granted(send(doctor, patient.id));
    expect(patient.all('ice-candidate')).toHaveLength(MAX_CANDIDATES + 1);
  });

  it('MEDIA-7 RELAY-3 too many tell nobody that there is somebody', async () => {
    const { patient, neighbour, strangePatient, heard } = await fullHouse(service);
    for (const peer of [neighbour.id, strangePatient.id, 'never-was-anybody']) {
      const answers: object[] = [];
      for (let n = 0; n <= MAX_CANDIDATES; n += 1) answers.push(await send(patient, peer));
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(answers[0]).toMatchObject({ code: 'peer-unreachable' });
    }
    expect(await heard()).toEqual({});
  });
});
