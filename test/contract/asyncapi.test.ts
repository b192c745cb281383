import specs from '@asyncapi/specs';
import {
  CLIENT_EVENT_EXAMPLES,
  CLIENT_EVENTS,
  type ClientEvent,
  SERVER_EVENT_EXAMPLES,
  SERVER_EVENTS,
  type ServerEvent,
} from '@telemedicine-signaling/protocol';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { POLICY } from '../../app/auth/policy.ts';
import { type AsyncApi, keysOf } from '../../app/site/docs/asyncapi.ts';
import { Hospital } from '../support/hospital.ts';
import { like } from '../support/likeness.ts';
import { Scene, type Stage } from '../support/scene.ts';

vi.setConfig({ testTimeout: 60_000 });

const clientEvents = Object.keys(CLIENT_EVENTS) as ClientEvent[];
const serverEvents = Object.keys(SERVER_EVENTS) as ServerEvent[];

let hospital: Hospital;
let document: AsyncApi;

beforeAll(async () => {
  hospital = await Hospital.open({
    TURN_URLS: 'turn:turn.example.org:3478?transport=udp',
    TURN_SECRET: 'the-secret-of-this-relay-0123456789abcdef',
  });
  document = (await (await hospital.service.get('/asyncapi.json')).json()) as AsyncApi;
});
afterAll(() => hospital.close());

function ajv(): Ajv {
  const made = new Ajv({ strict: false, allErrors: true });
  formats.default(made);
  return made;
}

/** What a JSON pointer leads to. */
const followed = (ref: string): unknown =>
  ref
    .slice(2)
    .split('/')
    .reduce<unknown>((part, key) => (part as Record<string, unknown>)?.[key], document);

function referencesIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  const own = '$ref' in part && typeof part.$ref === 'string' ? [part.$ref] : [];
  return [...own, ...Object.values(part).flatMap(referencesIn)];
}

