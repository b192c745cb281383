import { Validator } from '@seriousme/openapi-schema-validator';
import {
  API_ROUTES,
  ERRORS,
  EXAMPLE,
  HTTP_ROUTES,
  WEBHOOKS,
  type WebhookType,
} from '@telemedicine-signaling/protocol';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { exampleIn, type OpenApi, type Operation } from '../../app/site/docs/document.ts';
import { Hospital } from '../support/hospital.ts';
import { like } from '../support/likeness.ts';
import { granted } from '../support/practice.ts';

vi.setConfig({ testTimeout: 60_000 });

const JSON_TYPE = 'application/json';
const MINUTE_MS = 60_000;
/** When the consultation of the examples begins. */
const BEGINNING = Date.UTC(2026, 0, 1, 9);

let hospital: Hospital;
let document: OpenApi;
let authorization: string;

beforeAll(async () => {
  hospital = await Hospital.open({
    TURN_URLS: 'turn:turn.example.org:3478?transport=udp',
    TURN_SECRET: 'the secret of this relay: 0123456789abcdef'.replaceAll(/[ :]/g, '-'),
  });
  hospital.service.clock.advance(BEGINNING - hospital.service.clock.now());
  document = (await (await hospital.service.get('/openapi.json')).json()) as OpenApi;
  authorization = `Bearer ${await hospital.token({ role: 'service', namespaces: ['*'] })}`;
});
afterAll(() => hospital.close());

const method = async (way: 'get' | 'post', path: string, fields: object) => {
  const headers = { authorization, 'Content-Type': JSON_TYPE };
  const query = new URLSearchParams(fields as Record<string, string>);
  const answer =
    way === 'get'
      ? await fetch(`${hospital.url}${path}?${query}`, { headers })
      : await fetch(hospital.url + path, { method: 'POST', headers, body: JSON.stringify(fields) });
  return { status: answer.status, body: await answer.json() };
};

/** How things have to stand before an example is run, by operation. */
const BEFORE: Readonly<Record<string, () => Promise<unknown>>> = {
  createNamespace: () => method('post', '/remove-namespace', { namespaceId: EXAMPLE.namespace }),
  removeNamespace: () => method('post', '/create-namespace', { namespaceId: EXAMPLE.namespace }),
  createRoom: () => method('post', '/create-namespace', { namespaceId: EXAMPLE.namespace }),
};

/** What differs from the example each time, by operation. */
const VARYING: Readonly<Record<string, readonly string[]>> = {
  createRoom: ['room-id'],
  consultationsOfDay: ['client-id', 'admitted-by'],
};

const operations = (): { path: string; way: 'get' | 'post'; operation: Operation }[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    (['get', 'post'] as const).flatMap((way) => {
      const operation = item[way];
      return operation === undefined ? [] : [{ path, way, operation }];
    }),
  );

/** The fields that an operation's example sends. */
function fieldsOf({ parameters = [], requestBody }: Operation): object {
  const body = requestBody?.content?.[JSON_TYPE];
  if (body !== undefined) return exampleIn(body) as object;
  const given = parameters.filter(({ example }) => example !== undefined);
  return Object.fromEntries(given.map(({ name, example }) => [name, example]));
}

/** A whole consultation, as the examples tell of it. */
async function holdConsultation(): Promise<void> {
  const { namespace, room, patientId } = EXAMPLE;
  const { service } = hospital;
  const namespaces = [namespace];
  const come = async (role: 'doctor' | 'patient') =>
    service.join(namespace, { auth: { token: await hospital.token({ role, namespaces }) } });
  const patient = await come('patient');
  await granted(patient.say('create', { 'room-id': room, patientID: patientId }));
  await expectExample('joinRoom');
  await expectExample('joinRoomByGet');
  await expectExample('checkAvailability');
  await expectExample('checkAvailabilityByGet');
  const doctor = await come('doctor');
  await granted(doctor.say('doctor-joined', {}));
  await granted(doctor.say('join', { 'room-id': room, init: true }));
  service.clock.advance(4 * MINUTE_MS);
  await granted(doctor.say('join', { 'room-id': room }));
  service.clock.advance(15 * MINUTE_MS);
  await granted(doctor.say('doctor-ended', { 'room-id': room }));
}

