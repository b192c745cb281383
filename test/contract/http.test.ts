import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../support/clients.ts';
import { expectError, HttpCaller } from '../support/http.ts';
import { Service } from '../support/service.ts';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const ROUTES = [
  'create-namespace',
  'remove-namespace',
  'check-availability',
  'create-room',
  'join-room',
];
const said = { status: 200, msg: expect.stringMatching(/\.$/) };

let service: Service;
const http = new HttpCaller(() => service.url);
const { GET, POST } = http;

beforeAll(async () => {
  service = await Service.start();
});
afterAll(() => service.stop());

let made = 0;

async function newNamespace(): Promise<string> {
  made += 1;
  const namespaceId = `practice-${made}`;
  await GET('/create-namespace', { namespaceId });
  return namespaceId;
}

async function waitingPatient(
  namespaceId: string,
): Promise<{ patient: TestClient; roomId: string }> {
  const { body } = await GET('/create-room', { namespaceId });
  const roomId = String(body['room-id']);
  return { patient: await service.patient(namespaceId, roomId, { patientID: 'p-1' }), roomId };
}

describe.each(['', '/api'])('HTTP-1 under «%s»', (prefix) => {
  it.each(['GET', 'POST'] as const)('HTTP-1 the five routes answer to %s', async (method) => {
    const namespaceId = `one${prefix.replace('/', '-')}-${method}`;
    const call = async (name: string, fields: Record<string, string>) => {
      const { status, body } = await http[method](`${prefix}/${name}`, fields);
      expect(status).toBe(200);
      return body;
    };

    expect(await call('create-namespace', { namespaceId })).toEqual(said);
    expect(await call('check-availability', { namespaceId })).toEqual({
      ...said,
      availability: true,
      'doctor-online': false,
      'queue-length': 0,
    });
    const room = await call('create-room', { namespaceId });
    expect(room).toEqual({ ...said, 'room-id': expect.stringMatching(UUID_V4) });
    const roomId = String(room['room-id']);
    expect(await call('join-room', { roomId })).toEqual({
      ...said,
      'room-id': roomId,
      state: 'open',
    });
    expect(await call('remove-namespace', { namespaceId })).toEqual(said);
    expect(await http.exists(namespaceId)).toBe(false);
  });
});