describe('DESCRIBE-2 /asyncapi.json', () => {
  it('DESCRIBE-2 is AsyncAPI 3', () => {
    const validate = ajv().compile(specs.schemasWithoutId['3.0.0'] as object);
    expect(validate(document), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  });

  it('DESCRIBE-2 has no reference that leads nowhere', () => {
    const references = referencesIn(document);
    expect(references.length).toBeGreaterThan(clientEvents.length + serverEvents.length);
    expect(references.filter((ref) => followed(ref) === undefined)).toEqual([]);
  });

  it('DESCRIBE-2 tells of every event and of no other, and of who may send it', () => {
    const { operations } = document;
    const expected = [...clientEvents.map(keysOf.sent), ...serverEvents.map(keysOf.heard)];
    expect(Object.keys(operations).sort()).toEqual(expected.sort());
    for (const event of clientEvents) {
      const { action, 'x-roles': roles } = operations[keysOf.sent(event)] ?? {};
      expect({ action, roles }).toEqual({ action: 'receive', roles: POLICY[event] });
    }
    for (const event of serverEvents) {
      expect(operations[keysOf.heard(event)]?.action).toBe('send');
    }
  });

  it('DESCRIBE-2 every example has the form that is described', () => {
    for (const [key, { payload, examples }] of Object.entries(document.components.messages)) {
      expect([key, examples.length]).toEqual([key, 1]);
      const validate = ajv().compile(payload);
      const isInForm = validate(examples[0]?.payload);
      expect([key, isInForm, validate.errors]).toEqual([key, true, null]);
    }
  });
});

/** How things stand when an example is sent, and who sends it. */
const SENT: Readonly<Record<ClientEvent, [Stage, 'doctor' | 'patient']>> = {
  'doctor-joined': ['connected', 'doctor'],
  create: ['connected', 'patient'],
  join: ['waiting', 'doctor'],
  'ack-doctor-entered': ['knocked', 'patient'],
  'send-metadata': ['consulting', 'doctor'],
  offer: ['consulting', 'doctor'],
  answer: ['consulting', 'patient'],
  'ice-candidate': ['consulting', 'doctor'],
  'doctor-rejected': ['waiting', 'doctor'],
  'patient-left': ['waiting', 'patient'],
  'doctor-ended': ['consulting', 'doctor'],
  'patient-ended': ['consulting', 'patient'],
  leave: ['consulting', 'doctor'],
  'call-next': ['waiting', 'doctor'],
  hold: ['consulting', 'doctor'],
  'return-to-queue': ['consulting', 'doctor'],
  transfer: ['consulting', 'doctor'],
  'message-to-waiting': ['waiting', 'doctor'],
  'set-priority': ['waiting', 'doctor'],
  ready: ['waiting', 'patient'],
  'refresh-token': ['connected', 'doctor'],
  'refresh-ice-servers': ['connected', 'doctor'],
  'call-report': ['connected', 'doctor'],
};

/** Everything that was heard in the scenes so far, in the names of the examples. */
const heard: { event: ServerEvent; data: unknown }[] = [];

async function noteHeard(scene: Scene): Promise<void> {
  const people = [scene.patient, scene.doctor, scene.colleague];
  await Promise.all(people.filter(({ socket }) => socket.connected).map((one) => one.caughtUp()));
  heard.push(...scene.heard());
}

describe('DESCRIBE-2 the examples', () => {
  it.each(clientEvents)('DESCRIBE-2 %s is granted as its example says', async (event) => {
    const [stage, who] = SENT[event];
    const scene = await Scene.set(hospital, stage);
    const { sent, answered } = CLIENT_EVENT_EXAMPLES[event];
    const given = event === 'refresh-token' ? { token: await scene.laterToken() } : {};
    const answer = await scene[who].say(event, { ...(scene.real(sent) as object), ...given });
    expect(scene.inNames(answer)).toEqual(like(answered));
    // Whoever is transferred goes on elsewhere.
    if (event === 'transfer') await scene.patient.ended();
    await noteHeard(scene);
  });

  it('DESCRIBE-2 every event of the server is heard as its example says', async () => {
    await loseAndResume();
    await removePractice();
    await refuseUnasked();
    const draining = await Scene.set(hospital, 'waiting');
    await hospital.service.goDown();
    heard.push(...draining.heard());

    const unlike = serverEvents.filter((event) => {
      const expected = like(SERVER_EVENT_EXAMPLES[event]);
      return !heard.some((one) => one.event === event && isLike(one.data, expected));
    });
    const instead = heard.filter(({ event }) => unlike.includes(event));
    expect({ unlike, instead }).toEqual({ unlike: [], instead: [] });
  });
});

function isLike(data: unknown, expected: unknown): boolean {
  try {
    expect(data).toEqual(expected);
    return true;
  } catch {
    return false;
  }
}

/** The patient's connection is lost in a consultation, comes back, and is then taken over. */
async function loseAndResume(): Promise<void> {
  const scene = await Scene.set(hospital, 'consulting');
  scene.patient.drop();
  await scene.doctor.first('client-disconnected');
  await scene.comeBack();
  await scene.doctor.first('client-reconnected');
  await noteHeard(scene);

  const second = await Scene.set(hospital, 'waiting');
  await second.comeBack();
  await second.patient.first('superseded');
  await noteHeard(second);
}

async function removePractice(): Promise<void> {
  const scene = await Scene.set(hospital, 'connected');
  await scene.close();
  await scene.patient.first('namespace-removed');
  heard.push(...scene.heard());
}

/** An event that is refused, of one who asked for no acknowledgement. */
async function refuseUnasked(): Promise<void> {
  const scene = await Scene.set(hospital, 'connected');
  scene.doctor.socket.emit('hold', { 'room-id': 'nobody-made-this' });
  await scene.doctor.first('signaling-error');
  await noteHeard(scene);
}