/** An operation answers its example with what is shown, in the form that is described. */
async function expectExample(operationId: string, given: object = {}): Promise<unknown> {
  const found = operations().find(({ operation }) => operation.operationId === operationId);
  if (found === undefined) throw new Error(`${operationId} is not described`);
  const { path, way, operation } = found;
  const id = operationId.replace(/ByGet$/, '');
  await BEFORE[id]?.();
  const { status, body } = await method(way, path, { ...fieldsOf(operation), ...given });
  expect({ operationId, status }).toEqual({ operationId, status: 200 });
  const content = operation.responses['200']?.content?.[JSON_TYPE];
  if (content === undefined) throw new Error(`${operationId} has no answer`);
  expect(body).toEqual(like(exampleIn(content), VARYING[id]));
  const validate = ajv().compile({ ...content.schema, components: document.components });
  expect([operationId, validate(body), validate.errors]).toEqual([operationId, true, null]);
  ran.add(operationId);
  return body;
}
const ran = new Set<string>();

function ajv(): Ajv2020 {
  const made = new Ajv2020({ strict: false, allErrors: true });
  formats.default(made);
  return made;
}

describe('DESCRIBE-1 /openapi.json', () => {
  it('DESCRIBE-1 is OpenAPI 3.1', async () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document) as never);
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect(validator.version).toBe('3.1');
  });

  it('DESCRIBE-1 tells of every route of the protocol', () => {
    const paths = Object.keys(document.paths);
    for (const name of Object.keys(HTTP_ROUTES)) expect(paths).toContain(`/${name}`);
    for (const name of API_ROUTES) expect(paths).toContain(`/api/v1/${name}`);
  });

  it('DESCRIBE-1 HOOK-1 tells of every webhook, each with an example in its form', () => {
    expect(Object.keys(document.webhooks)).toEqual(Object.keys(WEBHOOKS));
    for (const [type, { post }] of Object.entries(document.webhooks)) {
      const content = post?.requestBody?.content?.[JSON_TYPE];
      if (content === undefined) throw new Error(`${type} carries nothing`);
      const example = exampleIn(content);
      expect(WEBHOOKS[type as WebhookType].parse(example)).toEqual(example);
      const validate = ajv().compile(content.schema);
      expect([type, validate(example), validate.errors]).toEqual([type, true, null]);
      expect(validate({ ...(example as object), data: {} })).toBe(false);
    }
  });

  it('DESCRIBE-1 tells of no route that is not there', async () => {
    for (const { path, way } of operations()) {
      const answer = await method(way, path, {});
      expect([path, (answer.body as { code?: string }).code]).not.toEqual([path, 'not-found']);
    }
  });

  it('DESCRIBE-1 says the same of /NAME and /api/NAME', () => {
    const servers = Object.keys(HTTP_ROUTES).map((name) => document.paths[`/${name}`]?.servers);
    expect(servers).toEqual(servers.map(() => [{ url: '/' }, { url: '/api' }]));
  });

  it('DESCRIBE-1 the example of an error is what comes', async () => {
    const fields = { roomId: 'nobody-made-this' };
    const { http, msg, retry } = ERRORS['room-not-found'];
    const { body } = await method('get', '/join-room', fields);
    expect(body).toEqual({ status: http, code: 'room-not-found', msg, retry });
    expect(document.components.schemas.Error?.examples).toEqual([body]);
  });

  it('DESCRIBE-1 every example runs, and is answered as it says', async () => {
    for (const id of ['home', 'healthz', 'readyz', 'createNamespace', 'createNamespaceByGet'])
      await expectExample(id);
    await holdConsultation();
    await expectExample('consultationsOfDay');
    for (const id of ['createRoom', 'createRoomByGet', 'iceServers', 'tokens']) {
      await expectExample(id);
    }
    const { invitation } = (await expectExample('invitations')) as { invitation: string };
    await expectExample('redeemInvitation', { invitation });
    for (const id of ['removeNamespace', 'removeNamespaceByGet']) await expectExample(id);
    const described = operations().map(({ operation }) => operation.operationId);
    expect([...ran].sort()).toEqual([...new Set(described)].sort());
  });
});