describe('HTTP-2 the home page', () => {
  it('HTTP-2 is JSON for a program', async () => {
    const { status, body, headers } = await http.ask('/');
    expect([status, body]).toEqual([200, said]);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('HTTP-2 is a page for a browser, and what it loads is there', async () => {
    const response = await service.get('/', { Accept: 'text/html,*/*;q=0.8' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const page = await response.text();
    for (const route of ROUTES) expect(page).toContain(route);
    const loaded = [...page.matchAll(/(?:href|src)="(\/site\/[^"]+)"/g)].map(([, path]) => path);
    expect(loaded.length).toBeGreaterThanOrEqual(3);
    for (const path of loaded) expect((await service.get(String(path))).status).toBe(200);
  });
});

describe('HTTP-3 create-namespace', () => {
  it('HTTP-3 may be asked again, and what waits there stays', async () => {
    const namespaceId = await newNamespace();
    const { patient, roomId } = await waitingPatient(namespaceId);
    expect((await POST('/create-namespace', { namespaceId })).body).toEqual(said);
    expect((await GET('/join-room', { roomId })).body.state).toBe('waiting');
    patient.close();
  });

  it('HTTP-3 makes a place that is connectable at once, asked for in vain before or not', async () => {
    const early = service.connect('in-vain').ready();
    await expect(early).rejects.toThrow();
    await GET('/create-namespace', { namespaceId: 'in-vain' });
    expect((await service.join('in-vain')).welcome['namespace-id']).toBe('in-vain');
  });
});

describe('HTTP-4 remove-namespace', () => {
  it('HTTP-4 is fine where there is nothing', async () => {
    const { status, body } = await GET('/remove-namespace', { namespaceId: 'never-made' });
    expect([status, body]).toEqual([200, said]);
  });

  it('HTTP-4 ends the rooms, then tells everyone, then closes their connections', async () => {
    const namespaceId = await newNamespace();
    const { patient, roomId } = await waitingPatient(namespaceId);
    const doctor = await service.doctor(namespaceId);
    const bystander = await service.join(namespaceId);

    await POST('/api/remove-namespace', { namespaceId });
    for (const client of [patient, doctor, bystander]) {
      expect(await client.ended()).toBe('io server disconnect');
    }

    const removed = { 'namespace-id': namespaceId, 'come-back': false };
    expect(patient.names().slice(-2)).toEqual(['room-ended', 'namespace-removed']);
    expect(patient.all('room-ended')).toEqual([{ 'room-id': roomId, reason: 'namespace-removed' }]);
    for (const client of [patient, doctor, bystander]) {
      expect(client.all('namespace-removed')).toEqual([removed]);
    }
    expect(bystander.all('room-ended')).toEqual([]);
    expectError(await GET('/join-room', { roomId }), 'room-ended');
  });

  it('HTTP-4 is heard in no other namespace', async () => {
    const [here, there] = [await newNamespace(), await newNamespace()];
    const { patient, roomId } = await waitingPatient(there);
    await GET('/remove-namespace', { namespaceId: here });
    await patient.caughtUp();
    expect(patient.all('namespace-removed')).toEqual([]);
    expect(patient.all('room-ended')).toEqual([]);
    expect((await GET('/join-room', { roomId })).body.state).toBe('waiting');
  });

  it('HTTP-4 leaves nothing to a namespace that is made anew under the same id', async () => {
    const namespaceId = await newNamespace();
    await waitingPatient(namespaceId);
    await GET('/remove-namespace', { namespaceId });
    await GET('/create-namespace', { namespaceId });
    expect((await GET('/check-availability', { namespaceId })).body).toMatchObject({
      availability: true,
      'doctor-online': false,
      'queue-length': 0,
    });
    expect((await service.doctor(namespaceId)).all('new-patient')).toEqual([]);
  });
});

describe('HTTP-5 check-availability', () => {
  it('HTTP-5 tells whether a doctor is online and how many patients wait', async () => {
    const namespaceId = await newNamespace();
    await waitingPatient(namespaceId);
    await waitingPatient(namespaceId);
    await service.doctor(namespaceId);
    expect((await GET('/check-availability', { namespaceId })).body).toEqual({
      ...said,
      availability: true,
      'doctor-online': true,
      'queue-length': 2,
    });
  });

  it('HTTP-5 says no of an unknown namespace, and does not make it by that', async () => {
    const nothing = { ...said, availability: false, 'doctor-online': false, 'queue-length': 0 };
    for (let times = 0; times < 2; times += 1) {
      const { body } = await GET('/check-availability', { namespaceId: 'never-made' });
      expect(body).toEqual(nothing);
    }
  });
});

describe('HTTP-6 create-room', () => {
  it('HTTP-6 makes another room every time, with a namespace and without', async () => {
    const namespaceId = await newNamespace();
    const answers = await Promise.all([
      http.ask('/create-room'),
      http.ask('/create-room', { method: 'POST' }),
      POST('/create-room', {}),
      GET('/create-room', { namespaceId }),
    ]);
    const roomIds = answers.map(({ body }) => String(body['room-id']));
    expect(new Set(roomIds).size).toBe(4);
    for (const roomId of roomIds) {
      expect(roomId).toMatch(UUID_V4);
      expect((await GET('/join-room', { roomId })).body.state).toBe('open');
    }
  });

  it('HTTP-6 refuses a namespace that does not exist', async () => {
    const answer = await GET('/create-room', { namespaceId: 'never-made' });
    expectError(answer, 'namespace-not-found');
  });
});

describe('HTTP-7 join-room', () => {
  it('HTTP-7 knows no room by the id of a namespace, or by one that was never given out', async () => {
    const namespaceId = await newNamespace();
    expectError(await GET('/join-room', { roomId: namespaceId }), 'room-not-found');
    expectError(await GET('/join-room', { roomId: 'never-made' }), 'room-not-found');
  });

  it('HTTP-7 tells of waiting, of an end, and of the end after a restart', async () => {
    const namespaceId = await newNamespace();
    const { patient, roomId } = await waitingPatient(namespaceId);
    expect((await GET('/join-room', { roomId })).body.state).toBe('waiting');
    await patient.say('patient-left', { patientID: 'p-1' });
    expectError(await GET('/join-room', { roomId }), 'room-ended');
    await service.restart();
    expectError(await GET('/join-room', { roomId }), 'room-ended');
  });
});

describe('HTTP-9 every answer', () => {
  it.each([...ROUTES, 'nothing', ''])('HTTP-9 of /%s says its status', async (path) => {
    const answers = [await http.ask(`/${path}`), await GET(`/${path}`, { namespaceId: 'demo' })];
    for (const { status, body, headers } of answers) {
      expect(body).toMatchObject({ status, msg: expect.stringMatching(/\.$/) });
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });
});

describe('HTTP-15 HEAD', () => {
  it('HTTP-15 makes nothing and removes nothing', async () => {
    const namespaceId = await newNamespace();
    const ask = (route: string, id: string) =>
      http.ask(`/${route}?namespaceId=${id}`, { method: 'HEAD' });
    expect((await ask('create-namespace', 'by-head')).status).toBe(200);
    expect((await ask('remove-namespace', namespaceId)).status).toBe(200);
    expect(await http.exists('by-head')).toBe(false);
    expect(await http.exists(namespaceId)).toBe(true);
  });

  it.each([
    ['/', 200],
    ['/check-availability?namespaceId=a', 200],
    ['/create-room', 200],
    ['/join-room?roomId=never-made', 404],
    ['/create-namespace', 400],
    ['/nothing', 404],
  ])('HTTP-15 of %s is %i without a body', async (path, status) => {
    const answer = await http.ask(path, { method: 'HEAD' });
    expect([answer.status, answer.body]).toEqual([status, {}]);
    expect(answer.headers.get('content-type')).toMatch('application/json');
  });
});
