import { WEBHOOKS, type WebhookType } from '@telemedicine-signaling/protocol';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { exampleIn, type OpenApi } from '../../app/site/docs/document.ts';
import { Hospital } from '../support/hospital.ts';
import { like } from '../support/likeness.ts';
import { granted } from '../support/practice.ts';
import { Scene } from '../support/scene.ts';
import { WebhookReceiver } from '../support/webhook-receiver.ts';

vi.setConfig({ testTimeout: 60_000 });

const TYPES = Object.keys(WEBHOOKS) as WebhookType[];
const MINUTE_MS = 60_000;

let receiver: WebhookReceiver;
let hospital: Hospital;
let document: OpenApi;

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  const secret = Buffer.from('the secret of this hospital 2030').toString('base64');
  hospital = await Hospital.open({ WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: `whsec_${secret}` });
  document = (await (await hospital.service.get('/openapi.json')).json()) as OpenApi;
});
afterAll(async () => {
  await hospital.close();
  await receiver.down();
});

function described(type: WebhookType) {
  const body = document.webhooks?.[type]?.post?.requestBody?.content?.['application/json'];
  if (body === undefined) throw new Error(`${type} is not described`);
  return body;
}

it('DESCRIBE-1 HOOK-1 every webhook comes as its example says', async () => {
  const held = await Scene.set(hospital, 'consulting');
  const sdp = { type: 'answer', sdp: 'v=0\r\n' };
  await granted(held.patient.say('answer', { 'peer-id': held.doctor.id, answer: sdp }));
  await granted(held.doctor.say('doctor-ended', {}));
  const lost = await Scene.set(hospital, 'waiting');
  lost.patient.drop();
  await lost.doctor.first('client-disconnected');
  const arrived = () =>
    receiver.taken.flatMap(({ body }) => [held.inNames(body), lost.inNames(body)]);
  for (const type of TYPES) {
    const expected = like(exampleIn(described(type)), ['timestamp']);
    await expect
      .poll(
        async () => {
          await hospital.service.pass(MINUTE_MS);
          return arrived();
        },
        { timeout: 20_000 },
      )
      .toContainEqual(expected);
  }
});
